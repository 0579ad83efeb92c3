// Autoencoder: in -> max(64, in / 4) -> 32 -> max(64, in / 4) -> in, ReLU between; Adam (Kingma & Ba 2015) at 1e-3, 30 steps
// over the whole set, mean squared error; the score is that error. Starts from PyTorch's weights for the seed and trains in single
// precision as it does, so scores agree with PyTorch's to about 1e-4.
// Beyond MAX_INPUTS features it is trained on coordinates in the span of the reference, and what sticks out of the span counts
// as error: a rotation of the inputs, with other starting weights than PyTorch would give the unrotated ones.
// How it can mislead: after 30 steps it has hardly learned; the error is close to the squared length of the input.
import { rowOf, type Matrix } from '../../linear/matrix.ts';
import { spanOf } from '../../linear/span.ts';
import { torchLinearLayers } from '../../random/torch-linear.ts';
import type { Detector, FittedDetector } from '../detector.ts';
import { reconstruct, train } from './network.ts';

const STEPS = 30;
const MAX_INPUTS = 1024;

export const autoencoder: Detector = {
  id: 'autoencoder',
  label: 'Autoencoder',
  shortLabel: 'AE',
  parameters: 'in–max(64, in/4)–32–mirrored, Adam, 30 steps',
  limits: 'Hardly trained after 30 steps: it ranks much as the length of the fingerprint does.',
  fit: (rows, seed) => {
    if (rows.cols <= MAX_INPUTS) return fitDirectly(rows, seed);
    const span = spanOf(rows);
    const inner = fitDirectly(span.project(rows).coordinates, seed);
    return {
      score: (others) => {
        const { coordinates, residual } = span.project(others);
        return inner.score(coordinates).map((error, i) => (error * span.dimensions + (residual[i] ?? 0)) / others.cols);
      },
    };
  },
};

function fitDirectly(rows: Matrix, seed: number): FittedDetector {
  const width = rows.cols;
  const hidden = Math.max(64, Math.floor(width / 4));
  const layers = torchLinearLayers([width, hidden, 32, hidden, width], seed);
  train(layers, rows, STEPS);
  return {
    score: (others) => {
      const rebuilt = reconstruct(layers, others);
      return Float64Array.from({ length: others.rows }, (_, i) => {
        const copy = rowOf(rebuilt, i);
        return rowOf(others, i).reduce((sum, value, j) => sum + (value - (copy[j] ?? 0)) ** 2, 0) / width;
      });
    },
  };
}
