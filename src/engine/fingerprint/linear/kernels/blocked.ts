// Products and distances of matrices of any size, block by block through the kernels' memory: what does not fill the kernels'
// tiles is padded with zeros, and the memory stays below 12 MB however long the rows are.
import { Arena, roundUp, type Kernels } from './kernels.ts';

const MAX_ROWS = 512;
const MAX_INNER = 1024;
const TILE = 4;

/** m, n: rows and columns of the result; k: what is summed over. */
export type Sizes = readonly [m: number, n: number, k: number];
type BlockKernel = (kernels: Kernels, sizes: Sizes, a: number, b: number, result: number, panel: number) => void;

/** a b: a [m, k], b [k, n], row-major. */
export function productOf(a: Float64Array, b: Float64Array, sizes: Sizes): Float64Array {
  return inBlocks(a, b, sizes, false, (kernels, [m, n, k], left, right, result, panel) => kernels.multiply64(m, n, k, left, k, 1, right, n, 1, result, panel));
}

/** a bᵀ: a [m, k], b [n, k], row-major. */
export function productOfTransposed(a: Float64Array, b: Float64Array, sizes: Sizes): Float64Array {
  return inBlocks(a, b, sizes, true, (kernels, [m, n, k], left, right, result, panel) => kernels.multiply64(m, n, k, left, k, 1, right, 1, k, result, panel));
}

/** Squared distances [m, n] of the rows of a [m, k] from those of b [n, k]. */
export function squaredDistancesOf(a: Float64Array, b: Float64Array, sizes: Sizes): Float64Array {
  return inBlocks(a, b, sizes, true, (kernels, [m, n, k], left, right, result, panel) => kernels.distances64(m, n, k, left, right, result, panel));
}

function inBlocks(a: Float64Array, b: Float64Array, [m, n, k]: Sizes, transposed: boolean, kernel: BlockKernel): Float64Array {
  const [mostRows, mostCols, mostInner] = [Math.min(MAX_ROWS, roundUp(m, TILE)), Math.min(MAX_ROWS, roundUp(n, TILE)), Math.min(MAX_INNER, k)];
  const arena = new Arena();
  const [left, right, result] = [arena.take(8 * mostRows * mostInner), arena.take(8 * mostCols * mostInner), arena.take(8 * mostRows * mostCols)];
  const { kernels, doubles } = arena.open();
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i += mostRows) {
    for (let j = 0; j < n; j += mostCols) {
      for (let l = 0; l < k; l += mostInner) {
        const [rows, cols, inner] = [Math.min(mostRows, m - i), Math.min(mostCols, n - j), Math.min(mostInner, k - l)];
        const [paddedRows, paddedCols] = [roundUp(rows, TILE), roundUp(cols, TILE)];
        place(doubles, left / 8, a, i, l, k, rows, inner, paddedRows, inner);
        if (transposed) place(doubles, right / 8, b, j, l, k, cols, inner, paddedCols, inner);
        else place(doubles, right / 8, b, l, j, n, inner, cols, inner, paddedCols);
        kernel(kernels, [paddedRows, paddedCols, inner], left, right, result, arena.panel);
        for (let row = 0; row < rows; row++) {
          const [from, to] = [result / 8 + row * paddedCols, (i + row) * n + j];
          if (l === 0) out.set(doubles.subarray(from, from + cols), to);
          else for (let col = 0; col < cols; col++) out[to + col] = (out[to + col] ?? 0) + (doubles[from + col] ?? 0);
        }
      }
    }
  }
  return out;
}

/** Copies [rows, cols] at (row, col) of a matrix `stride` wide; the rest of [paddedRows, paddedCols] is zero. */
function place(memory: Float64Array, at: number, matrix: Float64Array, row: number, col: number, stride: number, rows: number, cols: number, paddedRows: number, paddedCols: number): void {
  if (cols === stride && cols === paddedCols) memory.set(matrix.subarray(row * stride, (row + rows) * stride), at);
  else {
    for (let i = 0; i < rows; i++) {
      const from = (row + i) * stride + col;
      memory.set(matrix.subarray(from, from + cols), at + i * paddedCols);
      memory.fill(0, at + i * paddedCols + cols, at + (i + 1) * paddedCols);
    }
  }
  memory.fill(0, at + rows * paddedCols, at + paddedRows * paddedCols);
}
