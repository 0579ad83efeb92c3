// What the monitor's panels draw, out of the check's counts: sums over the brushed stretches, bands, times.
import { binned } from '../engine/monitor/profile/log-histogram.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import { CONFIDENCE_BINS, LATENCY_BINS, VALUE_BINS, type Timeline } from '../engine/monitor/timeline.ts';
import { normalQuantile } from '../engine/monitor/statistics/special-functions.ts';

export type Range = readonly [number, number];

export function rangeOf({ bins }: Timeline, brush: Range | undefined): Range {
  return brush === undefined ? [0, bins - 1] : [Math.max(0, brush[0]), Math.min(bins - 1, brush[1])];
}

export function rowsIn({ rows }: Timeline, [from, to]: Range): number {
  let sum = 0;
  for (let bin = from; bin <= to; bin++) sum += rows[bin] ?? 0;
  return sum;
}

/** Sum of a block of `size` counts a stretch, of one part [at, at + length) of it. */
function summed(data: Float64Array, size: number, [from, to]: Range, at: number, length: number): number[] {
  const out = new Array<number>(length).fill(0);
  for (let bin = from; bin <= to; bin++) for (let k = 0; k < length; k++) out[k] = (out[k] ?? 0) + (data[bin * size + at + k] ?? 0);
  return out;
}

/** Share of a class in each stretch; NaN where a stretch is empty. */
export function sharesOf({ classes, shape, bins }: Timeline, output: number): number[] {
  return Array.from({ length: bins }, (_, bin) => {
    let total = 0;
    for (let k = 0; k < shape.classes; k++) total += classes[bin * shape.classes + k] ?? 0;
    return total === 0 ? Number.NaN : (classes[bin * shape.classes + output] ?? 0) / total;
  });
}

/** Where 99 % of stretches of so many predictions lie while nothing changed. */
export function bandOf(profile: Profile, output: number, rows: number): Range | undefined {
  const family = profile.families.find(({ rule }) => rule.kind === 'class');
  const event = family?.events[output];
  if (family === undefined || event === undefined || family.trials === 0) return undefined;
  const share = event.hits / family.trials;
  const spread = normalQuantile(0.995) * Math.sqrt((share * (1 - share) * event.inflation) / Math.max(1, rows));
  return [Math.max(0, share - spread), Math.min(1, share + spread)];
}

export interface Pair {
  /** Shares of each bin, both summing to 1 (or 0 where nothing is there). */
  readonly now: readonly number[];
  readonly baseline: readonly number[];
  readonly count: number;
}

function normalised(counts: readonly number[]): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

export function confidencePair({ timeline }: MonitorView, profile: Profile, output: number, range: Range): Pair | undefined {
  const { unlikeliness } = profile;
  if (unlikeliness === undefined) return undefined;
  const { shape } = timeline;
  const at = Math.min(output, shape.classes - 1);
  const counts = summed(timeline.confidence, shape.classes * CONFIDENCE_BINS, range, at * CONFIDENCE_BINS, CONFIDENCE_BINS);
  const before = unlikeliness.byClass[output] ?? unlikeliness.all;
  return { now: normalised(counts), baseline: normalised(binned(before, 0, 1, CONFIDENCE_BINS, (x) => 1 - x)), count: counts.reduce((a, b) => a + b, 0) };
}

export function valuePair({ timeline }: MonitorView, profile: Profile, range: Range): Pair | undefined {
  const edges = timeline.shape.value;
  if (profile.value === undefined || edges === undefined) return undefined;
  const counts = summed(timeline.value, VALUE_BINS, range, 0, VALUE_BINS);
  return { now: normalised(counts), baseline: normalised(binned(profile.value, edges[0], edges[1], VALUE_BINS)), count: counts.reduce((a, b) => a + b, 0) };
}

export interface LatencyRow extends Pair {
  readonly label: string;
}

/** One row a class, most frequent first; the last of the timeline's classes gathers all others. */
export function latencyRows({ timeline, labels, report }: MonitorView, profile: Profile, range: Range, most: number): LatencyRow[] {
  const { shape } = timeline;
  const edges = shape.latency;
  if (edges === undefined || profile.latency === undefined) return [];
  const order = [...report.classes.keys()].filter((i) => i < shape.classes - 1 || labels.length <= shape.classes - 1).sort((a, b) => (report.classes[b]?.count ?? 0) - (report.classes[a]?.count ?? 0)).slice(0, most);
  const classes = labels.length === 0 ? [0] : order;
  return classes.map((output) => {
    const counts = summed(timeline.latency, shape.classes * LATENCY_BINS, range, output * LATENCY_BINS, LATENCY_BINS);
    const before = profile.latency?.byClass[output] ?? profile.latency?.all;
    return {
      label: labels[output] ?? 'all', now: normalised(counts), count: counts.reduce((a, b) => a + b, 0),
      baseline: before === undefined ? counts.map(() => 0) : normalised(binned(before, edges[0], edges[1], LATENCY_BINS, (x) => Math.log10(Math.max(1e-6, x)))),
    };
  });
}

/** Latency (ms) below which a share q of the predictions lies, out of the timeline's histogram over log10 ms: as exact as its bins. */
export function latencyQuantile({ timeline }: MonitorView, q: number): number | undefined {
  const edges = timeline.shape.latency;
  if (edges === undefined) return undefined;
  const counts = new Array<number>(LATENCY_BINS).fill(0);
  timeline.latency.forEach((count, i) => (counts[i % LATENCY_BINS] = (counts[i % LATENCY_BINS] ?? 0) + count));
  const total = counts.reduce((a, b) => a + b, 0);
  if (total === 0) return undefined;
  let left = q * total;
  for (const [i, count] of counts.entries()) {
    if (left <= count) return 10 ** (edges[0] + ((edges[1] - edges[0]) * (i + left / Math.max(1, count))) / LATENCY_BINS);
    left -= count;
  }
  return 10 ** edges[1];
}

/** [hour][source], shares of the brushed predictions. */
export function hourShares({ timeline }: MonitorView, range: Range): number[][] {
  const { sources } = timeline.shape;
  const counts = normalised(summed(timeline.hours, 24 * sources, range, 0, 24 * sources));
  return Array.from({ length: 24 }, (_, hour) => counts.slice(hour * sources, (hour + 1) * sources));
}

/** The stretch in which a row number lies. */
export function binOfRow({ firstRow, bins }: Timeline, row: number): number {
  let bin = bins - 1;
  while (bin > 0 && (firstRow[bin] ?? 0) > row) bin--;
  return bin;
}

/** log10 of each monitor's e-value at the stretches' ends; in `window` mode -log10 p of the windows, by stretch. */
export function eSeries({ timeline }: MonitorView): { readonly label: string; readonly values: readonly number[] }[] {
  const n = timeline.eSeries.length;
  return timeline.eSeries.map((label, k) => ({ label, values: Array.from({ length: timeline.bins }, (_, bin) => Math.max(-1, timeline.eValues[bin * n + k] ?? -1)) }));
}

export function windowSeries({ timeline, windows }: MonitorView): number[] {
  const values = new Array<number>(timeline.bins).fill(Number.NaN);
  for (const { firstRow, pValue } of windows?.results ?? []) {
    const bin = binOfRow(timeline, firstRow);
    const evidence = Math.min(20, -Math.log10(Math.max(1e-20, pValue)));
    values[bin] = Number.isNaN(values[bin]) ? evidence : Math.max(values[bin] ?? 0, evidence);
  }
  return values;
}
