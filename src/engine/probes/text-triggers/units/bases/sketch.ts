// A base model's word embeddings, small enough to ship: a few random projections of each (Johnson & Lindenstrauss 1984, signs
// after Achlioptas 2003), in twelve bits. The distance between two embeddings shows in them to within a quarter.
export interface BaseSketch {
  readonly name: string;
  /** Rows of the table, and numbers in each. */
  readonly tokens: number;
  readonly size: number;
  /** What one level stands for. */
  readonly step: number;
  /** [tokens, PROJECTIONS] of levels, two letters each, the middle level for nothing. */
  readonly levels: string;
}

export const PROJECTIONS = 8;
const MIDDLE = 2048;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Float32Array [tokens, PROJECTIONS]. */
export function projectionsOf({ tokens, step, levels }: BaseSketch): Float32Array {
  const value = new Map([...LETTERS].map((letter, at) => [letter, at]));
  return Float32Array.from({ length: tokens * PROJECTIONS }, (_, at) => step * (64 * (value.get(levels[2 * at] ?? '') ?? 0) + (value.get(levels[2 * at + 1] ?? '') ?? 0) - MIDDLE));
}

/** The same of any table. `table`: Float32Array [rows, size]; Float32Array [rows, PROJECTIONS]. */
export function project(table: Float32Array, size: number): Float32Array {
  const signs = Float32Array.from({ length: PROJECTIONS * size }, (_, at) => 1 - 2 * (mixed(at) & 1));
  const rows = table.length / size;
  const projected = new Float32Array(rows * PROJECTIONS);
  for (let row = 0; row < rows; row++) {
    for (let p = 0; p < PROJECTIONS; p++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (signs[p * size + i] ?? 0) * (table[row * size + i] ?? 0);
      projected[row * PROJECTIONS + p] = sum;
    }
  }
  return projected;
}

/** Murmur3's finaliser without its last factor. */
function mixed(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}
