// 7z archives for static rules: header, folders, and each file handed over as a member. Copy, LZMA, LZMA2, bzip2, Deflate and
// zstd are read, with delta and branch filters before them. Encrypted archives, and methods beyond these (BCJ2, PPMd), are
// listed as not inspected.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { expandLzma2, expandRawLzma } from '../compression/lzma-streams.ts';
import { filterOf } from '../compression/filters.ts';
import { inflateBzip2, inflateRaw, inflateZstd } from './decoders.ts';
import { ExpansionBudget, expandedSource, type MakeDecoder } from './expanded-source.ts';
import { HeaderReader, sizeOf, type Folder, type SevenZipHeader, type Streams } from './sevenzip-header.ts';
import { windowSource } from './sources.ts';

export interface SevenZipContent {
  readonly members: readonly { readonly name: string; readonly size: Bytes }[];
}

const LIMITS = {
  /** Packed and unpacked (CWE-770). */
  maxHeader: 2 ** 24,
  /** Headers packed in headers (CWE-674). */
  maxNested: 4,
  /** Bytes made out of one archive (CWE-409). */
  maxExpanded: 2 ** 31,
  maxMember: 2 ** 28,
} as const;

const SIGNATURE = [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c];
const FRONT = 32;

export const sevenZipInspector: Inspector<SevenZipContent> = {
  format: 'sevenzip',
  match: ({ head }) => (SIGNATURE.every((byte, i) => head[i] === byte) ? { format: 'sevenzip', sure: 'certain', why: 'starts with the signature of 7z' } : undefined),
  async inspect(source, desk) {
    const front = new DataView((await source.slice(0, FRONT)).buffer);
    if (front.byteLength < FRONT) throw wrong(source, 'truncated', 'header', `${FRONT} bytes`, `${front.byteLength}`);
    const at = FRONT + Number(front.getBigUint64(12, true));
    const size = Number(front.getBigUint64(20, true));
    if (size > LIMITS.maxHeader || at + size > source.size) throw wrong(source, 'truncated', 'header', `within ${source.size} bytes`, `${size} bytes at ${at}`);
    desk.parsed(0, FRONT, 'signature header');
    desk.parsed(at, at + size, 'header');
    const budget = new ExpansionBudget(LIMITS.maxExpanded, '7z');
    const { streams, names, empty } = await readHeader(source, await source.slice(at, at + size), budget);
    const members: SevenZipContent['members'][number][] = [];
    const filled = names.filter((_, i) => empty[i] !== true);
    let next = 0;
    let packed = FRONT + streams.packAt;
    let stream = 0;
    for (const [i, folder] of streams.folders.entries()) {
      const begin = packed;
      for (let k = 0; k < folder.packed; k++) packed += streams.packSizes[stream++] ?? 0;
      const end = Math.min(source.size, packed);
      const inside = folderSource(source, folder, begin, end, budget, i);
      if ('unreadable' in inside) desk.opaque(begin, end, inside.unreadable);
      else desk.parsed(begin, end, 'members');
      let offset = 0;
      for (const length of streams.parts[i] ?? []) {
        const name = filled[next] ?? `file ${next}`;
        next++;
        members.push({ name, size: length });
        const path = `${source.path}!${name}`;
        if ('unreadable' in inside) desk.member({ name, source: windowSource(source, path, begin, end), unreadable: inside.unreadable });
        else desk.member({ name, source: windowSource(inside, path, offset, offset + length) });
        offset += length;
      }
    }
    return { members };
  },
};

async function readHeader(source: ByteSource, bytes: Uint8Array, budget: ExpansionBudget): Promise<SevenZipHeader> {
  let current = bytes;
  for (let depth = 0; depth < LIMITS.maxNested; depth++) {
    if (current.length === 0) return { streams: { packAt: 0, packSizes: [], folders: [], parts: [] }, names: [], empty: [] };
    const header = new HeaderReader(current, source.path).read();
    if (!('encoded' in header)) return header;
    current = await unpacked(source, header.encoded, budget);
  }
  throw wrong(source, 'limit-exceeded', 'header', `packed at most ${LIMITS.maxNested} times`, 'more');
}

