// Byte sources inside byte sources: a range of another one, and bytes that a decompressor makes on demand.
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';

/** Bytes [begin, end) of `source`, clamped to it. Nothing is copied until asked for. */
export function windowSource(source: ByteSource, path: string, begin: Bytes, end: Bytes): ByteSource {
  const from = Math.max(0, Math.min(begin, source.size));
  const size = Math.max(0, Math.min(end, source.size) - from);
  return {
    path,
    size,
    within: { source, begin: from },
    slice: (a, b) => source.slice(from + Math.min(size, Math.max(0, a)), from + Math.min(size, Math.max(0, b))),
  };
}
