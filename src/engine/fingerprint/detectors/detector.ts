// The one shape of every detector: fitted on the fingerprints of clean models alone, it scores others.
import type { Matrix } from '../linear/matrix.ts';

export interface Detector {
  /** Stable: 'lof'. */
  readonly id: DetectorId;
  readonly label: string;
  readonly shortLabel: string;
  /** Parameters, as the page and a report state them. */
  readonly parameters: string;
  /** What it can miss. */
  readonly limits: string;
  /** @param train [models, features], at least two rows. */
  fit(train: Matrix, seed: number): FittedDetector;
}

export interface FittedDetector {
  /** One score a row; high is unlike the reference. Scales differ from detector to detector: compare ranks. */
  score(rows: Matrix): Float64Array;
}

const DETECTOR_IDS = ['lof', 'isolation-forest', 'one-class-svm', 'gaussian-mixture', 'autoencoder', 'pca-mahalanobis'] as const;
export type DetectorId = (typeof DETECTOR_IDS)[number];