async function unpacked(source: ByteSource, { folders: [folder], packAt, packSizes }: Streams, budget: ExpansionBudget): Promise<Uint8Array> {
  if (folder === undefined) throw wrong(source, 'malformed', 'header', 'a packed header', 'none');
  const begin = FRONT + packAt;
  const inside = folderSource(source, folder, begin, Math.min(source.size, begin + (packSizes[0] ?? 0)), budget, 0);
  if ('unreadable' in inside) throw wrong(source, 'unsupported-format', 'header', 'a method that Assay reads', inside.unreadable);
  if (inside.size > LIMITS.maxHeader) throw wrong(source, 'limit-exceeded', 'header', `at most ${LIMITS.maxHeader} bytes`, String(inside.size));
  return inside.slice(0, inside.size);
}

/** Filters that leave the length as it is, by xz's numbers: 7z's own names of the older ones, and those they share. */
const FILTERS: ReadonlyMap<string, number> = new Map([['03', 3], ['03030103', 4], ['03030205', 5], ['03030401', 6], ['03030501', 7], ['03030701', 8], ['03030805', 9], ...[4, 5, 6, 7, 8, 9, 10, 11].map((id): [string, number] => [id.toString(16).padStart(2, '0'), id])]);

function folderSource(source: ByteSource, folder: Folder, begin: Bytes, end: Bytes, budget: ExpansionBudget, index: number): ByteSource | { readonly unreadable: string } {
  const path = `${source.path}!folder ${index}`;
  const [coder, ...others] = folder.coders.filter(({ method }) => !FILTERS.has(method));
  if (folder.coders.some(({ method }) => method.startsWith('06f107'))) return { unreadable: 'encrypted' };
  if (others.length > 0 || folder.packed !== 1) return { unreadable: 'packed with several methods at once, which Assay does not undo' };
  const size = Math.min(sizeOf(folder), LIMITS.maxMember);
  // Listed in the order in which they were applied.
  const filters = folder.coders.flatMap(({ method, properties }) => (FILTERS.has(method) ? [{ method, id: FILTERS.get(method) ?? 0, properties }] : [])).reverse();
  const unknown = filters.find(({ id, properties }) => filterOf(id, properties) === undefined);
  if (unknown !== undefined) return { unreadable: `packed with the filter ${unknown.method}, which Assay does not undo` };
  const plain = coder === undefined || coder.method === '00';
  if (plain && filters.length === 0) return windowSource(source, path, begin, Math.min(end, begin + size));
  const make = plain ? copied : decoderOf(coder.method, coder.properties, size);
  return make === undefined ? { unreadable: `packed with the method ${coder?.method ?? ''}, which Assay does not read` } : expandedSource(path, { parent: source, begin, end, make: filtered(make, filters), budget }, size);
}

const copied: MakeDecoder = () => ({ push: (piece) => [piece] });

function filtered(make: MakeDecoder, filters: readonly { readonly id: number; readonly properties: Uint8Array }[]): MakeDecoder {
  if (filters.length === 0) return make;
  return () => {
    const inner = make();
    const undone = filters.flatMap(({ id, properties }) => filterOf(id, properties) ?? []);
    return {
      push(piece, final) {
        const made = inner.push(piece, final).map((bytes) => undone.reduce<Uint8Array>((part, filter) => filter.push(part, false), bytes));
        return final ? [...made, undone.reduce<Uint8Array>((part, filter) => filter.push(part, true), new Uint8Array(0))] : made;
      },
    };
  };
}

function decoderOf(method: string, properties: Uint8Array, size: Bytes): MakeDecoder | undefined {
  switch (method) {
    case '030101': return properties.length < 5 ? undefined : expandRawLzma(properties, size);
    case '21': return expandLzma2(properties[0] ?? 0);
    case '040202': return inflateBzip2;
    case '040108': return inflateRaw;
    case '04f71101': return inflateZstd;
    default: return undefined;
  }
}

function wrong(source: ByteSource, code: 'malformed' | 'truncated' | 'limit-exceeded' | 'unsupported-format', field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code, format: '7z', file: source.path, field, expected, actual });
}
