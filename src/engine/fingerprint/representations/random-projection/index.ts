// Gaussian random projection (Johnson & Lindenstrauss): scikit-learn's GaussianRandomProjection(50) with the same draws.
import { multiplyTransposed } from '../../linear/matrix.ts';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';
import { COMPONENTS, type Representation } from '../representation.ts';

export const randomProjection: Representation = {
  id: 'random-projection',
  label: 'Gaussian random projection',
  shortLabel: 'RP',
  limits: 'Keeps distances only roughly.',
  fit: (train, seed) => {
    const data = new NumpyRandomState(seed).normal(COMPONENTS * train.cols).map((value) => value / Math.sqrt(COMPONENTS));
    const directions = { rows: COMPONENTS, cols: train.cols, data };
    return { train: multiplyTransposed(train, directions), project: (rows) => multiplyTransposed(rows, directions) };
  },
};
