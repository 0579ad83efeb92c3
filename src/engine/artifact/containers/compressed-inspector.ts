// Compressed single files for static rules: gzip, zlib (joblib's default). What comes out is one member, recognised by its
// content. How much comes out is measured first, up to a limit.
import type { Desk, Inspector } from '../inspect/inspection.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Probe } from '../formats/reader.ts';
import type { FormatMatch } from '../artifact.ts';
import type { Bytes } from '../../core/units.ts';
import { isText } from '../formats/json-inspector.ts';
import { inflateGzip, inflateZlib } from './decoders.ts';
import { ExpansionBudget, expandedSource, measure, type MakeDecoder } from './expanded-source.ts';

export interface CompressedContent {
  readonly size: Bytes;
  /** More comes out than was measured. */
  readonly cut: boolean;
}

export const COMPRESSED_LIMITS = {
  /** Expanded bytes that are looked at (CWE-409). */
  maxSize: 2 ** 28,
  /** Bytes made in all, re-reading included. */
  maxExpanded: 2 ** 31,
} as const;

function compressedInspector(format: string, make: MakeDecoder, match: (probe: Probe) => FormatMatch | undefined): Inspector<CompressedContent> {
  return { format, match, inspect: (source, desk) => expand(format, make, source, desk) };
}

async function expand(format: string, make: MakeDecoder, source: ByteSource, desk: Desk): Promise<CompressedContent> {
  const compressed = { parent: source, begin: 0, end: source.size, make, budget: new ExpansionBudget(COMPRESSED_LIMITS.maxExpanded, format) };
  const name = innerName(source.path);
  const path = `${source.path}!${name}`;
  const { size, cut } = await measure(path, compressed, COMPRESSED_LIMITS.maxSize);
  desk.parsed(0, source.size, `${format} data`);
  if (cut) desk.problem({ code: 'limit-exceeded', field: 'expanded size', expected: `at most ${COMPRESSED_LIMITS.maxSize} bytes`, actual: 'more' });
  desk.member({ name, source: expandedSource(path, compressed, size) });
  return { size, cut };
}

function innerName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1);
  return name.replace(/\.(gz|gzip|z|bz2|xz|lzma|tgz)$/i, '') || 'content';
}

export const gzipInspector = compressedInspector('gzip', inflateGzip, ({ head }) =>
  head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? { format: 'gzip', sure: 'certain', why: 'starts with the signature of gzip' } : undefined,
);

/** RFC 1950: method 8, window at most 32 KiB, no dictionary, and a header that divides by 31. */
export const zlibInspector = compressedInspector('zlib', inflateZlib, ({ head, source }) => {
  const [cmf = 0, flags = 0] = head;
  const valid = (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flags) % 31 === 0 && (flags & 0x20) === 0 && source.size > 8 && !isText(head);
  return valid && [0x01, 0x5e, 0x9c, 0xda].includes(flags) && cmf === 0x78 ? { format: 'zlib', sure: 'likely', why: 'starts as zlib data does' } : undefined;
});
