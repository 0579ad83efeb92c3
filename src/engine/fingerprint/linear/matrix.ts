// A dense matrix, row-major, and the few products the detectors need. Sizes here are tens to hundreds of rows.

export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** [rows, cols], row-major. */
  readonly data: Float64Array;
}

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

export function stackRows(above: Matrix, below: Matrix): Matrix {
  const stacked = zeros(above.rows + below.rows, above.cols);
  stacked.data.set(above.data);
  stacked.data.set(below.data, above.data.length);
  return stacked;
}

export function transpose({ rows, cols, data }: Matrix): Matrix {
  const turned = zeros(cols, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) turned.data[j * rows + i] = data[i * cols + j] ?? 0;
  return turned;
}

/** a b: [a.rows, b.cols]. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return multiplyTransposed(a, transpose(b));
}

/** a bᵀ: [a.rows, b.rows]. Three rows by three: each value that is loaded serves three sums, and all fit the registers. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  const product = zeros(a.rows, b.rows);
  const [wholeRows, wholeCols] = [a.rows - (a.rows % 3), b.rows - (b.rows % 3)];
  for (let i = 0; i < wholeRows; i += 3) for (let j = 0; j < wholeCols; j += 3) multiplyBlock(a.data, b.data, product.data, a.cols, b.rows, i, j);
  for (let i = 0; i < a.rows; i++) {
    for (let j = i < wholeRows ? wholeCols : 0; j < b.rows; j++) product.data[i * b.rows + j] = dot(rowOf(a, i), rowOf(b, j));
  }
  return product;
}

function multiplyBlock(a: Float64Array, b: Float64Array, out: Float64Array, inner: number, cols: number, i: number, j: number): void {
  let s00 = 0, s01 = 0, s02 = 0;
  let s10 = 0, s11 = 0, s12 = 0;
  let s20 = 0, s21 = 0, s22 = 0;
  const [second, third] = [inner, 2 * inner];
  let a0 = i * inner;
  let b0 = j * inner;
  const end = a0 + inner;
  for (; a0 < end; a0++, b0++) {
    const y0 = b[b0] ?? 0;
    const y1 = b[b0 + second] ?? 0;
    const y2 = b[b0 + third] ?? 0;
    const x0 = a[a0] ?? 0;
    s00 += x0 * y0; s01 += x0 * y1; s02 += x0 * y2;
    const x1 = a[a0 + second] ?? 0;
    s10 += x1 * y0; s11 += x1 * y1; s12 += x1 * y2;
    const x2 = a[a0 + third] ?? 0;
    s20 += x2 * y0; s21 += x2 * y1; s22 += x2 * y2;
  }
  const at = i * cols + j;
  out[at] = s00; out[at + 1] = s01; out[at + 2] = s02;
  out[at + cols] = s10; out[at + cols + 1] = s11; out[at + cols + 2] = s12;
  out[at + 2 * cols] = s20; out[at + 2 * cols + 1] = s21; out[at + 2 * cols + 2] = s22;
}

export function dot(a: Float64Array, b: Float64Array): number {
  const length = a.length;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += (a[i] ?? 0) * (b[i] ?? 0);
    s1 += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    s2 += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    s3 += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  for (; i < length; i++) s0 += (a[i] ?? 0) * (b[i] ?? 0);
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
