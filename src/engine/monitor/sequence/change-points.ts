// Where a series of block medians changed its level: ranks, so that single outliers move nothing (Pettitt 1979), with
// a permutation p-value, and again on both sides of a change (binary segmentation).
// How this can mislead: a slow drift is reported as one step in its middle; blocks are taken as exchangeable under the
// null, which a daily rhythm is not, so blocks should be as long as the rhythm or longer.
import type { Random } from '../../core/random.ts';
import { shuffled } from '../../core/random.ts';
import { quantile } from '../../core/statistics.ts';
import type { Probability } from '../../core/units.ts';

export interface ChangePoint {
  /** The first block after the change. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
  readonly pValue: Probability;
}

const PERMUTATIONS = 999;
const FEWEST_BLOCKS = 8;
const MOST_CHANGES = 4;

/** series: one value a block; blocks without a value are NaN and skipped. */
export function changePoints(series: readonly number[], random: Random, level: Probability): ChangePoint[] {
  const found: ChangePoint[] = [];
  const search = (from: number, to: number): void => {
    if (found.length >= MOST_CHANGES) return;
    const index: number[] = [];
    for (let i = from; i < to; i++) if (Number.isFinite(series[i])) index.push(i);
    if (index.length < FEWEST_BLOCKS) return;
    const values = index.map((i) => series[i] ?? 0);
    const ranks = ranksOf(values);
    const { at, size } = widest(ranks);
    let asLarge = 0;
    for (let i = 0; i < PERMUTATIONS; i++) if (widest(shuffled(ranks, random)).size >= size) asLarge++;
    const pValue = (1 + asLarge) / (1 + PERMUTATIONS);
    if (pValue > level) return;
    const split = index[at] ?? to;
    found.push({ at: split, before: quantile(values.slice(0, at), 0.5), after: quantile(values.slice(at), 0.5), pValue });
    search(from, split);
    search(split, to);
  };
  search(0, series.length);
  return found.sort((a, b) => a.at - b.at);
}

/** Split with the largest distance between the two sides' mean ranks, in its own standard deviations. */
function widest(ranks: readonly number[]): { readonly at: number; readonly size: number } {
  const n = ranks.length;
  const centre = (n + 1) / 2;
  let [sum, at, size] = [0, 0, -1];
  for (let i = 1; i < n; i++) {
    sum += (ranks[i - 1] ?? 0) - centre;
    if (i < 2 || n - i < 2) continue;
    const z = Math.abs(sum) / Math.sqrt((i * (n - i) * (n + 1)) / 12);
    if (z > size) [at, size] = [i, z];
  }
  return { at, size };
}

function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let k = from; k < to; k++) ranks[order[k] ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}
