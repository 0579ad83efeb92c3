// Local outlier factor (Breunig, Kriegel, Ng & Sander 2000), for new points against a fitted set: scikit-learn's
// LocalOutlierFactor(n_neighbors=20, novelty=True), Euclidean, with its 1e-10 in the reachability density.
// How it can mislead: it compares densities, so a set of few models in many dimensions has scores near 1 for everyone.
import { rowOf, squaredDistances } from '../../linear/matrix.ts';
import type { Detector } from '../detector.ts';

const NEIGHBOURS = 20;

export const lof: Detector = {
  id: 'lof',
  label: 'Local outlier factor',
  shortLabel: 'LOF',
  parameters: 'k 20',
  limits: 'Compares densities of neighbourhoods: several planted models of one kind in the reference hide each other.',
  fit: (train) => {
    const k = Math.max(1, Math.min(NEIGHBOURS, train.rows - 1));
    const between = squaredDistances(train, train);
    const own = Array.from({ length: train.rows }, (_, i) => nearest(rowOf(between, i), k, i));
    const reach = own.map(({ distances }) => distances[k - 1] ?? 0);
    const density = own.map((neighbours) => densityOf(neighbours, reach));
    return {
      score: (rows) => {
        const distances = squaredDistances(rows, train);
        return Float64Array.from({ length: rows.rows }, (_, i) => {
          const neighbours = nearest(rowOf(distances, i), k, -1);
          const here = densityOf(neighbours, reach);
          return neighbours.indices.reduce((sum, j) => sum + (density[j] ?? 0) / here, 0) / k;
        });
      },
    };
  },
};

interface Neighbours {
  readonly indices: readonly number[];
  /** Rising. */
  readonly distances: readonly number[];
}

/** @param squared distances of a point from every row of the reference */
function nearest(squared: Float64Array, k: number, except: number): Neighbours {
  const indices = Array.from(squared.keys())
    .filter((index) => index !== except)
    .sort((a, b) => (squared[a] ?? 0) - (squared[b] ?? 0) || a - b)
    .slice(0, k);
  return { indices, distances: indices.map((index) => Math.sqrt(squared[index] ?? 0)) };
}

function densityOf({ indices, distances }: Neighbours, reach: readonly number[]): number {
  let sum = 0;
  indices.forEach((index, i) => (sum += Math.max(distances[i] ?? 0, reach[index] ?? 0)));
  return 1 / (sum / indices.length + 1e-10);
}
