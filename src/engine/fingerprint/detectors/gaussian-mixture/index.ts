// Gaussian mixture: scikit-learn's GaussianMixture(3, 'full', reg_covar=1e-4), initialised by its k-means with the same
// draws; the score is minus the log density. Where there are more features than models, the fit is done in the span of
// the reference (linear/span.ts): there the covariances live, outside they are reg_covar, so the density is the same.
// How it can mislead: with fewer models than features the density off the span is set by reg_covar alone: huge numbers,
// and a ranking by the distance from the span.
import { multiplyTransposed, rowOf, varianceOf, zeros, type Matrix } from '../../linear/matrix.ts';
import { cholesky, solveLower } from '../../linear/decompositions.ts';
import { spanOf } from '../../linear/span.ts';
import { columnMeans } from '../../linear/matrix.ts';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';
import type { Detector } from '../detector.ts';
import { kMeans } from './k-means.ts';

const COMPONENTS = 3;
const REGULARISER = 1e-4;
const TOLERANCE = 1e-3;
const MAX_STEPS = 100;

export const gaussianMixture: Detector = {
  id: 'gaussian-mixture',
  label: 'Gaussian mixture',
  shortLabel: 'GMM',
  parameters: '3 components, full covariance, 1e-4',
  limits: 'With fewer models than features it ranks mostly by how far a model lies outside the span of the reference.',
  fit: (train, seed) => {
    const rotate = train.cols >= train.rows;
    const span = rotate ? spanOf(train) : undefined;
    const inside = span === undefined ? train : span.project(train).coordinates;
    const outside = train.cols - inside.cols;
    const tolerance = (meanColumnVariance(inside) * inside.cols) / train.cols * 1e-4;
    const labels = kMeans(inside, Math.min(COMPONENTS, train.rows), new NumpyRandomState(seed), tolerance);
    const mixture = fitMixture(inside, labels, Math.min(COMPONENTS, train.rows), outside);
    return {
      score: (rows) => {
        const projected = span?.project(rows);
        const density = logDensity(projected?.coordinates ?? rows, mixture, outside).total;
        return density.map((value, i) => -(value - (projected?.residual[i] ?? 0) / (2 * REGULARISER)));
      },
    };
  },
};

interface Component {
  readonly weight: number;
  readonly mean: Float64Array;
  /** Lower Cholesky factor of the covariance. */
  readonly factor: Matrix;
}

function fitMixture(data: Matrix, labels: Int32Array, count: number, outside: number): readonly Component[] {
  let responsibility = zeros(data.rows, count);
  labels.forEach((label, i) => (responsibility.data[i * count + label] = 1));
  let mixture = maximise(data, responsibility);
  let bound = -Infinity;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { total, joint } = logDensity(data, mixture, outside);
    responsibility = joint;
    joint.data.forEach((value, at) => (joint.data[at] = Math.exp(value - (total[Math.floor(at / count)] ?? 0))));
    mixture = maximise(data, responsibility);
    const reached = total.reduce((sum, value) => sum + value, 0) / data.rows;
    if (Math.abs(reached - bound) < TOLERANCE) break;
    bound = reached;
  }
  return mixture;
}

function maximise(data: Matrix, responsibility: Matrix): readonly Component[] {
  const count = responsibility.cols;
  const { rows, cols } = data;
  const sizes = Array.from({ length: count }, (_, k) => sumColumn(responsibility, k) + 10 * Number.EPSILON);
  const totalSize = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, k) => {
    const mean = new Float64Array(cols);
    for (let i = 0; i < rows; i++) rowOf(data, i).forEach((value, j) => (mean[j] = (mean[j] ?? 0) + (responsibility.data[i * count + k] ?? 0) * value));
    for (let j = 0; j < cols; j++) mean[j] = (mean[j] ?? 0) / size;
    // Rows scaled by the root of their weight, one column of the transposed matrix a sample: covariance = a aᵀ.
    const scaled = zeros(cols, rows);
    for (let i = 0; i < rows; i++) {
      const root = Math.sqrt((responsibility.data[i * count + k] ?? 0) / size);
      const row = rowOf(data, i);
      for (let j = 0; j < cols; j++) scaled.data[j * rows + i] = root * ((row[j] ?? 0) - (mean[j] ?? 0));
    }
    const covariance = multiplyTransposed(scaled, scaled);
    for (let j = 0; j < cols; j++) covariance.data[j * cols + j] = (covariance.data[j * cols + j] ?? 0) + REGULARISER;
    const factor = cholesky(covariance);
    if (factor === undefined) throw new RangeError('a covariance of the mixture is not positive definite');
    return { weight: size / totalSize, mean, factor };
  });
}

/** total: log density a row; joint: [rows, components] log of weight x density. `outside`: dimensions beyond the span. */
function logDensity(data: Matrix, mixture: readonly Component[], outside: number): { readonly total: Float64Array; readonly joint: Matrix } {
  const joint = zeros(data.rows, mixture.length);
  const offset = new Float64Array(data.cols);
  mixture.forEach(({ weight, mean, factor }, k) => {
    let constant = Math.log(weight) - ((data.cols + outside) * Math.log(2 * Math.PI)) / 2 - (outside * Math.log(REGULARISER)) / 2;
    for (let j = 0; j < data.cols; j++) constant -= Math.log(factor.data[j * data.cols + j] ?? 1);
    for (let i = 0; i < data.rows; i++) {
      const row = rowOf(data, i);
      for (let j = 0; j < offset.length; j++) offset[j] = (row[j] ?? 0) - (mean[j] ?? 0);
      const solved = solveLower(factor, offset);
      joint.data[i * mixture.length + k] = constant - solved.reduce((sum, value) => sum + value * value, 0) / 2;
    }
  });
  const total = Float64Array.from({ length: data.rows }, (_, i) => {
    const row = rowOf(joint, i);
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
  });
  return { total, joint };
}

function sumColumn({ rows, cols, data }: Matrix, column: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * cols + column] ?? 0;
  return sum;
}

function meanColumnVariance(data: Matrix): number {
  const means = columnMeans(data);
  const offsets = data.data.map((value, at) => value - (means[at % data.cols] ?? 0));
  return varianceOf(offsets);
}
