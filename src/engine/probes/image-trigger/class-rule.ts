// How likely it is that one class of a classifier was planted: logistic regression over five measurements, each of which says how
// far the class stands out among the model's own classes. Weights were fitted by bench/detection/images.md's table of 57 models (25
// with one planted target, 32 clean; ridge 5, no weight below 0, every class of a clean model a negative); which measurements
// count was chosen by leaving one model out. Ease alone (smallest patch, faintest overlay, additions) added nothing and is shown,
// not weighed. How it can mislead: a class that training made easy stands out by its margin and its patches as a planted one does.

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
/** The base holds .3 that the odds of models left out of the fit were too low by. */
const WITH_PAIRS: Weights = { base: -3.6, each: { pairsGap: 4.9, square: 6.3, marginGap: 2.3, wave: 7.4, head: 0.62 } };
const WITHOUT_PAIRS: Weights = { base: -3.8, each: { square: 10.7, marginGap: 3.8, wave: 8.2, head: 0.64 } };
/** Two of few classes lie further apart by chance: about as the distance of the two largest of so many draws. */
const CLASSES = 10;
const WIDER = 0.4;

/** The log-odds are the base and what each measurement adds; one that is missing adds nothing. */
export function weigh(standing: Standing, classes: number): { readonly base: number; readonly parts: readonly Weighed[] } {
  const { base, each } = standing.pairsGap === null ? WITHOUT_PAIRS : WITH_PAIRS;
  const wider = Math.max(1, (CLASSES / classes) ** WIDER);
  const { pairsGap, boxLead, smallLead, marginGap, wave, head } = standing;
  const values: Record<Measure, number | null> = { pairsGap: over(pairsGap, wider), square: Math.max(boxLead, smallLead) / wider, marginGap: marginGap / wider, wave: wave / wider, head };
  return {
    base,
    parts: (['pairsGap', 'square', 'marginGap', 'wave', 'head'] as const).flatMap((measure) => {
      const [weight, value, [low, high]] = [each[measure], values[measure], RANGE[measure]];
      return weight === undefined || value === null ? [] : [{ measure, adds: weight * Math.max(low, Math.min(high, value)) }];
    }),
  };
}

function over(value: number | null, by: number): number | null {
  return value === null ? null : value / by;
}
