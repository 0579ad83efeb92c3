// Mahalanobis distance in the principal components that hold 95 % of the variance: scikit-learn's PCA(0.95), the
// covariance of the projections + 1e-6 I. That covariance is diagonal, so the distance is a sum over components.
// How it can mislead: what leaves the span of the reference is not seen at all.
import { thinSvd } from '../../linear/decompositions.ts';
import { centred, columnMeans, multiplyTransposed, rowOf, takeRows } from '../../linear/matrix.ts';
import type { Detector } from '../detector.ts';

const VARIANCE = 0.95;
const RIDGE = 1e-6;

export const pcaMahalanobis: Detector = {
  id: 'pca-mahalanobis',
  label: 'PCA and Mahalanobis distance',
  shortLabel: 'PCA+M',
  parameters: '95 % of the variance',
  limits: 'Blind to changes in directions in which the reference does not vary.',
  fit: (train) => {
    const mean = columnMeans(train);
    const { singular, right } = thinSvd(centred(train, mean));
    const variances = singular.map((value) => value ** 2 / (train.rows - 1));
    const kept = componentsFor(variances);
    const components = takeRows(right, Array.from({ length: kept }, (_, i) => i));
    return {
      score: (rows) => {
        const projected = multiplyTransposed(centred(rows, mean), components);
        return Float64Array.from({ length: rows.rows }, (_, i) => {
          let sum = 0;
          rowOf(projected, i).forEach((value, j) => (sum += value ** 2 / ((variances[j] ?? 0) + RIDGE)));
          return Math.sqrt(sum);
        });
      },
    };
  },
};

/** As scikit-learn counts them: the first whose cumulative share exceeds 95 %. */
function componentsFor(variances: Float64Array): number {
  const total = variances.reduce((sum, value) => sum + value, 0);
  let cumulative = 0;
  for (let i = 0; i < variances.length; i++) {
    cumulative += (variances[i] ?? 0) / total;
    if (cumulative > VARIANCE) return i + 1;
  }
  return variances.length;
}
