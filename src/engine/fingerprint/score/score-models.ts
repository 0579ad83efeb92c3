// Candidates against a reference set, in one set of features and one representation.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { DETECTORS } from '../detectors/registry.ts';
import type { FeatureSetId } from '../features/feature-sets.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { incomparable, type ReferenceSet } from '../reference/reference-set.ts';
import { REPRESENTATIONS } from '../representations/registry.ts';
import type { RepresentationId } from '../representations/representation.ts';
import { countFits, scoreSpace, type ScoreSpace, type SpaceScores } from './held-out.ts';
import { matrixOfFeatures } from './space.ts';
import { trustScores, type TrustScores } from './trust.ts';

export interface ScoreRequest {
  readonly set: FeatureSetId;
  readonly representation: RepresentationId;
  readonly seed: number;
}

export interface ScoredModels extends TrustScores {
  readonly request: ScoreRequest;
  readonly scores: SpaceScores;
  /** For each candidate the reference model it is, or -1. */
  readonly known: readonly number[];
}

export type FitProgress = (done: number, total: number) => void;

export async function scoreModels(reference: ReferenceSet, candidates: readonly Fingerprint[], request: ScoreRequest, signal: CancelSignal, onProgress: FitProgress = () => undefined): Promise<ScoredModels> {
  refuseIncomparable(reference, candidates, request.set);
  const space = spaceOf(request);
  const total = countFits(space, reference.models.length);
  let done = 0;
  const scores = await scoreSpace(space, matrixOfFeatures(reference.models, request.set), matrixOfFeatures(candidates, request.set), signal, () => onProgress(++done, total));
  const known = candidates.map((candidate) => (candidate.sha256 === '' ? -1 : reference.models.findIndex(({ sha256 }) => sha256 === candidate.sha256)));
  return { request, scores, known, ...trustScores(DETECTORS.map(({ id }) => id), scores, known) };
}

export function spaceOf({ set, representation, seed }: ScoreRequest): ScoreSpace {
  const found = REPRESENTATIONS.find(({ id }) => id === representation);
  if (found === undefined) throw new RangeError(`no representation is called ${representation}`);
  return { set, representation: found, detectors: DETECTORS, seed };
}

function refuseIncomparable(reference: ReferenceSet, candidates: readonly Fingerprint[], set: FeatureSetId): void {
  const why = incomparable(reference, set) ?? candidates.map((candidate) => incomparable(reference, set, candidate)).find((reason) => reason !== undefined);
  if (why !== undefined) throw new ArtifactError({ code: 'shape-mismatch', format: 'reference set', file: reference.name, field: set, actual: why });
}
