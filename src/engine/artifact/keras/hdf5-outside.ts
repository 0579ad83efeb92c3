// What an HDF5 file takes from other files (HDF5 File Format Specification 3.0): external links (link message, type 64),
// external storage (external data files message) and virtual datasets (layout class 3). Found by the form of their messages
// wherever they stand in the file, each checked against the parts it must point at, so that a damaged or unusual tree around
// them hides nothing. What it can miss: links in dense storage whose heap objects are split, and files with addresses of
// another size than 8 bytes.
import { breathe } from '../../core/cancel.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import type { Desk } from '../inspect/inspection.ts';

export interface Hdf5Outside {
  readonly kind: 'link' | 'storage' | 'virtual';
  readonly offset: Bytes;
  /** The other file, as it is named. */
  readonly file: string;
}

const LIMITS = { chunk: 2 ** 22, overlap: 2 ** 12, maxFound: 256, maxName: 1024, maxSlots: 64 } as const;
const EXTERNAL_LINK = 64;
const VIRTUAL = 3;

export async function findOutside(source: ByteSource, desk: Desk): Promise<Hdf5Outside[]> {
  const found: Hdf5Outside[] = [];
  for (let at = 0; at < source.size && found.length < LIMITS.maxFound; at += LIMITS.chunk) {
    await breathe(desk.signal);
    const bytes = await source.slice(at, at + LIMITS.chunk + LIMITS.overlap);
    const end = Math.min(bytes.length, LIMITS.chunk);
    for (let i = bytes.indexOf(1); i >= 0 && i < end; i = bytes.indexOf(1, i + 1)) {
      const link = linkAt(bytes, i);
      if (link !== undefined) found.push({ kind: 'link', offset: at + i, file: link });
      else if (bytes[i + 1] === 0 && bytes[i + 2] === 0 && bytes[i + 3] === 0) found.push(...(await storageAt(source, bytes, i, at)));
      if (found.length >= LIMITS.maxFound) break;
    }
    for (let i = bytes.indexOf(VIRTUAL); i > 0 && i < end; i = bytes.indexOf(VIRTUAL, i + 1)) {
      if (bytes[i - 1] === 4) found.push(...(await virtualAt(source, bytes, i, at)));
      if (found.length >= LIMITS.maxFound) break;
    }
  }
  return found;
}

/** Link message, version 1: flags, type 64, [order], [character set], name, then length, flags 0, 'file\0', 'path\0'. */
function linkAt(bytes: Uint8Array, at: number): string | undefined {
  const flags = bytes[at + 1] ?? 0;
  if ((flags & 0x08) === 0 || flags > 0x1f || bytes[at + 2] !== EXTERNAL_LINK) return undefined;
  let i = at + 3 + ((flags & 0x04) !== 0 ? 8 : 0);
  if ((flags & 0x10) !== 0 && (bytes[i++] ?? 9) > 1) return undefined;
  const width = 1 << (flags & 3);
  const nameLength = little(bytes, i, width);
  i += width;
  if (nameLength < 1 || nameLength > LIMITS.maxName || !isPrintable(bytes, i, i + nameLength)) return undefined;
  i += nameLength;
  const length = little(bytes, i, 2);
  i += 2;
  if (length < 4 || length > 4 * LIMITS.maxName || i + length > bytes.length || bytes[i] !== 0) return undefined;
  const fileEnd = bytes.indexOf(0, i + 1);
  const pathEnd = fileEnd < 0 ? -1 : bytes.indexOf(0, fileEnd + 1);
  if (fileEnd <= i + 1 || pathEnd !== i + length - 1 || !isPrintable(bytes, i + 1, fileEnd)) return undefined;
  return textOf(bytes, i + 1, fileEnd);
}

/** External data files, version 1: slots, slots used, address of a local heap with the names; then the slots. */
async function storageAt(source: ByteSource, bytes: Uint8Array, at: number, begin: Bytes): Promise<Hdf5Outside[]> {
  const [slots, used] = [little(bytes, at + 4, 2), little(bytes, at + 6, 2)];
  const heap = little(bytes, at + 8, 8);
  if (used < 1 || used > slots || slots > LIMITS.maxSlots || heap + 32 > source.size || at + 16 + 24 * used > bytes.length) return [];
  const header = await source.slice(heap, heap + 32);
  if (textOf(header, 0, 4) !== 'HEAP') return [];
  const segment = little(header, 24, 8);
  const found: Hdf5Outside[] = [];
  for (let slot = 0; slot < used; slot++) {
    const name = await source.slice(segment + little(bytes, at + 16 + 24 * slot, 8), segment + little(bytes, at + 16 + 24 * slot, 8) + LIMITS.maxName);
    const end = name.indexOf(0);
    if (end > 0 && isPrintable(name, 0, end)) found.push({ kind: 'storage', offset: begin + at, file: textOf(name, 0, end) });
  }
  return found;
}

/** Layout version 4, class 3: address of a global heap and the object in it that lists source files. '.' is the file itself. */
async function virtualAt(source: ByteSource, bytes: Uint8Array, at: number, begin: Bytes): Promise<Hdf5Outside[]> {
  const heap = little(bytes, at + 1, 8);
  const index = little(bytes, at + 9, 4);
  if (heap + 32 > source.size || index < 1 || index > 65_535) return [];
  const collection = await source.slice(heap, heap + 2 ** 16);
  if (textOf(collection, 0, 4) !== 'GCOL') return [];
  for (let i = 16; i + 16 <= collection.length; ) {
    const [id, size] = [little(collection, i, 2), little(collection, i + 8, 8)];
    if (id === 0) break;
    if (id === index) {
      // Version, number of entries, then for each the file's and the dataset's name.
      const nameAt = i + 16 + 9;
      const end = collection.indexOf(0, nameAt);
      const name = end > nameAt && isPrintable(collection, nameAt, end) ? textOf(collection, nameAt, end) : '.';
      return name === '.' ? [] : [{ kind: 'virtual', offset: begin + at - 1, file: name }];
    }
    i += 16 + Math.ceil(size / 8) * 8;
  }
  return [];
}

function little(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function isPrintable(bytes: Uint8Array, begin: number, end: number): boolean {
  if (end > bytes.length || end - begin > LIMITS.maxName) return false;
  for (let i = begin; i < end; i++) if ((bytes[i] ?? 0) < 0x20 || bytes[i] === 0x7f) return false;
  return true;
}

function textOf(bytes: Uint8Array, begin: number, end: number): string {
  return new TextDecoder('utf-8').decode(bytes.subarray(begin, end));
}
