// Scores of clean models by a detector that has not seen them: the null that a candidate's score is read against. One model at
// a time is left out where that is quick, else a tenth of them; scaling and representation are fitted without it as well.
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import { seeded, shuffled } from '../../core/random.ts';
import type { Detector } from '../detectors/detector.ts';
import type { FeatureSetId } from '../features/feature-sets.ts';
import { takeRows, type Matrix } from '../linear/matrix.ts';
import type { Representation } from '../representations/representation.ts';
import { scalingFor } from './space.ts';

const FOLDS = 10;
/** Training these again for each model takes minutes. */
const SLOW_DETECTORS: ReadonlySet<string> = new Set(['autoencoder']);
const SLOW_REPRESENTATIONS: ReadonlySet<string> = new Set(['fast-ica', 'umap']);
/** Beyond this, leaving out tenths is as good. */
const MOST_SINGLE = 60;

export interface ScoreSpace {
  readonly set: FeatureSetId;
  readonly representation: Representation;
  readonly detectors: readonly Detector[];
  readonly seed: number;
}

export interface SpaceScores {
  /** [detectors][reference models], each by a fit without it. */
  readonly heldOut: readonly Float64Array[];
  /** [detectors][candidates], by a fit on the whole reference. */
  readonly candidates: readonly Float64Array[];
}

/** @param onFit called after each fit, for progress */
export async function scoreSpace({ set, representation, detectors, seed }: ScoreSpace, reference: Matrix, candidates: Matrix, signal: CancelSignal, onFit: () => void = () => undefined): Promise<SpaceScores> {
  const all = (matrix: Matrix): number[] => Array.from({ length: matrix.rows }, (_, i) => i);
  const fitAndScore = (rows: readonly number[], others: Matrix, which: readonly Detector[]): Float64Array[] => {
    const train = takeRows(reference, rows);
    const scaling = scalingFor(train, set);
    const space = representation.fit(scaling.apply(train), seed);
    const projected = space.project(scaling.apply(others));
    return which.map((detector) => detector.fit(space.train, seed).score(projected));
  };
  const heldOut = detectors.map(() => new Float64Array(reference.rows));
  for (const single of [true, false]) {
    const which = detectors.filter(({ id }) => single === leavesSingle(id, representation.id, reference.rows));
    if (which.length === 0) continue;
    for (const fold of single ? all(reference).map((row) => [row]) : foldsOf(reference.rows, seed)) {
      await breathe(signal);
      const left = new Set(fold);
      const scores = fitAndScore(all(reference).filter((row) => !left.has(row)), takeRows(reference, fold), which);
      which.forEach((detector, d) => fold.forEach((row, i) => (heldOut[detectors.indexOf(detector)] ?? new Float64Array())[row] = scores[d]?.[i] ?? 0));
      onFit();
    }
  }
  if (candidates.rows === 0) return { heldOut, candidates: detectors.map(() => new Float64Array()) };
  await breathe(signal);
  const scored = fitAndScore(all(reference), candidates, detectors);
  onFit();
  return { heldOut, candidates: scored };
}

/** How many fits scoreSpace makes. */
export function countFits({ representation, detectors }: ScoreSpace, rows: number): number {
  const single = detectors.some(({ id }) => leavesSingle(id, representation.id, rows));
  const folds = detectors.some(({ id }) => !leavesSingle(id, representation.id, rows));
  return (single ? rows : 0) + (folds ? Math.min(FOLDS, rows) : 0) + 1;
}

function leavesSingle(detector: string, representation: string, rows: number): boolean {
  return rows <= MOST_SINGLE && !SLOW_DETECTORS.has(detector) && !SLOW_REPRESENTATIONS.has(representation);
}

function foldsOf(rows: number, seed: number): number[][] {
  const order = shuffled(Array.from({ length: rows }, (_, i) => i), seeded(seed, 'folds'));
  const count = Math.min(FOLDS, rows);
  return Array.from({ length: count }, (_, fold) => order.filter((_row, i) => i % count === fold));
}
