// Where an HDF5 file ends by its own superblock (File Format Specification 3.0, II.A): a file that is shorter was cut off.
import type { ByteSource } from '../../core/byte-source.ts';
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';

/** Versions 0 and 1: after the sizes come base, free space, end of file. 2 and 3: base, extension, end of file. */
export const FIRST_ADDRESS = [24, 28, 12, 12] as const;
export const SUPERBLOCK = 64;

/** `begin`: where the signature stands. Undefined where nothing is wrong, or the version is not known. */
export async function cutOffHdf5(source: ByteSource, begin: Bytes): Promise<Omit<ArtifactErrorFields, 'format' | 'file'> | undefined> {
  const bytes = await source.slice(begin, Math.min(source.size, begin + SUPERBLOCK));
  const version = bytes[8] ?? 0;
  const first = FIRST_ADDRESS[version];
  const size = bytes[version < 2 ? 13 : 9] ?? 8;
  if (first === undefined || (bytes.byteLength > 16 && size !== 4 && size !== 8)) return undefined;
  const at = first + 2 * size;
  if (bytes.byteLength < at + size) return { code: 'truncated', offset: begin, field: 'superblock', expected: `${at + 2 * size} bytes`, actual: `${bytes.byteLength}` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const address = (offset: number): number => (size === 8 ? Number(view.getBigUint64(offset, true)) : view.getUint32(offset, true));
  // The end is counted from the base address, which is where the superblock stands; some writers count from the file's beginning.
  const end = address(at);
  return end > source.size ? { code: 'truncated', offset: begin + at, field: 'end of file address', expected: `${end} bytes`, actual: `${source.size}` } : undefined;
}
