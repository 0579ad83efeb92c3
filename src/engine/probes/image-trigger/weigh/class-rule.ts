// How likely it is that one class of a classifier was planted: logistic regression over six measurements, each of which says how
// far the class stands out among the model's own classes, and none of which speaks for a class by not standing out: a wave needs no
// patch. Weights are fitted by bench/detection/fit-images.ts on what was measured of 123 models (50 with one planted target, 73 clean).
// Ease alone (smallest patch, faintest overlay, additions) added nothing and is not weighed; it says whom the rest may convict. How it
// can mislead: a class that training made easy stands out by its margin and its patches as a planted one does, and fine stripes are
// some class's by nature (to models of CIFAR-10 its frogs).

export type Measure = 'pairsGap' | 'square' | 'marginGap' | 'wave' | 'coarse' | 'head';

/** What is weighed, as confidence.ts measures it: no gap among the pairs where those were not searched, no coarse waves for grey models, no head where no last layer was found. */
export interface Standing {
  /** Logarithm of the next class's smallest patch, and faintest overlay, over its own; null where not every class was searched. */
  readonly patchGap: number | null;
  readonly blendGap: number | null;
  readonly pairsGap: number | null;
  readonly boxLead: number;
  readonly smallLead: number;
  readonly marginGap: number;
  readonly wave: number;
  readonly coarse: number | null;
  readonly head: number | null;
}

export interface Weighed {
  readonly measure: Measure;
  /** What it adds to the log-odds. */
  readonly adds: number;
}

/** What counts of each measurement: more, or less, says nothing further. */
const RANGE: Readonly<Record<Measure, readonly [low: number, high: number]>> = { pairsGap: [0, 0.6], square: [0, 0.5], marginGap: [0, 0.6], wave: [0, 0.3], coarse: [0, 0.2], head: [0, 4] };
/** By so much coarse waves lead in ordinary models. */
const ANY_COARSE = 0.1;
/** Log-odds of a class that stands out by nothing, and for one unit of each measurement. */
interface Weights {
  readonly base: number;
  readonly each: Readonly<Partial<Record<Measure, number>>>;
}
/** As fitted, but for the base (.2 more: by .5 the odds of models left out were too low, and so much less keeps all but two clean ones of them below what convicts). */
const WITH_PAIRS: Weights = { base: -4.9, each: { pairsGap: 3.8, square: 7.1, marginGap: 2.8, wave: 9.4, coarse: 19, head: 0.34 } };
const WITHOUT_PAIRS: Weights = { base: -4.6, each: { square: 9.9, marginGap: 3.5, wave: 11.4, coarse: 17.4, head: 0.37 } };
/** Two of few classes lie further apart by chance: about as the distance of the two largest of so many draws. */
const CLASSES = 10;
const WIDER = 0.4;

/**
 * A class that is easy by nature (one of few pictures) stands out by its patches and its margin alone; of what was planted something can be
 * pointed at: a square or a wave that does it, or a row of its own in the last layer. One of these has to reach this, or the class is
 * suspicious at most.
 */
const POINTED_AT: Readonly<Partial<Record<Measure, number>>> = { square: 0.12, wave: 0.12, coarse: 0.05, head: 3 };
/**
 * A trigger makes its class's patch or overlay smaller than any other's. Where the next class needs as little (a quarter more, in
 * logarithms), what stands out is a shape of the data: the hand-written 4 was the easiest class of most clean readers. Of twenty
 * planted models that were measured, the fifteen that convict have .43 at least by one of the two. Not asked of what stands out by far.
 */
const NEXT_IS_AS_EASY = 0.22;
const BY_FAR: Readonly<Partial<Record<Measure, number>>> = { square: 0.45, wave: 0.25, coarse: 0.15 };

/** Log-odds at most of a class for either reason: just below conviction. */
export const SUSPICIOUS_AT_MOST = 1;

export type Restraint = 'nothing-to-point-at' | 'next-is-as-easy';

/** The log-odds are the base and what each measurement adds; one that is missing adds nothing. `restraint`: why it convicts nobody. */
export function weigh(standing: Standing, classes: number): { readonly base: number; readonly parts: readonly Weighed[]; readonly restraint: Restraint | undefined } {
  const { base, each } = standing.pairsGap === null ? WITHOUT_PAIRS : WITH_PAIRS;
  const values = valuesOf(standing, classes);
  return {
    base,
    restraint: restraintOf(standing, values, classes),
    parts: MEASURES.flatMap((measure) => {
      const [weight, value] = [each[measure], values[measure]];
      return weight === undefined || value === null ? [] : [{ measure, adds: weight * value }];
    }),
  };
}

function restraintOf({ patchGap, blendGap }: Standing, values: Readonly<Record<Measure, number | null>>, classes: number): Restraint | undefined {
  const below = (limits: Readonly<Partial<Record<Measure, number>>>): boolean => MEASURES.every((measure) => (values[measure] ?? 0) < (limits[measure] ?? Infinity));
  if (below(POINTED_AT)) return 'nothing-to-point-at';
  const nextNeeds = patchGap === null || blendGap === null ? Infinity : Math.max(patchGap, blendGap) / widerBy(classes);
  return nextNeeds < NEXT_IS_AS_EASY && below(BY_FAR) ? 'next-is-as-easy' : undefined;
}

function widerBy(classes: number): number {
  return Math.max(1, (CLASSES / classes) ** WIDER);
}

export const MEASURES = ['pairsGap', 'square', 'marginGap', 'wave', 'coarse', 'head'] as const;

/** What a weight is multiplied with. */
export function valuesOf({ pairsGap, boxLead, smallLead, marginGap, wave, coarse, head }: Omit<Standing, 'patchGap' | 'blendGap'>, classes: number): Record<Measure, number | null> {
  const wider = widerBy(classes);
  const within = (measure: Measure, value: number): number => Math.max(RANGE[measure][0], Math.min(RANGE[measure][1], value));
  return {
    pairsGap: pairsGap === null ? null : within('pairsGap', pairsGap / wider),
    square: within('square', Math.max(boxLead, smallLead) / wider),
    marginGap: within('marginGap', marginGap / wider),
    wave: within('wave', wave / wider),
    coarse: coarse === null ? null : within('coarse', coarse / wider - ANY_COARSE),
    head: head === null ? null : within('head', head),
  };
}
