// The user's own inputs (class representatives) out of a NumPy file (.npy, versions 1 to 3: numpy.lib.format): float32, float64 or
// uint8, little-endian, C order, one input a row. Bytes are taken for pixels and divided by 255; floats are fed as they are, in the
// graph's own units. The rows are kept in the reference set, so that every other model is shown the same ones.
import { ArtifactError } from '../../core/artifact-error.ts';

/** CWE-770: more, or larger ones, make the set itself too large; a few a class are enough. */
export const EXAMPLE_LIMITS = { rows: 100, valuesOfRow: 150_528, values: 1_000_000, headerBytes: 65_536 } as const;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const WIDTHS: Readonly<Record<string, number>> = { '<f4': 4, '<f8': 8, '|u1': 1 };

export function readExamples(bytes: Uint8Array, file: string): readonly Float32Array[] {
  const fail = (field: string, expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'npy', file, field, expected, actual: actual.slice(0, 80) });
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) throw fail('signature', '\\x93NUMPY', 'other bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) > 1;
  const start = wide ? 12 : 10;
  if (bytes.byteLength < start) throw fail('header', `${start} bytes`, String(bytes.byteLength));
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > EXAMPLE_LIMITS.headerBytes || start + length > bytes.byteLength) throw fail('header', 'a header that ends inside the file', `${length} bytes`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const type = /'descr':\s{0,4}'([^']{1,8})'/.exec(header)?.[1] ?? '';
  const width = WIDTHS[type];
  if (width === undefined) throw fail('descr', Object.keys(WIDTHS).join(', '), type);
  if (/'fortran_order':\s{0,4}True/.test(header)) throw fail('fortran_order', 'False', 'True');
  const [rows = 0, ...rest] = (/'shape':\s{0,4}\(([\d,\s]{0,120})\)/.exec(header)?.[1] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  const size = rest.reduce((product, dim) => product * dim, 1);
  if (rows < 1 || rows > EXAMPLE_LIMITS.rows || size < 1 || size > EXAMPLE_LIMITS.valuesOfRow || rows * size > EXAMPLE_LIMITS.values) throw fail('shape', `1 to ${EXAMPLE_LIMITS.rows} rows of at most ${EXAMPLE_LIMITS.valuesOfRow} values, ${EXAMPLE_LIMITS.values} in all`, `${rows} rows of ${size}`);
  const begin = start + length;
  if (bytes.byteLength - begin !== rows * size * width) throw fail('data', `${rows * size * width} bytes`, String(bytes.byteLength - begin));
  const read = (at: number): number => (width === 4 ? view.getFloat32(begin + 4 * at, true) : width === 8 ? view.getFloat64(begin + 8 * at, true) : (bytes[begin + at] ?? 0) / 255);
  return Array.from({ length: rows }, (_, row) => Float32Array.from({ length: size }, (__, i) => read(row * size + i)));
}
