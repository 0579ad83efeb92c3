// ROC curve, its area and the detection rate at a false-positive rate; intervals by stratified bootstrap (percentiles).
// Ties count half. How it can mislead: with 8 planted models the area moves in steps of 1/8 of a clean model's rank.
import { quantile } from '../../core/statistics.ts';
import type { Random } from '../../core/random.ts';
import type { Probability } from '../../core/units.ts';

export interface RocPoint {
  readonly falsePositives: Probability;
  readonly truePositives: Probability;
}

export interface RateWithInterval {
  readonly value: Probability;
  /** 95 %. */
  readonly interval: readonly [Probability, Probability];
}

/** Chance that a planted model scores higher than a clean one. */
export function auroc(clean: ArrayLike<number>, planted: ArrayLike<number>): Probability {
  const sorted = Float64Array.from(clean).sort();
  let sum = 0;
  for (let i = 0; i < planted.length; i++) {
    const value = planted[i] ?? 0;
    const [below, upTo] = [lowerBound(sorted, value, false), lowerBound(sorted, value, true)];
    sum += below + (upTo - below) / 2;
  }
  return sum / (sorted.length * planted.length);
}

/** Share of planted models found when at most `rate` of the clean ones are flagged. */
export function detectionAt(clean: ArrayLike<number>, planted: ArrayLike<number>, rate: Probability): Probability {
  const falling = Float64Array.from(clean).sort().reverse();
  const allowed = Math.floor(rate * falling.length + 1e-9);
  const threshold = falling[allowed] ?? -Infinity;
  let found = 0;
  for (let i = 0; i < planted.length; i++) if ((planted[i] ?? 0) > threshold) found++;
  return found / planted.length;
}

/** From (0, 0) to (1, 1), one point for each distinct score. */
export function rocCurve(clean: ArrayLike<number>, planted: ArrayLike<number>): RocPoint[] {
  const all = [...Array.from(clean, (score) => ({ score, planted: false })), ...Array.from(planted, (score) => ({ score, planted: true }))];
  all.sort((a, b) => b.score - a.score);
  const points: RocPoint[] = [{ falsePositives: 0, truePositives: 0 }];
  let [wrong, right] = [0, 0];
  all.forEach((entry, i) => {
    if (entry.planted) right++;
    else wrong++;
    if (all[i + 1]?.score !== entry.score) points.push({ falsePositives: wrong / clean.length, truePositives: right / planted.length });
  });
  return points;
}

export interface RocSummary {
  readonly auroc: RateWithInterval;
  readonly at10: RateWithInterval;
  readonly curve: readonly RocPoint[];
  /** Detection rates' 95 % band at false-positive rates 0, 1/20, … 1. */
  readonly band: readonly { readonly falsePositives: Probability; readonly low: Probability; readonly high: Probability }[];
}

const RESAMPLES = 400;
const BAND_STEPS = 20;

export function summariseRoc(clean: ArrayLike<number>, planted: ArrayLike<number>, random: Random): RocSummary {
  const draw = (values: ArrayLike<number>): Float64Array => Float64Array.from({ length: values.length }, () => values[random.below(values.length)] ?? 0);
  const samples = Array.from({ length: RESAMPLES }, () => ({ clean: draw(clean), planted: draw(planted) }));
  const interval = (values: number[]): readonly [number, number] => [quantile(values, 0.025), quantile(values, 0.975)];
  return {
    auroc: { value: auroc(clean, planted), interval: interval(samples.map((s) => auroc(s.clean, s.planted))) },
    at10: { value: detectionAt(clean, planted, 0.1), interval: interval(samples.map((s) => detectionAt(s.clean, s.planted, 0.1))) },
    curve: rocCurve(clean, planted),
    band: Array.from({ length: BAND_STEPS + 1 }, (_, step) => {
      const falsePositives = step / BAND_STEPS;
      const [low, high] = interval(samples.map((s) => (step === BAND_STEPS ? 1 : detectionAt(s.clean, s.planted, falsePositives))));
      return { falsePositives, low, high };
    }),
  };
}

/** How many are below the value, or not above it. */
function lowerBound(sorted: Float64Array, value: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (inclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
