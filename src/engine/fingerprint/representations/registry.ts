// Every representation, in the order of the page's columns. A new one is one folder and one line.
import { fastIca } from './fast-ica/index.ts';
import { pca } from './pca/index.ts';
import { randomProjection } from './random-projection/index.ts';
import { raw } from './raw/index.ts';
import type { Representation } from './representation.ts';
import { umap } from './umap/index.ts';

export const REPRESENTATIONS: readonly Representation[] = [raw, randomProjection, pca, fastIca, umap];
