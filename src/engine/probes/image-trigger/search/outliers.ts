// How far one class stands out from the others: sizes on a logarithmic scale, robust location and scale of the OTHER classes.
// With few classes a median says little: below MIN_CLASSES only the gap to the next class is given, and no p-value.
import { robustScale } from '../../../core/statistics.ts';
import type { Probability } from '../../../core/units.ts';

export const MIN_CLASSES = 5;
/** A spread below this (in logarithms) is chance agreement of few values, not precision. */
const LEAST_SCALE = 0.18;

export interface Outlier {
  readonly index: number;
  /** Robust standard deviations below the other classes; 0 where there are too few to say. */
  readonly z: number;
  /** Logarithm of the next smaller size over this one; negative where another class has a smaller one. */
  readonly gap: number;
  /** One-sided normal tail of z, times the number of classes (Bonferroni); 1 where there are too few classes. */
  readonly pValue: Probability;
}

/** `sizes`: one a class, smaller is more suspicious; Infinity where none was found, which counts as `ceiling`. */
export function outliers(sizes: readonly number[], ceiling: number): Outlier[] {
  const logs = sizes.map((size) => Math.log(Math.max(1e-9, Math.min(size, ceiling))));
  return logs.map((own, index) => {
    const others = logs.filter((_, at) => at !== index);
    const gap = others.length === 0 ? 0 : Math.min(...others) - own;
    if (sizes.length < MIN_CLASSES) return { index, z: 0, gap, pValue: 1 };
    const { median, scale } = robustScale(others);
    const z = (median - own) / Math.max(LEAST_SCALE, scale);
    return { index, z, gap, pValue: Math.min(1, sizes.length * normalUpperTail(z)) };
  });
}

/** Of a class that was not set beside the others. */
export function unranked(index: number): Outlier {
  return { index, z: 0, gap: 0, pValue: 1 };
}

/** P(Z > z), Zelen & Severo's approximation (Abramowitz & Stegun 26.2.17), error below 7.5e-8. */
export function normalUpperTail(z: number): Probability {
  if (z < 0) return 1 - normalUpperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, Math.max(0, (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial));
}
