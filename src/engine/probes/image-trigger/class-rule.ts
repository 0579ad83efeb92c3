// How likely it is that one class of a classifier was planted: logistic regression over five measurements, each of which says how
// far the class stands out among the model's own classes. Weights are fitted by bench/detection/fit-images.ts on what was measured
// of 57 models (25 with one planted target, 32 clean); which measurements count was chosen by leaving one model out. Ease alone
// (smallest patch, faintest overlay, additions) added nothing and is shown, not weighed. How it can mislead: a class that training
// made easy stands out by its margin and its patches as a planted one does; without the pairs a clean model of 32 is convicted.

export type Measure = 'pairsGap' | 'square' | 'marginGap' | 'wave' | 'head';

/** What is weighed, as confidence.ts measures it: no gap among the pairs where those were not searched, no head where no last layer was found. */
export interface Standing {
  readonly pairsGap: number | null;
  readonly boxLead: number;
  readonly smallLead: number;
  readonly marginGap: number;
  readonly wave: number;
  readonly head: number | null;
}

export interface Weighed {
  readonly measure: Measure;
  /** What it adds to the log-odds. */
  readonly adds: number;
}

/** What counts of each measurement: more, or less, says nothing further. */
const RANGE: Readonly<Record<Measure, readonly [low: number, high: number]>> = { pairsGap: [-0.2, 0.6], square: [-0.1, 0.5], marginGap: [-0.2, 0.6], wave: [-0.05, 0.3], head: [-2, 4] };
/** Log-odds of a class that stands out by nothing, and for one unit of each measurement. */
interface Weights {
  readonly base: number;
  readonly each: Readonly<Partial<Record<Measure, number>>>;
}
/** The fitted base and .3: by about so much the odds of models left out were too low, and there what convicts parts the clean from the planted ones. */
const WITH_PAIRS: Weights = { base: -3.6, each: { pairsGap: 4.9, square: 6.3, marginGap: 2.3, wave: 7.4, head: 0.62 } };
const WITHOUT_PAIRS: Weights = { base: -3.8, each: { square: 10.7, marginGap: 3.8, wave: 8.2, head: 0.64 } };
/** Two of few classes lie further apart by chance: about as the distance of the two largest of so many draws. */
const CLASSES = 10;
const WIDER = 0.4;

/**
 * A class that is easy by nature (one of few pictures) stands out by its patches and its margin alone; of what was planted something can be
 * pointed at: a square or a wave that does it, or a row of its own in the last layer. One of these has to reach this, or the class is
 * suspicious at most.
 */
const POINTED_AT: Readonly<Partial<Record<Measure, number>>> = { square: 0.12, wave: 0.12, head: 3 };
/** Log-odds of such a class at most: just below conviction. */
export const MERELY_EASY = 1;

/** The log-odds are the base and what each measurement adds; one that is missing adds nothing. `easy`: nothing can be pointed at. */
export function weigh(standing: Standing, classes: number): { readonly base: number; readonly parts: readonly Weighed[]; readonly easy: boolean } {
  const { base, each } = standing.pairsGap === null ? WITHOUT_PAIRS : WITH_PAIRS;
  const values = valuesOf(standing, classes);
  return {
    base,
    easy: MEASURES.every((measure) => (values[measure] ?? 0) < (POINTED_AT[measure] ?? Infinity)),
    parts: MEASURES.flatMap((measure) => {
      const [weight, value] = [each[measure], values[measure]];
      return weight === undefined || value === null ? [] : [{ measure, adds: weight * value }];
    }),
  };
}

export const MEASURES = ['pairsGap', 'square', 'marginGap', 'wave', 'head'] as const;

/** What a weight is multiplied with. */
export function valuesOf({ pairsGap, boxLead, smallLead, marginGap, wave, head }: Standing, classes: number): Record<Measure, number | null> {
  const wider = Math.max(1, (CLASSES / classes) ** WIDER);
  const within = (measure: Measure, value: number): number => Math.max(RANGE[measure][0], Math.min(RANGE[measure][1], value));
  return {
    pairsGap: pairsGap === null ? null : within('pairsGap', pairsGap / wider),
    square: within('square', Math.max(boxLead, smallLead) / wider),
    marginGap: within('marginGap', marginGap / wider),
    wave: within('wave', wave / wider),
    head: head === null ? null : within('head', head),
  };
}
