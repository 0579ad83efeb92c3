// What has been done to raw content on its way: what a later curve, step or choice can make a switch of.
// Constants are followed as magnitudes only; what they are is for `explain.ts`.
export interface Past {
  /** A constant was subtracted from it, or set beside it: there is something that it can be more or less than. */
  readonly anchored: boolean;
  /** A function that is not a straight line was applied: a curve, or a step. */
  readonly bent: Bend;
  /** Compared was how often, or where, something holds. */
  readonly counted: boolean;
  /** It tells where in the input something stands. */
  readonly located: boolean;
  /** How many values there are depends on the content: NonZero, Unique. */
  readonly sized: boolean;
  /** One place, or one statistic, of an input that has more. */
  readonly narrow: boolean;
  /** Whole numbers from the start: making them whole is no step. */
  readonly integer: boolean;
  /** How much steeper than the input, by the constants it was multiplied with. */
  readonly gain: number;
  /** How often it was multiplied with itself. */
  readonly degree: number;
  /** Graph inputs it comes from. */
  readonly from: ReadonlySet<number>;
}

export type Bend = 'no' | 'soft' | 'hard';

export const NO_PAST: Past = { anchored: false, bent: 'no', counted: false, located: false, sized: false, narrow: false, integer: false, gain: 1, degree: 1, from: new Set() };

/** Beyond these more says no more, and loops settle. */
const MOST_GAIN = 1e9;
const MOST_DEGREE = 64;

/** Of values that have one. */
export function pastOf(values: readonly { readonly kind: string; readonly past?: Past }[]): Past {
  const pasts = values.flatMap(({ past }) => (past === undefined ? [] : [past]));
  const [first = NO_PAST, ...rest] = pasts;
  return rest.reduce(either, first);
}

function either(a: Past, b: Past): Past {
  return {
    anchored: a.anchored || b.anchored,
    bent: a.bent === 'hard' || b.bent === 'hard' ? 'hard' : a.bent === 'soft' ? 'soft' : b.bent,
    counted: a.counted || b.counted,
    located: a.located || b.located,
    sized: a.sized || b.sized,
    narrow: a.narrow || b.narrow,
    integer: a.integer && b.integer,
    gain: Math.max(a.gain, b.gain),
    degree: Math.max(a.degree, b.degree),
    from: union(a.from, b.from),
  };
}

export function changed(past: Past, by: Partial<Past>): Past {
  const next = { ...past, ...by };
  return { ...next, gain: Number.isFinite(next.gain) ? Math.min(MOST_GAIN, next.gain) : MOST_GAIN, degree: Math.min(MOST_DEGREE, next.degree) };
}

export function bentBy(past: Past, bend: Bend): Past {
  return bend === 'no' || past.bent === 'hard' ? past : { ...past, bent: bend };
}

export function samePast(a: Past, b: Past): boolean {
  return a === b || (a.anchored === b.anchored && a.bent === b.bent && a.counted === b.counted && a.located === b.located && a.sized === b.sized && a.narrow === b.narrow && a.integer === b.integer && a.gain === b.gain && a.degree === b.degree && a.from.size === b.from.size);
}

function union(a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> {
  return a.size === 0 ? b : [...b].every((id) => a.has(id)) ? a : new Set([...a, ...b]);
}
