// All that the lab's page shows of one reference set and the models dropped beside it, in one set of features and one
// representation: scores, map, distances, what makes a model stand out, and the three checks that the method itself asks for.
import type { CancelSignal } from '../core/cancel.ts';
import { seeded, shuffled } from '../core/random.ts';
import { exactInterval, quantile } from '../core/statistics.ts';
import { evaluateScores, type Evaluation } from './evaluate/evaluate-set.ts';
import type { Fingerprint } from './fingerprint.ts';
import { clusterOrder, distancesOf, mapOf, type MapPoint } from './geometry/geometry.ts';
import { takeRows } from './linear/matrix.ts';
import { noteOnShape, type ReferenceSet } from './reference/reference-set.ts';
import { contributions, type Contribution } from './score/contributions.ts';
import { countFits } from './score/held-out.ts';
import { scoreModels, spaceOf, type FitProgress, type ScoreRequest } from './score/score-models.ts';
import { matrixOfFeatures, scalingFor } from './score/space.ts';
import type { TrustScore } from './score/trust.ts';

export interface AnalysedModel extends TrustScore {
  readonly name: string;
  readonly role: 'reference' | 'candidate';
  /** Known to be planted, as the user says. */
  readonly planted: boolean;
  /** A candidate that is in the reference too: compared with the others of it. */
  readonly known: boolean;
  /** Where no model of the reference has its shape: what follows from that. */
  readonly note: string | undefined;
  /** Median distance to the clean models, itself left out. */
  readonly distance: number;
  readonly place: MapPoint;
}

export interface Check {
  readonly id: 'compact' | 'clean-low' | 'planted-high';
  readonly title: string;
  readonly outcome: 'pass' | 'fail' | 'not tested';
  readonly numbers: string;
}

export interface LabAnalysis {
  readonly request: ScoreRequest;
  /** Reference models first, then the candidates as given. */
  readonly models: readonly AnalysedModel[];
  readonly references: number;
  /** Float64Array [models, models], root mean square difference of a feature. */
  readonly distances: Float64Array;
  /** Models in the order in which clusters stand together. */
  readonly order: readonly number[];
  readonly cleanDistances: readonly number[];
  readonly evaluation: Evaluation | undefined;
  readonly checks: readonly Check[];
}

/** Beyond this the tree takes too long; models then stand by trust score. */
const MOST_CLUSTERED = 400;

export async function analyseLab(reference: ReferenceSet, candidates: readonly Fingerprint[], planted: readonly boolean[], request: ScoreRequest, signal: CancelSignal, onProgress: FitProgress = () => undefined): Promise<LabAnalysis> {
  const half = Math.floor(reference.models.length / 2);
  const fits = countFits(spaceOf(request), reference.models.length);
  const total = fits + countFits(spaceOf(request), half);
  const scored = await scoreModels(reference, candidates, request, signal, (done) => onProgress(done, total));
  const all = [...reference.models, ...candidates];
  const clean = matrixOfFeatures(reference.models, request.set);
  const scaling = scalingFor(clean, request.set);
  const rows = scaling.apply(matrixOfFeatures(all, request.set));
  const cleanRows = takeRows(rows, reference.models.map((_, i) => i));
  const distances = distancesOf(rows);
  const places = mapOf(cleanRows, rows);
  const scores = [...scored.reference, ...scored.candidates];
  const models = all.map((model, i): AnalysedModel => {
    const own = scores[i];
    if (own === undefined) throw new RangeError('a model has no score');
    const c = i - reference.models.length;
    const self = c < 0 ? i : (scored.known[c] ?? -1);
    const toClean = reference.models.flatMap((_, j) => (j === self ? [] : [distances[i * all.length + j] ?? 0]));
    return { ...own, name: model.name, role: c < 0 ? 'reference' : 'candidate', planted: planted[c] === true, known: c >= 0 && self >= 0, note: c < 0 ? undefined : noteOnShape(reference, model), distance: quantile(toClean, 0.5), place: places[i] ?? { x: 0, y: 0 } };
  });
  const cleanDistances = reference.models.flatMap((_, i) => reference.models.slice(0, i).map((__, j) => distances[i * all.length + j] ?? 0));
  const evaluation = evaluateScores(scored, planted);
  const order = all.length <= MOST_CLUSTERED ? clusterOrder(distances, all.length) : models.map((_, i) => i).sort((a, b) => (models[a]?.trust ?? 0) - (models[b]?.trust ?? 0));
  const checks = [checkCompact(cleanDistances), await checkClean(reference, request, signal, (done) => onProgress(Math.min(total, fits + done), total)), checkPlanted(evaluation)];
  return { request, models, references: reference.models.length, distances, order, cleanDistances, evaluation, checks };
}

export function explainModel(reference: ReferenceSet, model: Fingerprint, request: ScoreRequest): Contribution[] {
  return contributions(reference, model, request.set, 12);
}

/** Clean fingerprints form one compact crowd: no pair is much farther apart than most. */
function checkCompact(distances: readonly number[]): Check {
  const [median, far] = [quantile(distances, 0.5), quantile(distances, 0.95)];
  if (!(median > 0)) return { id: 'compact', title: 'Clean fingerprints are compact', outcome: 'not tested', numbers: 'most clean models are the same in these features' };
  const ratio = far / median;
  return { id: 'compact', title: 'Clean fingerprints are compact', outcome: ratio <= 1.75 ? 'pass' : 'fail', numbers: `95 % of pairs within ${ratio.toFixed(2)} of the median distance (at most 1.75)` };
}

/** Half of the reference, not seen by detectors or nulls, may be flagged no oftener than 1 in 10, as far as chance allows. */
async function checkClean(reference: ReferenceSet, request: ScoreRequest, signal: CancelSignal, onProgress: (done: number) => void): Promise<Check> {
  const title = 'Held-out clean models score low';
  const mixed = shuffled(reference.models, seeded(request.seed, 'halves'));
  const half = Math.floor(mixed.length / 2);
  if (half < 5) return { id: 'clean-low', title, outcome: 'not tested', numbers: 'too few clean models to halve' };
  const held = mixed.slice(half);
  const scored = await scoreModels({ ...reference, models: mixed.slice(0, half) }, held, request, signal, onProgress);
  // With n models in the half, the least p-value is 1 / (n + 1): 1 in 10 can be asked of 9 and more.
  const flagged = scored.candidates.filter(({ pValue }) => pValue <= 0.1).length;
  const [least] = exactInterval(flagged, held.length);
  return { id: 'clean-low', title, outcome: least <= 0.1 ? 'pass' : 'fail', numbers: `${flagged} of ${held.length} flagged at 1 in 10 by the other half${least > 0.1 ? `: at least ${(100 * least).toFixed(0)} % would be` : ''}` };
}

function checkPlanted(evaluation: Evaluation | undefined): Check {
  const title = 'Planted models score high';
  if (evaluation === undefined) return { id: 'planted-high', title, outcome: 'not tested', numbers: 'mark models that are known to be planted' };
  const { auroc, at10 } = evaluation.ensemble;
  return {
    id: 'planted-high',
    title,
    outcome: auroc.interval[0] > 0.5 ? 'pass' : 'fail',
    numbers: `AUROC ${auroc.value.toFixed(2)} (${auroc.interval.map((value) => value.toFixed(2)).join('–')}) on ${evaluation.planted}; ${(100 * at10.value).toFixed(0)} % found at 10 % false positives`,
  };
}
