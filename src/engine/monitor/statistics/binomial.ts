// Exact tests of proportions: binomial (two-sided as SciPy's binomtest: outcomes no likelier than the observed one),
// Clopper & Pearson's interval, Fisher's exact test of a 2x2 table.
import type { Probability } from '../../core/units.ts';
import { betaLower, betaUpper, logChoose } from './special-functions.ts';

export type Side = 'greater' | 'less' | 'two-sided';

/** Outcomes count as no likelier within this relative tolerance of the observed one's probability, as in SciPy and R. */
const TIE = 1 + 1e-7;

function binomialPmf(k: number, n: number, p: Probability): Probability {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X >= k). */
export function binomialAtLeast(k: number, n: number, p: Probability): Probability {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return betaLower(p, k, n - k + 1);
}

/** P(X <= k). */
function binomialAtMost(k: number, n: number, p: Probability): Probability {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return betaUpper(p, k + 1, n - k);
}

export function binomialTest(k: number, n: number, p: Probability, side: Side = 'two-sided'): Probability {
  if (side === 'greater') return binomialAtLeast(k, n, p);
  if (side === 'less') return binomialAtMost(k, n, p);
  const observed = binomialPmf(k, n, p) * TIE;
  const centre = n * p;
  if (k === centre) return 1;
  if (k < centre) {
    // The first outcome above the mode that is no likelier than the observed one.
    const from = firstWhere(Math.ceil(centre), n + 1, (i) => i > n || binomialPmf(i, n, p) <= observed);
    return Math.min(1, binomialAtMost(k, n, p) + binomialAtLeast(from, n, p));
  }
  const above = firstWhere(0, Math.floor(centre) + 1, (i) => binomialPmf(i, n, p) > observed);
  return Math.min(1, binomialAtMost(above - 1, n, p) + binomialAtLeast(k, n, p));
}

/** The first integer of [from, to) for which a monotone test holds; `to` where there is none. */
function firstWhere(from: number, to: number, holds: (i: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Clopper & Pearson: [low, high], each tail with (1 - level) / 2. Counts may be fractional (effective sample sizes). */
export function proportionInterval(hits: number, trials: number, level: Probability): readonly [Probability, Probability] {
  if (trials <= 0) return [0, 1];
  const tail = (1 - level) / 2;
  const low = hits <= 0 ? 0 : solve((p) => betaLower(p, hits, trials - hits + 1), tail);
  const high = hits >= trials ? 1 : solve((p) => betaLower(p, hits + 1, trials - hits), 1 - tail);
  return [low, high];
}

function solve(increasing: (p: number) => number, target: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 120 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Fisher's exact test of [[a, b], [c, d]]: 'greater' asks whether a is large, given the margins. */
export function fisherExact(a: number, b: number, c: number, d: number, side: Side = 'two-sided'): Probability {
  const row = a + b;
  const column = a + c;
  const total = row + c + d;
  const least = Math.max(0, column - (c + d));
  const most = Math.min(row, column);
  if (least === most) return 1;
  const denominator = logChoose(total, column);
  const pmf = (k: number): number => Math.exp(logChoose(row, k) + logChoose(c + d, column - k) - denominator);
  if (side === 'greater') return Math.min(1, tailSum(pmf, a, most, 1));
  if (side === 'less') return Math.min(1, tailSum(pmf, a, least, -1));
  const observed = pmf(a) * TIE;
  const mode = Math.min(most, Math.max(least, Math.floor(((row + 1) * (column + 1)) / (total + 2))));
  const upFrom = firstWhere(mode, most + 1, (k) => pmf(k) <= observed);
  const downBefore = firstWhere(least, mode, (k) => pmf(k) > observed);
  // Where the observed outcome is the mode itself every outcome counts.
  if (upFrom <= mode && downBefore >= mode) return 1;
  const up = upFrom > most ? 0 : tailSum(pmf, upFrom, most, 1);
  const down = downBefore - 1 < least ? 0 : tailSum(pmf, downBefore - 1, least, -1);
  return Math.min(1, up + down);
}

/** Sums a tail that only falls; stops where what is left cannot be seen any more. */
function tailSum(pmf: (k: number) => number, from: number, to: number, step: 1 | -1): number {
  let sum = 0;
  let before = Infinity;
  for (let k = from; step > 0 ? k <= to : k >= to; k += step) {
    const term = pmf(k);
    sum += term;
    if (term < before && term < sum * 1e-18) break;
    before = term;
  }
  return sum;
}
