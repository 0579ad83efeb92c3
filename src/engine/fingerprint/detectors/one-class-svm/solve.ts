// The one-class dual by sequential minimal optimisation with second-order working sets (Fan, Chen & Lin 2005), as LIBSVM:
// minimise aᵀKa / 2 with 0 <= a <= 1 and sum a = nu n, to a gradient gap of 1e-3. LIBSVM also sets variables aside at their
// bounds while it works (shrinking), which here would save nothing: sets have tens to hundreds of rows.
import { rowOf, type Matrix } from '../../linear/matrix.ts';

const TOLERANCE = 1e-3;
const LEAST_CURVATURE = 1e-12;
const MAX_STEPS = 1_000_000;

/** @returns weight of each training row, in [0, 1] */
export function solveOneClass(kernel: Matrix, nu: number): Float64Array {
  const n = kernel.rows;
  const weights = new Float64Array(n);
  const whole = Math.floor(nu * n);
  weights.fill(1, 0, whole);
  if (whole < n) weights[whole] = nu * n - whole;
  const gradient = new Float64Array(n);
  for (let i = 0; i < n; i++) addRow(gradient, rowOf(kernel, i), weights[i] ?? 0);
  for (let step = 0; step < MAX_STEPS; step++) {
    const pair = workingSet(kernel, weights, gradient);
    if (pair === undefined) break;
    const [i, j] = pair;
    const [before, beforeOther] = [weights[i] ?? 0, weights[j] ?? 0];
    const [first, second] = stepAlong(kernel, gradient, before, beforeOther, i, j);
    weights[i] = first;
    weights[j] = second;
    addRow(gradient, rowOf(kernel, i), first - before);
    addRow(gradient, rowOf(kernel, j), second - beforeOther);
  }
  return weights;
}

function addRow(gradient: Float64Array, row: Float64Array, factor: number): void {
  if (factor === 0) return;
  for (let k = 0; k < gradient.length; k++) gradient[k] = (gradient[k] ?? 0) + factor * (row[k] ?? 0);
}

/** The pair to move weight between, or undefined where the gap is below the tolerance. */
function workingSet(kernel: Matrix, weights: Float64Array, gradient: Float64Array): readonly [number, number] | undefined {
  const n = weights.length;
  let i = -1;
  let most = -Infinity;
  for (let t = 0; t < n; t++) {
    const value = -(gradient[t] ?? 0);
    if ((weights[t] ?? 0) < 1 && value >= most) [most, i] = [value, t];
  }
  if (i < 0) return undefined;
  let j = -1;
  let least = -Infinity;
  let best = Infinity;
  for (let t = 0; t < n; t++) {
    if ((weights[t] ?? 0) <= 0) continue;
    const value = gradient[t] ?? 0;
    if (value >= least) least = value;
    const gap = most + value;
    if (gap <= 0) continue;
    const change = -(gap * gap) / curvature(kernel, i, t);
    if (change <= best) [best, j] = [change, t];
  }
  return most + least < TOLERANCE || j < 0 ? undefined : [i, j];
}

function curvature({ data, cols }: Matrix, i: number, j: number): number {
  const value = (data[i * cols + i] ?? 0) + (data[j * cols + j] ?? 0) - 2 * (data[i * cols + j] ?? 0);
  return value > 0 ? value : LEAST_CURVATURE;
}

/** Best weights of the pair with their sum and bounds kept. */
function stepAlong(kernel: Matrix, gradient: Float64Array, first: number, second: number, i: number, j: number): readonly [number, number] {
  const sum = first + second;
  const delta = ((gradient[i] ?? 0) - (gradient[j] ?? 0)) / curvature(kernel, i, j);
  const low = Math.max(0, sum - 1);
  const high = Math.min(1, sum);
  const moved = first - delta;
  if (moved > high) return [high, sum - high];
  return moved < low ? [low, sum - low] : [moved, second + delta];
}
