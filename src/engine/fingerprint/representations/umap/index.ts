// UMAP (McInnes, Healy & Melville 2018), computed by umap-js: 5 dimensions, 15 neighbours, minimal distance .1.
// How it can mislead: it keeps neighbourhoods and not distances, and puts new points among the known ones: what lies outside
// the reference is drawn in, and scored as more usual than the clean ones (bench/fingerprint: AUROC far below .5). It is a map to look at before it is a basis for detectors.
import { UMAP } from 'umap-js';
import { seeded } from '../../../core/random.ts';
import { matrixOf, rowOf, type Matrix } from '../../linear/matrix.ts';
import type { Representation } from '../representation.ts';

const DIMENSIONS = 5;
const NEIGHBOURS = 15;

export const umap: Representation = {
  id: 'umap',
  label: 'UMAP',
  shortLabel: 'UMAP',
  limits: 'Keeps neighbourhoods, not distances, and draws outliers in among the others.',
  fit: (train, seed) => {
    let random = seeded(seed, 'umap');
    const model = new UMAP({
      nComponents: Math.min(DIMENSIONS, train.cols, Math.max(1, train.rows - 2)),
      nNeighbors: Math.max(2, Math.min(NEIGHBOURS, train.rows - 1)),
      random: () => random.next(),
    });
    const placed = matrixOf(model.fit(listOf(train)));
    // One at a time and from the same draws: where a new point lands must not depend on which others are placed with it.
    const place = (row: number[]): number[] => {
      random = seeded(seed, 'umap, a new point');
      return model.transform([row])[0] ?? [];
    };
    return { train: placed, project: (rows) => matrixOf(listOf(rows).map(place)) };
  },
};

function listOf(matrix: Matrix): number[][] {
  return Array.from({ length: matrix.rows }, (_, i) => [...rowOf(matrix, i)]);
}
