// Stretches of a drop's own files that no reader took apart: numbers of tensors, and what is opaque and was not searched before.
// The pass that hashes every byte searches them on the way.
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import { NOT_SEARCHED, OPAQUE_SEARCHED } from '../inspect/search-opaque.ts';
import type { Inspection } from '../inspect/inspection.ts';
import { plainRange } from './tensor-places.ts';

export interface UnreadStretch {
  /** Path of the file or member that it belongs to, and the drop's file that this stands in. */
  readonly file: string;
  readonly root: string;
  readonly begin: Bytes;
  readonly end: Bytes;
  /** Where the member begins in the drop's file. */
  readonly shift: Bytes;
  readonly what: string;
}

/** Their members are listed by themselves. */
const CONTAINERS = new Set(['zip', 'tar', 'sevenzip', 'gzip', 'bzip2', 'xz', 'zlib', 'lzma', 'zstd']);

export function unreadStretches({ files }: Inspection): Map<ByteSource, UnreadStretch[]> {
  const bySource = new Map<ByteSource, UnreadStretch[]>();
  for (const file of files) {
    if (file.guess || NOT_SEARCHED.has(file.format) || CONTAINERS.has(file.format)) continue;
    for (const range of file.ranges) {
      const from = range.state === 'opaque' ? Math.max(range.begin, OPAQUE_SEARCHED) : range.begin;
      const place = range.state === 'parsed' ? undefined : plainRange(file, from, range.end);
      if (place === undefined) continue;
      const list = bySource.get(place.source) ?? [];
      bySource.set(place.source, list);
      list.push({ file: file.path, root: file.root, begin: place.begin, end: place.end, shift: place.begin - from, what: range.what });
    }
  }
  // Members of a hostile archive may lie over each other: each byte is searched once (CWE-400).
  for (const [source, list] of bySource) {
    let end = 0;
    bySource.set(source, list.sort((a, b) => a.begin - b.begin).filter((stretch) => {
      if (stretch.begin < end) return false;
      end = stretch.end;
      return true;
    }));
  }
  return bySource;
}
