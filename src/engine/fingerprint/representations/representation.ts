// The one shape of every representation: fitted on the reference, it brings fingerprints into fewer dimensions.
import type { Matrix } from '../linear/matrix.ts';

export const REPRESENTATION_IDS = ['raw', 'random-projection', 'pca', 'fast-ica', 'umap'] as const;
export type RepresentationId = (typeof REPRESENTATION_IDS)[number];

export interface Representation {
  readonly id: RepresentationId;
  readonly label: string;
  readonly shortLabel: string;
  readonly limits: string;
  fit(train: Matrix, seed: number): FittedRepresentation;
}

export interface FittedRepresentation {
  /** The training rows, as the fit placed them. */
  readonly train: Matrix;
  project(rows: Matrix): Matrix;
}

/** Dimensions the source reduces to, where there are as many to be had. */
export const COMPONENTS = 50;
