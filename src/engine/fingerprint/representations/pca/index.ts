// Principal components: scikit-learn's PCA(50). As there, sets beyond 500 rows or columns are factored at random (Halko,
// Martinsson & Tropp 2011) with NumPy's draws, smaller ones exactly. Signs: the largest loading of a component is positive.
// Fewer models than 50: one component less than there are models.
import { thinSvd } from '../../linear/decompositions.ts';
import { centred, columnMeans, multiplyTransposed, rowOf, takeRows, type Matrix } from '../../linear/matrix.ts';
import { COMPONENTS, type Representation } from '../representation.ts';
import { randomisedRightVectors } from './randomised-svd.ts';

export const pca: Representation = {
  id: 'pca',
  label: 'Principal components',
  shortLabel: 'PCA',
  limits: 'Drops the directions in which clean models vary least, where a small change would stand out most.',
  fit: (train, seed) => {
    const mean = columnMeans(train);
    const offset = centred(train, mean);
    const least = Math.min(train.rows, train.cols);
    const count = Math.max(1, Math.min(COMPONENTS, train.rows - 1, train.cols));
    const tall = train.cols <= 1000 && train.rows >= 10 * train.cols;
    const random = !tall && Math.max(train.rows, train.cols) > 500 && count < 0.8 * least;
    const components = random ? randomisedRightVectors(offset, count, seed) : takeRows(thinSvd(offset).right, Array.from({ length: count }, (_, i) => i));
    fixSigns(components);
    const project = (rows: Matrix): Matrix => multiplyTransposed(centred(rows, mean), components);
    return { train: project(train), project };
  },
};

function fixSigns(components: Matrix): void {
  for (let i = 0; i < components.rows; i++) {
    const row = rowOf(components, i);
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    if (largest < 0) row.forEach((value, j) => (row[j] = -value));
  }
}
