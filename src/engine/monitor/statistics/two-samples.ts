// Two samples of numbers: Kolmogorov & Smirnov's and Mann & Whitney's tests, exact where the samples are small.
// KS exact: lattice paths that stay within the observed distance (Hodges 1958), which is right for ties-free data and
// conservative with ties, as in SciPy. Mann-Whitney exact: the recursion of its own paper, without ties; else normal
// with tie correction and continuity correction.
import type { Probability } from '../../core/units.ts';
import { normalUpper } from './special-functions.ts';
import type { Side } from './binomial.ts';

/** Above this product of sample sizes the limiting distribution is taken. */
const MOST_LATTICE_POINTS = 10_000_000;
const MOST_EXACT_MANN_WHITNEY = 40_000;

export interface TwoSampleTest {
  readonly statistic: number;
  readonly pValue: Probability;
  readonly method: 'exact' | 'asymptotic';
}

export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): TwoSampleTest {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  const [n, m] = [x.length, y.length];
  let [i, j, most] = [0, 0, 0];
  while (i < n && j < m) {
    const at = Math.min(x[i] ?? 0, y[j] ?? 0);
    while (i < n && x[i] === at) i++;
    while (j < m && y[j] === at) j++;
    most = Math.max(most, Math.abs(i * m - j * n));
  }
  const statistic = most / (n * m);
  if (n * m <= MOST_LATTICE_POINTS) return { statistic, pValue: pathsOutside(n, m, most), method: 'exact' };
  return { statistic, pValue: kolmogorovUpper(Math.sqrt((n * m) / (n + m)) * statistic), method: 'asymptotic' };
}

/** P(max |i m - j n| >= d) over random lattice paths from (0, 0) to (n, m). */
function pathsOutside(n: number, m: number, d: number): Probability {
  if (d <= 0) return 1;
  // outside[j]: chance that a path to (i, j) has touched the outside; summed up rather than subtracted from 1, so that
  // small p-values keep their digits. From (i, j) backwards: the last step came along i with chance i / (i + j).
  let outside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) outside[j] = j * n >= d ? 1 : 0;
  for (let i = 1; i <= n; i++) {
    const next = new Float64Array(m + 1);
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= d) next[j] = 1;
      else next[j] = ((outside[j] ?? 0) * i + (j > 0 ? (next[j - 1] ?? 0) * j : 0)) / (i + j);
    }
    outside = next;
  }
  return outside[m] ?? 1;
}

/** P(K > x), Kolmogorov's limiting distribution. */
export function kolmogorovUpper(x: number): Probability {
  if (x <= 0) return 1;
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k <= 20; k++) sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.max(0, Math.min(1, sum));
}

/** 'greater': a tends to be larger than b. The statistic is U of a. */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>, side: Side = 'two-sided'): TwoSampleTest {
  const [n, m] = [a.length, b.length];
  const all = new Float64Array(n + m);
  all.set(Float64Array.from(a));
  all.set(Float64Array.from(b), n);
  const order = Uint32Array.from(all.keys()).sort((i, j) => (all[i] ?? 0) - (all[j] ?? 0));
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && all[order[to] ?? 0] === all[order[from] ?? 0]) to++;
    const rank = (from + to + 1) / 2;
    for (let k = from; k < to; k++) if ((order[k] ?? 0) < n) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const far = side === 'greater' ? u : side === 'less' ? n * m - u : Math.max(u, n * m - u);
  const sides = side === 'two-sided' ? 2 : 1;
  if (ties === 0 && n * m <= MOST_EXACT_MANN_WHITNEY) return { statistic: u, pValue: Math.min(1, sides * mannWhitneyUpper(far, n, m)), method: 'exact' };
  const total = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  if (deviation === 0) return { statistic: u, pValue: 1, method: 'asymptotic' };
  return { statistic: u, pValue: Math.min(1, sides * normalUpper((far - (n * m) / 2 - 0.5) / deviation)), method: 'asymptotic' };
}

/** P(U >= u) without ties: counts of partitions, multiplied factor by factor as probabilities. */
function mannWhitneyUpper(u: number, n: number, m: number): Probability {
  const [few, many] = n < m ? [n, m] : [m, n];
  const size = few * many + 1;
  // Gaussian binomial coefficient: the product of (1 - q^(many+i)) / (1 - q^i), normalised at each step.
  const ways = new Float64Array(size);
  ways[0] = 1;
  for (let i = 1; i <= few; i++) {
    for (let k = size - 1; k >= many + i; k--) ways[k] = (ways[k] ?? 0) - (ways[k - many - i] ?? 0);
    for (let k = i; k < size; k++) ways[k] = (ways[k] ?? 0) + (ways[k - i] ?? 0);
  }
  let total = 0;
  let tail = 0;
  // The distribution is symmetric: the upper tail from u is the lower tail up to few * many - u.
  for (let k = 0; k < size; k++) total += ways[k] ?? 0;
  for (let k = 0; k <= few * many - Math.ceil(u); k++) tail += ways[k] ?? 0;
  return tail / total;
}
