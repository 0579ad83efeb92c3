// Exact tests for small counts and robust summaries. Values agree with SciPy's to 1e-9 (statistics.test.ts).
import type { Probability } from './units.ts';

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** P(X >= k) for X ~ Binomial(n, p). */
export function binomialUpperTail(k: number, n: number, p: Probability): Probability {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let sum = 0;
  for (let i = k; i <= n; i++) sum += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
  return Math.min(1, sum);
}

/** Clopper & Pearson's exact interval of a proportion. */
export function exactInterval(hits: number, trials: number, level: Probability = 0.95): readonly [Probability, Probability] {
  const tail = (1 - level) / 2;
  const lower = hits === 0 ? 0 : bisect((p) => binomialUpperTail(hits, trials, p) - tail);
  const upper = hits === trials ? 1 : bisect((p) => binomialUpperTail(hits + 1, trials, p) - (1 - tail));
  return [lower, upper];
}

function bisect(increasing: (x: number) => number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Fisher's exact test, one-sided: chance that the first group has at least this many hits if both groups share one rate. */
export function fisherGreater(hits: number, trials: number, otherHits: number, otherTrials: number): Probability {
  const total = trials + otherTrials;
  const allHits = hits + otherHits;
  const denominator = logChoose(total, allHits);
  let sum = 0;
  for (let k = hits; k <= Math.min(trials, allHits); k++) {
    if (allHits - k > otherTrials) continue;
    sum += Math.exp(logChoose(trials, k) + logChoose(otherTrials, allHits - k) - denominator);
  }
  return Math.min(1, sum);
}

/** Rank p-value of `value` among controls: (1 + controls at least as extreme) / (1 + controls). */
export function rankPValue(value: number, controls: readonly number[], extreme: 'high' | 'low'): Probability {
  const atLeast = controls.filter((control) => (extreme === 'high' ? control >= value : control <= value)).length;
  return (1 + atLeast) / (1 + controls.length);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return values.length === 0 ? Number.NaN : sum / values.length;
}

/** Linear interpolation between order statistics, as NumPy's default. */
export function quantile(values: ArrayLike<number>, q: Probability): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** Median and 1.4826 x median absolute deviation: location and scale that outliers do not move. */
export function robustScale(values: ArrayLike<number>): { readonly median: number; readonly scale: number } {
  const median = quantile(values, 0.5);
  return { median, scale: 1.4826 * quantile(Float64Array.from(values, (value) => Math.abs(value - median)), 0.5) };
}
