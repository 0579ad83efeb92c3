// Counts against expected shares: Pearson's chi-squared and the G test, with the corrections small counts need: cells
// with an expected count below 5 are pooled, and where that leaves too little an exact multinomial test is run
// (all outcomes no likelier than the observed one) or, with too many outcomes, a Monte Carlo one.
// How this can mislead: predictions are taken as independent; autocorrelated streams need `varianceInflation`
// (../sequence/dependence.ts), which divides the statistic (Rao & Scott's first-order correction).
import type { Random } from '../../core/random.ts';
import type { Probability } from '../../core/units.ts';
import { binomialTest } from './binomial.ts';
import { gammaUpper, logGamma } from './special-functions.ts';

const FEWEST_EXPECTED = 5;
/** Up to this many, small counts are tested by the exact multinomial test or by Monte Carlo. */
const FEW_PREDICTIONS = 200;
const MOST_OUTCOMES = 200_000;
const MONTE_CARLO_DRAWS = 9999;
const TIE = 1 + 1e-7;

export interface GoodnessOfFit {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: Probability;
  readonly method: 'chi-squared' | 'chi-squared and exact binomial' | 'exact multinomial' | 'Monte Carlo multinomial' | 'nothing to compare';
  /** Cells that were pooled into one, as indices of the input. */
  readonly pooled: readonly number[];
}

export function chiSquaredUpper(statistic: number, degreesOfFreedom: number): Probability {
  return gammaUpper(degreesOfFreedom / 2, statistic / 2);
}

export function pearson(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let statistic = 0;
  for (let i = 0; i < observed.length; i++) {
    const e = expected[i] ?? 0;
    const o = observed[i] ?? 0;
    if (e > 0) statistic += (o - e) ** 2 / e;
    else if (o > 0) return Infinity;
  }
  return statistic;
}

/** Likelihood-ratio statistic (Cressie & Read's lambda 0). */
export function likelihoodRatio(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let statistic = 0;
  for (let i = 0; i < observed.length; i++) {
    const o = observed[i] ?? 0;
    if (o > 0) statistic += 2 * o * Math.log(o / (expected[i] ?? 0));
  }
  return statistic;
}

/** observed: counts; shares: of the null, summing to 1. `random` is drawn from only for the Monte Carlo test. */
export function goodnessOfFit(observed: readonly number[], shares: readonly number[], random: Random, inflation = 1): GoodnessOfFit {
  const total = observed.reduce((sum, count) => sum + count, 0);
  const small = shares.flatMap((share, i) => (total * share < FEWEST_EXPECTED ? [i] : []));
  const pooledShare = small.reduce((sum, i) => sum + (shares[i] ?? 0), 0);
  const keep = shares.flatMap((_, i) => (small.includes(i) ? [] : [i]));
  const counts = keep.map((i) => observed[i] ?? 0);
  const nulls = keep.map((i) => shares[i] ?? 0);
  const pool = small.reduce((sum, i) => sum + (observed[i] ?? 0), 0);
  // A pool that is itself too small says nothing by chi-squared. Few predictions are tested exactly as a whole; with many,
  // the pool is tested exactly beside the others' chi-squared.
  const poolTooSmall = small.length > 0 && total * pooledShare < FEWEST_EXPECTED;
  if (poolTooSmall && total <= FEW_PREDICTIONS) return exactOrSampled(observed, shares, random);
  if (poolTooSmall) return withExactPool(counts, nulls, pool, pooledShare, total, inflation, small);
  if (small.length > 0) {
    counts.push(pool);
    nulls.push(pooledShare);
  }
  if (counts.length < 2) return { statistic: 0, degreesOfFreedom: 0, pValue: 1, method: 'nothing to compare', pooled: small };
  const statistic = pearson(counts, nulls.map((share) => share * total)) / inflation;
  return { statistic, degreesOfFreedom: counts.length - 1, pValue: chiSquaredUpper(statistic, counts.length - 1), method: 'chi-squared', pooled: small };
}

/** Rao & Scott: a clustered sample of n tells as much as n / inflation independent ones. */
function withExactPool(counts: readonly number[], nulls: readonly number[], pool: number, pooledShare: number, total: number, inflation: number, pooled: readonly number[]): GoodnessOfFit {
  const rest = total - pool;
  const restShare = 1 - pooledShare;
  const statistic = counts.length < 2 ? 0 : pearson(counts, nulls.map((share) => (share / restShare) * rest)) / inflation;
  const ofRest = counts.length < 2 ? 1 : chiSquaredUpper(statistic, counts.length - 1);
  const ofPool = binomialTest(Math.round(pool / inflation), Math.round(total / inflation), pooledShare);
  return { statistic, degreesOfFreedom: counts.length, pValue: Math.min(1, 2 * Math.min(ofRest, ofPool)), method: 'chi-squared and exact binomial', pooled };
}

