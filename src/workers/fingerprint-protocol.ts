// What crosses between the page and the fingerprint worker: plain data, failures as Result.
import type { LabAnalysis } from '../engine/fingerprint/analyse.ts';
import type { GridCell } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import type { Tap } from '../engine/fingerprint/extract/list-taps.ts';
import type { FeatureNames, Fingerprint } from '../engine/fingerprint/fingerprint.ts';
import type { FingerprintProgress, RefusedModel } from '../engine/fingerprint/fingerprint-drop.ts';
import type { ReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';
import type { ScoreRequest } from '../engine/fingerprint/score/score-models.ts';
import type { Result } from '../engine/core/result.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';
import type { BackendChoice, DroppedFile } from './protocol.ts';

export type LabRecipe = Pick<ReferenceSet, 'publicSeed' | 'secretSeed' | 'gradients' | 'taps' | 'examples'>;

export interface LabFingerprints {
  readonly models: readonly Fingerprint[];
  readonly names: FeatureNames | undefined;
  readonly refused: readonly RefusedModel[];
  /** Paths that are no models. */
  readonly leftAside: readonly string[];
}

export interface LabProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface FingerprintWorkerSettings {
  readonly baseUrl: string;
  readonly choice: BackendChoice;
  readonly cancelFlag: SharedArrayBuffer | undefined;
}

export interface LabFit {
  readonly reference: ReferenceSet;
  readonly candidates: readonly Fingerprint[];
  readonly planted: readonly boolean[];
  readonly request: ScoreRequest;
}

export interface FingerprintWorker {
  start(settings: FingerprintWorkerSettings): Promise<Result<RuntimeEnvironment>>;
  fingerprint(name: string, files: readonly DroppedFile[], recipe: LabRecipe, onProgress: (progress: FingerprintProgress) => void): Promise<Result<LabFingerprints>>;
  /** Tensors of one model that can be tapped. */
  taps(name: string, files: readonly DroppedFile[]): Promise<Result<readonly Tap[]>>;
  analyse(fit: LabFit, onProgress: (done: number, total: number) => void): Promise<Result<LabAnalysis>>;
  /** AUROC of every detector in every representation, told by the candidates marked as planted. */
  grid(fit: LabFit, onProgress: (done: number, total: number) => void): Promise<Result<readonly GridCell[]>>;
  stop(): void;
}
