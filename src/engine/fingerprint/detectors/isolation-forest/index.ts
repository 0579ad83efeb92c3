// Isolation forest (Liu, Ting & Zhou 2008), drawn as scikit-learn draws it: 100 extremely randomised trees grown depth
// first, features and thresholds from its xorshift generator, seeds from NumPy's RandomState. With the same seed and at most
// 256 rows the trees are the same as IsolationForest(100, random_state=seed)'s. Beyond 256 rows the subsample is drawn
// otherwise. Features are compared as float32, as there.
// How it can mislead: one feature a split, so a change spread thinly over many features isolates nothing.
import { zeros, type Matrix } from '../../linear/matrix.ts';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';
import type { Detector } from '../detector.ts';
import { growTree, type IsolationTree } from './tree.ts';

const TREES = 100;
const MAX_SAMPLES = 256;
const INT32_MAX = 2_147_483_647;

export const isolationForest: Detector = {
  id: 'isolation-forest',
  label: 'Isolation forest',
  shortLabel: 'IF',
  parameters: '100 trees',
  limits: 'Looks at one feature at a time: a change spread thinly over many features isolates nothing.',
  fit: (train, seed) => {
    const features = toFloat32(train);
    const draws = new NumpyRandomState(seed);
    const samples = Math.min(MAX_SAMPLES, train.rows);
    const trees = Array.from({ length: TREES }, () => draws.integer(INT32_MAX)).map((treeSeed): IsolationTree => {
      const estimator = new NumpyRandomState(treeSeed);
      const splitter = new NumpyRandomState(estimator.integer(INT32_MAX)).integer(INT32_MAX);
      const rows = train.rows <= MAX_SAMPLES ? Int32Array.from({ length: train.rows }, (_, i) => i) : estimator.permutation(train.rows).subarray(0, MAX_SAMPLES).sort();
      return growTree(features, train.cols, rows, Math.ceil(Math.log2(Math.max(samples, 2))), splitter);
    });
    const scale = TREES * averagePathLength(samples);
    return {
      score: (rows) => {
        const values = toFloat32(rows);
        return Float64Array.from({ length: rows.rows }, (_, i) => {
          const row = values.subarray(i * rows.cols, (i + 1) * rows.cols);
          const depth = trees.reduce((sum, tree) => sum + pathLength(tree, row), 0);
          return 2 ** (scale === 0 ? -1 : -depth / scale);
        });
      },
    };
  },
};

function pathLength(tree: IsolationTree, row: Float32Array): number {
  let node = 0;
  let depth = 0;
  while ((tree.left[node] ?? -1) >= 0) {
    node = ((row[tree.feature[node] ?? 0] ?? 0) <= (tree.threshold[node] ?? 0) ? tree.left[node] : tree.right[node]) ?? 0;
    depth++;
  }
  return depth + averagePathLength(tree.samples[node] ?? 0);
}

/** Of an unsuccessful search in a binary search tree of n nodes. */
function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.577_215_664_901_532_9) - (2 * (n - 1)) / n;
}

function toFloat32(matrix: Matrix): Float32Array {
  return Float32Array.from((matrix.rows === 0 ? zeros(0, 0) : matrix).data);
}
