// What the detectors are worth on this reference set, told by models that are known to be planted: AUROC with interval, detection at
// 10 % false positives, for each detector and the ensemble, and AUROC for each detector and representation. Clean models are
// scored held out throughout.
import type { CancelSignal } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import type { DetectorId } from '../detectors/detector.ts';
import { DETECTORS } from '../detectors/registry.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { ReferenceSet } from '../reference/reference-set.ts';
import { REPRESENTATIONS } from '../representations/registry.ts';
import type { RepresentationId } from '../representations/representation.ts';
import { countFits } from '../score/held-out.ts';
import { scoreModels, spaceOf, type FitProgress, type ScoredModels, type ScoreRequest } from '../score/score-models.ts';
import { auroc, summariseRoc, type RocSummary } from './roc.ts';

export interface Evaluation {
  readonly request: ScoreRequest;
  readonly clean: number;
  readonly planted: number;
  readonly ensemble: RocSummary;
  readonly detectors: readonly { readonly detector: DetectorId; readonly roc: RocSummary }[];
}

export interface GridCell {
  readonly detector: DetectorId | 'ensemble';
  readonly representation: RepresentationId;
  readonly auroc: number;
}

/** From scores that are there already: `planted[i]` tells whether candidate i is known to be planted. */
export function evaluateScores({ request, scores, reference, ranking, known }: ScoredModels, planted: readonly boolean[]): Evaluation | undefined {
  const chosen = planted.flatMap((is, i) => (is && (known[i] ?? -1) < 0 ? [i] : []));
  if (chosen.length === 0) return undefined;
  const random = (label: string) => seeded(request.seed, `bootstrap ${label}`);
  const pick = (values: ArrayLike<number>): number[] => chosen.map((i) => values[i] ?? 0);
  return {
    request,
    clean: reference.length,
    planted: chosen.length,
    ensemble: summariseRoc(ranking.reference, pick(ranking.candidates), random('ensemble')),
    detectors: DETECTORS.map(({ id }, d) => ({ detector: id, roc: summariseRoc(scores.heldOut[d] ?? [], pick(scores.candidates[d] ?? []), random(id)) })),
  };
}

export async function evaluateGrid(set: ReferenceSet, planted: readonly Fingerprint[], request: ScoreRequest, signal: CancelSignal, onProgress: FitProgress = () => undefined): Promise<GridCell[]> {
  const totals = REPRESENTATIONS.map(({ id }) => countFits(spaceOf({ ...request, representation: id }), set.models.length));
  const total = totals.reduce((sum, count) => sum + count, 0);
  let before = 0;
  const cells: GridCell[] = [];
  for (const [index, { id }] of REPRESENTATIONS.entries()) {
    const scored = await scoreModels(set, planted, { ...request, representation: id }, signal, (done) => onProgress(before + done, total));
    before += totals[index] ?? 0;
    DETECTORS.forEach(({ id: detector }, d) => cells.push({ detector, representation: id, auroc: auroc(scored.scores.heldOut[d] ?? [], scored.scores.candidates[d] ?? []) }));
    cells.push({ detector: 'ensemble', representation: id, auroc: auroc(scored.ranking.reference, scored.ranking.candidates) });
  }
  return cells;
}
