// Features as a matrix for the detectors: rows are models. Sets of mixed units are scaled by the reference's own mean and
// deviation; a feature that is the same in all of the reference keeps a small deviation, so that a model that differs in it
// stands out, by at most CLIP.
import type { FeatureSetId } from '../features/feature-sets.ts';
import { SCALED } from '../features/feature-sets.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { columnMeans, matrixOf, zeros, type Matrix } from '../linear/matrix.ts';

/** Deviations beyond this count as this: one freak feature must not drown all others. */
const CLIP = 8;

export interface Scaling {
  apply(rows: Matrix): Matrix;
}

export function matrixOfFeatures(models: readonly Fingerprint[], set: FeatureSetId): Matrix {
  return matrixOf(models.map(({ features }) => features[set]));
}

export function scalingFor(train: Matrix, set: FeatureSetId): Scaling {
  if (!SCALED.has(set)) return { apply: (rows) => rows };
  const means = columnMeans(train);
  const deviations = new Float64Array(train.cols);
  for (let i = 0; i < train.rows; i++) for (let j = 0; j < train.cols; j++) deviations[j] = (deviations[j] ?? 0) + ((train.data[i * train.cols + j] ?? 0) - (means[j] ?? 0)) ** 2;
  for (let j = 0; j < train.cols; j++) deviations[j] = Math.sqrt((deviations[j] ?? 0) / Math.max(1, train.rows - 1)) + 1e-6 + 1e-3 * Math.abs(means[j] ?? 0);
  return {
    apply: (rows) => {
      const made = zeros(rows.rows, rows.cols);
      for (let at = 0; at < rows.data.length; at++) {
        const column = at % rows.cols;
        made.data[at] = Math.max(-CLIP, Math.min(CLIP, ((rows.data[at] ?? 0) - (means[column] ?? 0)) / (deviations[column] ?? 1)));
      }
      return made;
    },
  };
}
