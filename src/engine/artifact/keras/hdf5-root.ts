// Whether an HDF5 file can be entered at all: a superblock of a known version that leads to the header of the root group (File
// Format Specification 3.0, II.A and IV.A.1). What stands behind that header is not followed.
import type { ByteSource } from '../../core/byte-source.ts';
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';
import { FIRST_ADDRESS, SUPERBLOCK } from './hdf5-end.ts';

/** Version 0 with addresses of eight bytes and the entry of its root. What is shorter and names no size holds no tree: a stand-in, of which nothing is told. */
const WITH_ROOT: Bytes = 96;
const SIZES = [2, 4, 8, 16, 32];
/** Addresses before the root's: four and the name of its entry in versions 0 and 1, three afterwards. */
const ADDRESSES_BEFORE = [5, 5, 3, 3] as const;
/** An object header of version 1 begins with its version; of version 2 with a signature and its version. */
const HEADER_1 = 1;
const HEADER_2 = [0x4f, 0x48, 0x44, 0x52, 2];

/** `begin`: where the signature stands. Undefined where nothing is wrong, or addresses have a size that is not read. */
export async function brokenRoot(source: ByteSource, begin: Bytes): Promise<Omit<ArtifactErrorFields, 'format' | 'file'> | undefined> {
  const bytes = await source.slice(begin, begin + 2 * SUPERBLOCK);
  const version = bytes[8] ?? 0;
  const first = FIRST_ADDRESS[version];
  const before = ADDRESSES_BEFORE[version];
  if (first === undefined || before === undefined) return { code: 'malformed', offset: begin + 8, field: 'superblock version', expected: '0, 1, 2 or 3', actual: `${version}` };
  const sizeAt = version < 2 ? 13 : 9;
  const size = bytes[sizeAt] ?? 0;
  if (!SIZES.includes(size) && source.size - begin >= WITH_ROOT) return { code: 'malformed', offset: begin + sizeAt, field: 'size of offsets in the superblock', expected: '2, 4, 8, 16 or 32', actual: `${size}` };
  if (size !== 4 && size !== 8) return undefined;
  const at = first + before * size;
  if (bytes.byteLength < at + size) return { code: 'truncated', offset: begin, field: 'superblock', expected: `${at + size} bytes`, actual: `${bytes.byteLength}` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const address = (offset: number): number => (size === 8 ? Number(view.getBigUint64(offset, true)) : view.getUint32(offset, true));
  const root = address(at);
  // Counted from the superblock; some writers count from the file's beginning, or from the base address that they wrote.
  const places = [begin, 0, address(first)].map((base) => base + root).filter((place) => place + HEADER_2.length <= source.size);
  const [place] = places;
  if (place === undefined) return { code: 'malformed', offset: begin + at, field: 'address of the root group', expected: `below ${source.size}`, actual: `${root}` };
  for (const candidate of places) if (isHeader(await source.slice(candidate, candidate + HEADER_2.length))) return undefined;
  const found = await source.slice(place, place + HEADER_2.length);
  return { code: 'malformed', offset: place, field: 'object header of the root group', expected: 'version 1, or the signature OHDR with version 2', actual: Array.from(found, (byte) => byte.toString(16).padStart(2, '0')).join(' ') };
}

function isHeader(bytes: Uint8Array): boolean {
  return bytes[0] === HEADER_1 || HEADER_2.every((byte, i) => bytes[i] === byte);
}
