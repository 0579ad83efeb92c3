// Cholesky and thin QR factors (Golub & Van Loan 4.2, 5.2), and solving with a triangle.
import { dot, dotAt, multiply, multiplyTransposed, rowOf, transpose, zeros, type Matrix } from './matrix.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Lower triangle l with l lᵀ = matrix, or undefined where it is not positive definite. */
export function cholesky({ rows: n, data }: Matrix): Matrix | undefined {
  const lower = zeros(n, n);
  const out = lower.data;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = (data[i * n + j] ?? 0) - dotAt(out, i * n, out, j * n, j);
      if (i === j) {
        if (!(sum > 0)) return undefined;
        out[i * n + i] = Math.sqrt(sum);
      } else out[i * n + j] = sum / (out[j * n + j] ?? 1);
    }
  }
  return lower;
}

/** x with lower x = b. */
export function solveLower({ rows: n, data }: Matrix, b: Float64Array): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = ((b[i] ?? 0) - dotAt(data, i * n, x, 0, i)) / (data[i * n + i] ?? 1);
  return x;
}

/** An orthonormal basis of the columns of `matrix`, as rows: modified Gram-Schmidt, twice, which is as good as Householder. */
export function orthonormalRows(columns: Matrix): Matrix {
  const rows = transpose(columns);
  const kept: Float64Array[] = [];
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i);
    const before = Math.sqrt(dot(row, row));
    for (let pass = 0; pass < 2; pass++) for (const other of kept) subtract(row, other, dot(row, other));
    const norm = Math.sqrt(dot(row, row));
    // A column that depends on the others has no direction of its own left.
    if (norm <= 1e-12 * before || norm === 0) row.fill(0);
    else for (let j = 0; j < row.length; j++) row[j] = (row[j] ?? 0) / norm;
    kept.push(row);
  }
  return rows;
}

function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  for (let j = 0; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (other[j] ?? 0);
}

export interface ThinSvd {
  /** Falling. */
  readonly singular: Float64Array;
  /** Left vectors: row i belongs to singular[i]; length = rows of the matrix. */
  readonly left: Matrix;
  /** Right vectors: row i belongs to singular[i]; length = columns of the matrix. Zero where the singular value is. */
  readonly right: Matrix;
}

/** Singular value decomposition through the smaller Gram matrix: singular values below about 1e-8 of the largest are noise. */
export function thinSvd(matrix: Matrix): ThinSvd {
  if (matrix.rows > matrix.cols) {
    const { singular, left, right } = thinSvd(transpose(matrix));
    return { singular, left: right, right: left };
  }
  const { values, vectors } = symmetricEigen(multiplyTransposed(matrix, matrix));
  const singular = values.map((value) => Math.sqrt(Math.max(0, value)));
  const right = multiply(vectors, matrix);
  const floor = (singular[0] ?? 0) * 1e-8;
  for (let i = 0; i < right.rows; i++) {
    const value = singular[i] ?? 0;
    const row = rowOf(right, i);
    for (let j = 0; j < row.length; j++) row[j] = value > floor ? (row[j] ?? 0) / value : 0;
  }
  return { singular, left: vectors, right };
}
