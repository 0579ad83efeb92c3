// One-class SVM (Schölkopf et al. 2001) with a Gaussian kernel: scikit-learn's OneClassSVM(nu=.1, gamma='scale'), that is
// gamma = 1 / (features x variance of all values). The score is minus the sum of kernels over the support vectors
// (scikit-learn's -score_samples), solved as LIBSVM solves it (solve.ts).
// How it can mislead: all points far from the reference score the same (0): beyond a distance it no longer ranks.
import { rowOf, squaredDistance, varianceOf, zeros, type Matrix } from '../../linear/matrix.ts';
import type { Detector } from '../detector.ts';
import { solveOneClass } from './solve.ts';

const NU = 0.1;

export const oneClassSvm: Detector = {
  id: 'one-class-svm',
  label: 'One-class SVM',
  shortLabel: 'OCSVM',
  parameters: 'rbf, ν .1, γ scale',
  limits: 'Far from the reference every score is 0: it tells that a model is unlike, not how much.',
  fit: (train) => {
    const variance = varianceOf(train.data);
    const gamma = variance === 0 ? 1 : 1 / (train.cols * variance);
    const weights = solveOneClass(kernelOf(train, gamma), NU);
    return {
      score: (rows) =>
        Float64Array.from({ length: rows.rows }, (_, i) => {
          const point = rowOf(rows, i);
          let sum = 0;
          weights.forEach((weight, j) => {
            if (weight > 0) sum += weight * Math.exp(-gamma * squaredDistance(point, rowOf(train, j)));
          });
          return -sum;
        }),
    };
  },
};

function kernelOf(train: Matrix, gamma: number): Matrix {
  const kernel = zeros(train.rows, train.rows);
  for (let i = 0; i < train.rows; i++) {
    for (let j = 0; j <= i; j++) {
      // LIBSVM keeps its kernel in single precision.
      const value = Math.fround(Math.exp(-gamma * squaredDistance(rowOf(train, i), rowOf(train, j))));
      kernel.data[i * train.rows + j] = value;
      kernel.data[j * train.rows + i] = value;
    }
  }
  return kernel;
}
