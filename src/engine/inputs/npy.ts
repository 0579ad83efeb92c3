// A numeric array out of a .npy file (numpy/lib/format.py, versions 1.0 to 3.0), as float32. C order, little endian or bytes;
// arrays of objects (pickles) are refused.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { spread } from './spread.ts';

export interface NumericArray {
  /** Of what was read. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** True where the file holds whole numbers: pixels from 0 to 255, say. */
  readonly whole: boolean;
}

const MAX_BYTES = 512 * 2 ** 20;
const MAX_HEADER = 4096;

const READERS: Readonly<Record<string, { readonly bytes: number; readonly whole: boolean; read(view: DataView, at: number): number }>> = {
  f4: { bytes: 4, whole: false, read: (view, at) => view.getFloat32(at, true) },
  f8: { bytes: 8, whole: false, read: (view, at) => view.getFloat64(at, true) },
  u1: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
  i4: { bytes: 4, whole: true, read: (view, at) => view.getInt32(at, true) },
  i8: { bytes: 8, whole: true, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/** `most`: so many rows of the first axis at most, spread evenly over it. */
export async function readNpy(source: ByteSource, most: number): Promise<NumericArray> {
  const fail = (field: string, expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'npy', file: source.path, field, expected, actual });
  const head = await source.slice(0, 12 + MAX_HEADER);
  if (head.byteLength < 12 || head[0] !== 0x93) throw fail('header', 'the signature of a NumPy array', 'other bytes');
  const view = new DataView(head.buffer, head.byteOffset);
  const begin = head[6] === 1 ? 10 : 12;
  const length = head[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) throw fail('header length', `at most ${MAX_HEADER}`, String(length));
  const text = new TextDecoder('latin1').decode(head.subarray(begin, begin + length));
  const type = /'descr':\s{0,8}'[<|]([fui]\d)'/.exec(text)?.[1] ?? '';
  const reader = READERS[type];
  if (reader === undefined) throw fail('descr', Object.keys(READERS).join(', '), text.slice(0, 60));
  if (!/'fortran_order':\s{0,8}False/.test(text)) throw fail('fortran_order', 'False', text.slice(0, 60));
  const shape = (/'shape':\s{0,8}\(([\d, ]{0,200})\)/.exec(text)?.[1] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count) || begin + length + count * reader.bytes > source.size) throw fail('shape', `an array that fits into ${source.size} bytes`, shape.join(' x '));
  const [all = 1, ...rest] = shape;
  const row = rest.reduce((product, size) => product * size, 1);
  const rows = count === 0 ? [] : spread(all, most);
  const read = rows.length * row * reader.bytes;
  if (read > MAX_BYTES) throw new ArtifactError({ code: 'limit-exceeded', format: 'npy', file: source.path, expected: `at most ${MAX_BYTES} bytes`, actual: String(read) });
  const values = new Float32Array(rows.length * row);
  // Neighbours come by one read.
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && rows[to] === (rows[to - 1] ?? 0) + 1) to++;
    const first = begin + length + (rows[from] ?? 0) * row * reader.bytes;
    const bytes = await source.slice(first, first + (to - from) * row * reader.bytes);
    const data = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < (to - from) * row; at++) values[from * row + at] = reader.read(data, at * reader.bytes);
    from = to;
  }
  return { shape: shape.length === 0 ? shape : [rows.length, ...rest], whole: reader.whole, values };
}
