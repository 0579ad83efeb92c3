// Independent components (Hyvärinen 1999): scikit-learn's FastICA(50, max_iter=500), symmetric, log cosh, whitened by SVD, unit
// variance, starting from NumPy's draws. With as many components as there are good directions it seldom converges in 500
// steps: where it then stands depends on rounding, while distances between whitened points do not depend on it at all.
import { thinSvd } from '../../linear/decompositions.ts';
import { centred, columnMeans, multiply, multiplyTransposed, rowOf, takeRows, transpose, zeros, type Matrix } from '../../linear/matrix.ts';
import { symmetricEigen } from '../../linear/symmetric-eigen.ts';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';
import { COMPONENTS, type Representation } from '../representation.ts';

const MAX_STEPS = 500;
const TOLERANCE = 1e-4;
/** Directions below this share of the largest singular value cannot be whitened. */
const NOISE = 1e-7;

export const fastIca: Representation = {
  id: 'fast-ica',
  label: 'Independent components',
  shortLabel: 'ICA',
  limits: 'Blows directions of little variance up to the size of the others; seldom converges on small sets.',
  fit: (train, seed) => {
    const mean = columnMeans(train);
    const offset = centred(train, mean);
    const { singular, right } = thinSvd(offset);
    const usable = singular.findIndex((value) => value <= (singular[0] ?? 0) * NOISE);
    const count = Math.max(1, Math.min(COMPONENTS, train.rows - 1, train.cols, usable < 0 ? COMPONENTS : usable));
    const whitening = takeRows(right, Array.from({ length: count }, (_, i) => i));
    for (let i = 0; i < count; i++) {
      const row = rowOf(whitening, i);
      const scale = ((row[0] ?? 0) < 0 ? -1 : 1) / (singular[i] ?? 1);
      row.forEach((value, j) => (row[j] = value * scale));
    }
    const white = multiplyTransposed(whitening, offset);
    white.data.forEach((value, at) => (white.data[at] = value * Math.sqrt(train.rows)));
    const start = { rows: count, cols: count, data: new NumpyRandomState(seed).normal(count * count) };
    const components = multiply(unmix(white, start), whitening);
    const sources = multiplyTransposed(components, offset);
    for (let i = 0; i < count; i++) {
      const deviation = Math.sqrt(rowOf(sources, i).reduce((sum, value) => sum + value * value, 0) / train.rows);
      const row = rowOf(components, i);
      row.forEach((value, j) => (row[j] = value / deviation));
    }
    const project = (rows: Matrix): Matrix => multiplyTransposed(centred(rows, mean), components);
    return { train: project(train), project };
  },
};

/** @param white [components, samples] */
function unmix(white: Matrix, start: Matrix): Matrix {
  let w = decorrelate(start);
  const samples = white.cols;
  const turned = transpose(white);
  for (let step = 0; step < MAX_STEPS; step++) {
    const g = multiply(w, white);
    const slope = new Float64Array(w.rows);
    for (let i = 0; i < g.rows; i++) {
      const row = rowOf(g, i);
      let sum = 0;
      for (let j = 0; j < samples; j++) {
        const value = Math.tanh(row[j] ?? 0);
        row[j] = value;
        sum += 1 - value * value;
      }
      slope[i] = sum / samples;
    }
    const next = multiply(g, turned);
    for (let at = 0; at < next.data.length; at++) next.data[at] = (next.data[at] ?? 0) / samples - (slope[Math.floor(at / w.cols)] ?? 0) * (w.data[at] ?? 0);
    const turnedOn = decorrelate(next);
    let change = 0;
    for (let i = 0; i < w.rows; i++) {
      const [a, b] = [rowOf(turnedOn, i), rowOf(w, i)];
      change = Math.max(change, Math.abs(Math.abs(a.reduce((sum, value, j) => sum + value * (b[j] ?? 0), 0)) - 1));
    }
    w = turnedOn;
    if (change < TOLERANCE) break;
  }
  return w;
}

/** (w wᵀ)^(-1/2) w. */
function decorrelate(w: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(multiplyTransposed(w, w));
  const scaled = zeros(vectors.rows, vectors.cols);
  for (let i = 0; i < vectors.rows; i++) {
    const factor = 1 / Math.sqrt(Math.max(values[i] ?? 0, Number.MIN_VALUE));
    for (let j = 0; j < vectors.cols; j++) scaled.data[i * vectors.cols + j] = factor * (vectors.data[i * vectors.cols + j] ?? 0);
  }
  return multiply(multiply(transpose(vectors), scaled), w);
}
