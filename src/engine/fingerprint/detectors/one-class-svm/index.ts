// One-class SVM (Schölkopf et al. 2001) with a Gaussian kernel: scikit-learn's OneClassSVM(nu=.1, gamma='scale'), that is
// gamma = 1 / (features x variance of all values). The score is minus the sum of kernels over the support vectors
// (scikit-learn's -score_samples), solved as LIBSVM solves it (solve.ts).
// How it can mislead: all points far from the reference score the same (0): beyond a distance it no longer ranks.
import { rowOf, squaredDistances, varianceOf, type Matrix } from '../../linear/matrix.ts';
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
      score: (rows) => {
        const squared = squaredDistances(rows, train);
        return Float64Array.from({ length: rows.rows }, (_, i) => {
          const distances = rowOf(squared, i);
          let sum = 0;
          weights.forEach((weight, j) => {
            if (weight > 0) sum += weight * Math.exp(-gamma * (distances[j] ?? 0));
          });
          return -sum;
        });
      },
    };
  },
};

function kernelOf(train: Matrix, gamma: number): Matrix {
  const kernel = squaredDistances(train, train);
  // LIBSVM keeps its kernel in single precision.
  kernel.data.forEach((squared, at) => (kernel.data[at] = Math.fround(Math.exp(-gamma * squared))));
  return kernel;
}
