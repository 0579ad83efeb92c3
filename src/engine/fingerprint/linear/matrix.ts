// A dense matrix, row-major, and the few products the detectors need, large ones through kernels/. Sizes here are tens to
// hundreds of rows.

import { productOf, productOfTransposed, squaredDistancesOf } from './kernels/blocked.ts';

export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** [rows, cols], row-major. */
  readonly data: Float64Array;
}

/** Below this many products the way into the kernels' memory and back costs more than they save. */
const SMALL = 16_384;

export function zeros(rows: number, cols: number): Matrix {
  return { rows, cols, data: new Float64Array(rows * cols) };
}

export function matrixOf(rows: readonly ArrayLike<number>[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const made = zeros(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) throw new RangeError(`row ${i} has ${row.length} values, the first has ${cols}`);
    made.data.set(row, i * cols);
  });
  return made;
}

/** A view, not a copy. */
export function rowOf({ data, cols }: Matrix, row: number): Float64Array {
  return data.subarray(row * cols, (row + 1) * cols);
}

export function takeRows(matrix: Matrix, rows: readonly number[]): Matrix {
  const taken = zeros(rows.length, matrix.cols);
  rows.forEach((row, i) => taken.data.set(rowOf(matrix, row), i * matrix.cols));
  return taken;
}

export function transpose({ rows, cols, data }: Matrix): Matrix {
  const turned = zeros(cols, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) turned.data[j * rows + i] = data[i * cols + j] ?? 0;
  return turned;
}

/** a b: [a.rows, b.cols]. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.rows * a.cols * b.cols < SMALL) return multiplyTransposed(a, transpose(b));
  return { rows: a.rows, cols: b.cols, data: productOf(a.data, b.data, [a.rows, b.cols, a.cols]) };
}

/** a bᵀ: [a.rows, b.rows]. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.rows * b.rows * a.cols >= SMALL) return { rows: a.rows, cols: b.rows, data: productOfTransposed(a.data, b.data, [a.rows, b.rows, a.cols]) };
  const product = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < b.rows; j++) product.data[i * b.rows + j] = dot(rowOf(a, i), rowOf(b, j));
  return product;
}

/** Squared Euclidean distances of the rows of a from the rows of b: [a.rows, b.rows]. */
export function squaredDistances(a: Matrix, b: Matrix): Matrix {
  if (a.rows * b.rows * a.cols >= SMALL) return { rows: a.rows, cols: b.rows, data: squaredDistancesOf(a.data, b.data, [a.rows, b.rows, a.cols]) };
  const distances = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < b.rows; j++) distances.data[i * b.rows + j] = squaredDistance(rowOf(a, i), rowOf(b, j));
  return distances;
}

export function dot(a: Float64Array, b: Float64Array): number {
  return dotAt(a, 0, b, 0, a.length);
}

/** Of `length` values from the given places: no views are made, which counts where dots are short and many. */
export function dotAt(a: Float64Array, from: number, b: Float64Array, other: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += (a[from + i] ?? 0) * (b[other + i] ?? 0);
    s1 += (a[from + i + 1] ?? 0) * (b[other + i + 1] ?? 0);
    s2 += (a[from + i + 2] ?? 0) * (b[other + i + 2] ?? 0);
    s3 += (a[from + i + 3] ?? 0) * (b[other + i + 3] ?? 0);
  }
  for (; i < length; i++) s0 += (a[from + i] ?? 0) * (b[other + i] ?? 0);
  return s0 + s1 + (s2 + s3);
}

export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) means[j] = (means[j] ?? 0) + (data[i * cols + j] ?? 0);
  return means.map((sum) => sum / rows);
}

/** Every row less `offset`. */
export function centred({ rows, cols, data }: Matrix, offset: Float64Array): Matrix {
  const made = zeros(rows, cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) made.data[i * cols + j] = (data[i * cols + j] ?? 0) - (offset[j] ?? 0);
  return made;
}

/** Of all values, as numpy.var does. */
export function varianceOf(data: Float64Array): number {
  let mean = 0;
  for (const value of data) mean += value;
  mean /= data.length;
  let sum = 0;
  for (const value of data) sum += (value - mean) ** 2;
  return sum / data.length;
}
