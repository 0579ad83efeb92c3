// Randomised singular value decomposition as scikit-learn's PCA runs it: 10 more random directions than components, 4 power
// iterations (7 where few components are asked for). Between iterations it keeps a basis of the same span by QR instead of LU,
// which changes rounding alone.
import { orthonormalRows, thinSvd } from '../../linear/decompositions.ts';
import { multiply, takeRows, transpose, type Matrix } from '../../linear/matrix.ts';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';

const OVERSAMPLES = 10;

/** @returns [count, matrix.cols], the leading right singular vectors as rows */
export function randomisedRightVectors(matrix: Matrix, count: number, seed: number): Matrix {
  const wide = matrix.rows < matrix.cols;
  const a = wide ? transpose(matrix) : matrix;
  const turned = wide ? matrix : transpose(matrix);
  const size = count + OVERSAMPLES;
  let q: Matrix = { rows: a.cols, cols: size, data: new NumpyRandomState(seed).normal(a.cols * size) };
  const iterations = count < 0.1 * Math.min(matrix.rows, matrix.cols) ? 7 : 4;
  const basis = (columns: Matrix): Matrix => transpose(orthonormalRows(columns));
  for (let i = 0; i < iterations; i++) q = basis(multiply(turned, basis(multiply(a, q))));
  const range = orthonormalRows(multiply(a, q));
  const { left, right } = thinSvd(multiply(range, a));
  const rows = Array.from({ length: count }, (_, i) => i);
  // a = (rangeᵀ leftᵀ) s right: of a tall `a` the right vectors are wanted, of a turned one its left ones.
  return wide ? takeRows(multiply(left, range), rows) : takeRows(right, rows);
}
