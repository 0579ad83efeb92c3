// Every detector, in the order of the page's columns. A new one is one folder and one line.
import { autoencoder } from './autoencoder/index.ts';
import type { Detector } from './detector.ts';
import { gaussianMixture } from './gaussian-mixture/index.ts';
import { isolationForest } from './isolation-forest/index.ts';
import { lof } from './lof/index.ts';
import { oneClassSvm } from './one-class-svm/index.ts';
import { pcaMahalanobis } from './pca-mahalanobis/index.ts';

export const DETECTORS: readonly Detector[] = [lof, isolationForest, oneClassSvm, gaussianMixture, autoencoder, pcaMahalanobis];