function exactOrSampled(observed: readonly number[], shares: readonly number[], random: Random): GoodnessOfFit {
  const total = observed.reduce((sum, count) => sum + count, 0);
  const statistic = pearson(observed, shares.map((share) => share * total));
  const base = { statistic, degreesOfFreedom: Math.max(0, shares.length - 1), pooled: [] as readonly number[] };
  if (shares.length < 2) return { ...base, pValue: 1, method: 'nothing to compare' };
  if (outcomes(total, shares.length) <= MOST_OUTCOMES) return { ...base, pValue: exactMultinomial(observed, shares), method: 'exact multinomial' };
  return { ...base, pValue: sampledMultinomial(observed, shares, random, MONTE_CARLO_DRAWS), method: 'Monte Carlo multinomial' };
}

/** How many ways there are to put `total` into `cells`. */
export function outcomes(total: number, cells: number): number {
  let count = 1;
  for (let i = 1; i < cells; i++) {
    count *= (total + i) / i;
    if (count > 1e15) return Infinity;
  }
  return Math.round(count);
}

/** P(an outcome no likelier than the observed one), every outcome looked at. */
export function exactMultinomial(observed: readonly number[], shares: readonly number[]): Probability {
  const total = observed.reduce((sum, count) => sum + count, 0);
  if (observed.some((count, i) => count > 0 && (shares[i] ?? 0) <= 0)) return 0;
  const logs = shares.map((share) => Math.log(share));
  const whole = logGamma(total + 1);
  const limit = logPmf(observed, logs) + Math.log(TIE);
  let sum = 0;
  const visit = (cell: number, left: number, log: number): void => {
    const logShare = logs[cell] ?? -Infinity;
    if (cell === shares.length - 1) {
      const end = log + (left === 0 ? 0 : left * logShare) - logGamma(left + 1);
      if (whole + end <= limit) sum += Math.exp(whole + end);
      return;
    }
    for (let k = 0; k <= left; k++) {
      if (k > 0 && logShare === -Infinity) break;
      visit(cell + 1, left - k, log + (k === 0 ? 0 : k * logShare) - logGamma(k + 1));
    }
  };
  visit(0, total, 0);
  return Math.min(1, sum);
}

function logPmf(counts: readonly number[], logShares: readonly number[]): number {
  let total = 0;
  let log = 0;
  counts.forEach((count, i) => {
    total += count;
    if (count > 0) log += count * (logShares[i] ?? -Infinity) - logGamma(count + 1);
  });
  return log + logGamma(total + 1);
}

/** Phipson & Smyth's p-value, (1 + as unlikely) / (1 + draws): valid, and never 0. */
export function sampledMultinomial(observed: readonly number[], shares: readonly number[], random: Random, draws: number): Probability {
  const total = observed.reduce((sum, count) => sum + count, 0);
  const logs = shares.map((share) => Math.log(share));
  const limit = logPmf(observed, logs) + Math.log(TIE);
  const cumulative: number[] = [];
  shares.reduce((sum, share) => {
    cumulative.push(sum + share);
    return sum + share;
  }, 0);
  let asUnlikely = 0;
  const counts = shares.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    for (let i = 0; i < total; i++) {
      const u = random.next() * (cumulative.at(-1) ?? 1);
      let cell = 0;
      while (cell < cumulative.length - 1 && u >= (cumulative[cell] ?? 1)) cell++;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    if (logPmf(counts, logs) <= limit) asUnlikely++;
  }
  return (1 + asUnlikely) / (1 + draws);
}

/** Test of independence of a table of counts, without continuity correction. */
export function contingency(table: readonly (readonly number[])[]): { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: Probability } {
  const columns = table[0]?.length ?? 0;
  const columnSums = Array.from({ length: columns }, (_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const rowSums = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const total = rowSums.reduce((sum, count) => sum + count, 0);
  const usedRows = rowSums.filter((sum) => sum > 0).length;
  const usedColumns = columnSums.filter((sum) => sum > 0).length;
  const degreesOfFreedom = (usedRows - 1) * (usedColumns - 1);
  if (degreesOfFreedom <= 0) return { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
  let statistic = 0;
  table.forEach((row, i) => {
    for (let j = 0; j < columns; j++) {
      const expected = ((rowSums[i] ?? 0) * (columnSums[j] ?? 0)) / total;
      if (expected > 0) statistic += ((row[j] ?? 0) - expected) ** 2 / expected;
    }
  });
  return { statistic, degreesOfFreedom, pValue: chiSquaredUpper(statistic, degreesOfFreedom) };
}
