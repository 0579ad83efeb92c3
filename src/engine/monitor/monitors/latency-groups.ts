// A branch that only some inputs take costs time for those only: the share of slow predictions by class, by source and
// within the groups of unusual inputs, against the baseline's share (exact binomial test, Bonferroni over groups); and
// lasting changes of the median latency in the course of the log (change points on ranks, permutation test).
import type { SampledRow } from '../profile/reservoir.ts';
import type { Profile } from '../profile/profile.ts';
import { quantileOf } from '../profile/log-histogram.ts';
import { changePoints } from '../sequence/change-points.ts';
import { binomialAtLeast } from '../statistics/binomial.ts';
import { mannWhitney } from '../statistics/two-samples.ts';
import { LATENCY_BINS, type Timeline } from '../timeline.ts';
import { percent } from './clusters.ts';
import type { Monitor, MonitorContext, Suspicion } from './monitor.ts';

const ID = 'latency-groups';
const LEVEL = 1e-3;
const FACTOR = 3;
const FEWEST = 20;
const MOST = 5;
const LEAST_SHIFT = 0.1;

export const latencyGroups: Monitor = {
  id: ID,
  label: 'Latency by group, and its changes',
  kind: 'batch',
  limits: 'A trigger check that costs less than the spread of the usual latency is not seen. A busy machine, a new network path or longer inputs look the same as a branch: the group tells them apart only where the group is no workload of its own.',
  inapplicable: (profile) => (profile.latency === undefined ? 'no latency is logged' : undefined),
  run: async (context) => {
    const { profile, random } = context;
    const rate = usualSpikes(profile);
    const groups = groupsOf(context);
    const tests = Math.max(1, groups.length);
    const found = groups
      .map((group) => ({ ...group, pValue: Math.min(1, binomialAtLeast(group.spikes, group.rows, rate) * tests) }))
      .filter(({ pValue, spikes, rows }) => pValue < LEVEL && spikes / rows > FACTOR * rate)
      .sort((a, b) => a.pValue - b.pValue)
      .slice(0, MOST);
    const suspicions = found.map((group): Suspicion => ({
      monitor: ID,
      id: `${ID}/${group.id}`,
      title: `${group.label} is slow more often`,
      detail: `${percent(group.spikes / group.rows)} of ${group.rows.toLocaleString('en')} predictions take longer than the baseline's 99 % (${quantileOf((profile.latency as NonNullable<Profile['latency']>).all, 0.99).toPrecision(3)} ms)${group.note}.`,
      severity: 'medium',
      evidence: { kind: 'p', value: group.pValue, tests, test: 'exact binomial test' },
      effect: { text: `${percent(group.spikes / group.rows)} slow, baseline ${percent(rate)}`, now: group.spikes / group.rows, baseline: rate },
      rows: { from: group.examples[0] ?? 0, examples: group.examples },
      ...(group.output === undefined ? {} : { output: group.output }),
      ...(group.source === undefined ? {} : { source: group.source }),
    }));
    return [...suspicions, ...clusterShift(context), ...shifts(context.timeline, random)];
  },
};

interface Group {
  readonly id: string;
  readonly label: string;
  readonly rows: number;
  readonly spikes: number;
  readonly note: string;
  readonly examples: readonly number[];
  readonly output?: number;
  readonly source?: string;
}

function usualSpikes({ families }: Profile): number {
  const family = families.find(({ id }) => id === 'latency');
  const last = family?.events.at(-1);
  return family === undefined || last === undefined ? 0.01 : Math.max(1e-6, (last.hits + 1) / (family.trials + 1));
}

function groupsOf({ labels, sources, classCounts, sourceCounts, spikesByClass, spikesBySource, sample }: MonitorContext): Group[] {
  const byClass = classCounts.flatMap((rows, output): Group[] =>
    rows < FEWEST ? [] : [{ id: `class/${output}`, label: `Class ${labels[output] ?? output}`, rows, spikes: spikesByClass[output] ?? 0, note: '', output, examples: examples(sample, (row) => row.output === output) }]);
  const bySource = sourceCounts.flatMap((rows, source): Group[] => {
    const name = sources[source] ?? String(source);
    return rows < FEWEST ? [] : [{ id: `source/${name}`, label: `Source ${name}`, rows, spikes: spikesBySource[source] ?? 0, note: '', source: name, examples: examples(sample, (row) => row.source === source) }];
  });
  return [...byClass, ...bySource];
}

function examples(sample: readonly SampledRow[], test: (row: SampledRow) => boolean): number[] {
  return sample.filter(test).sort((a, b) => b.latency - a.latency).slice(0, 10).map(({ row }) => row);
}

/** Latencies inside each group of unusual inputs against all others: a trigger's own branch. */
function clusterShift({ clusters, sample }: MonitorContext): Suspicion[] {
  const tested = clusters.flatMap((cluster) => {
    const members = new Set(cluster.members);
    const inside = cluster.members.map((at) => sample[at]?.latency ?? Number.NaN).filter(Number.isFinite);
    const outside = sample.filter((_, at) => !members.has(at)).map(({ latency }) => latency).filter(Number.isFinite).slice(0, 5000);
    return inside.length < FEWEST || outside.length < FEWEST ? [] : [{ cluster, inside, outside, ...mannWhitney(inside, outside, 'greater') }];
  });
  return tested.flatMap(({ cluster, inside, outside, pValue }): Suspicion[] => {
    const corrected = Math.min(1, pValue * tested.length);
    const [now, usual] = [middle(inside), middle(outside)];
    if (corrected > LEVEL || now < (1 + LEAST_SHIFT) * usual) return [];
    return [{
      monitor: ID, id: `${ID}/${cluster.id}`, title: 'The group of unusual inputs takes longer', severity: 'medium', output: cluster.output,
      detail: `Median ${now.toPrecision(3)} ms inside the group, ${usual.toPrecision(3)} ms elsewhere in this log: the model or what stands around it does something more for these inputs.`,
      evidence: { kind: 'p', value: corrected, tests: tested.length, test: 'Mann–Whitney test' },
      effect: { text: `${now.toPrecision(3)} ms, elsewhere ${usual.toPrecision(3)} ms`, now, baseline: usual },
      rows: { from: sample[cluster.members[0] ?? 0]?.row ?? 0, examples: cluster.members.slice(0, 20).map((at) => sample[at]?.row ?? 0) },
    }];
  });
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function shifts(timeline: Timeline, random: MonitorContext['random']): Suspicion[] {
  const { shape, bins, latency, firstRow, rowsPerBin } = timeline;
  if (shape.latency === undefined) return [];
  const [low, high] = shape.latency;
  const medians = Array.from({ length: bins }, (_, bin) => {
    const counts = new Array<number>(LATENCY_BINS).fill(0);
    for (let c = 0; c < shape.classes; c++) for (let k = 0; k < LATENCY_BINS; k++) counts[k] = (counts[k] ?? 0) + (latency[(bin * shape.classes + c) * LATENCY_BINS + k] ?? 0);
    return 10 ** (low + ((high - low) * histogramMedian(counts)) / LATENCY_BINS);
  });
  return changePoints(medians, random.fork(`${ID}/shifts`), 0.002).filter(({ before, after }) => Math.abs(after / before - 1) > LEAST_SHIFT).slice(0, 2).map(({ at, before, after, pValue }): Suspicion => ({
    monitor: ID, id: `${ID}/shift-${at}`, title: `Median latency ${after > before ? 'rises' : 'falls'} and stays there`, severity: 'low',
    detail: `From ${before.toPrecision(3)} to ${after.toPrecision(3)} ms at about row ${(firstRow[at] ?? 0).toLocaleString('en')} (stretches of ${rowsPerBin.toLocaleString('en')} predictions).`,
    evidence: { kind: 'p', value: pValue, tests: 1, test: 'change point on ranks, permutation test' },
    effect: { text: `${before.toPrecision(3)} → ${after.toPrecision(3)} ms`, now: after, baseline: before },
    rows: { from: firstRow[at] ?? 0, examples: [] },
  }));
}

/** Fractional bin index of the median. */
function histogramMedian(counts: readonly number[]): number {
  const half = counts.reduce((a, b) => a + b, 0) / 2;
  if (half === 0) return Number.NaN;
  let sum = 0;
  for (const [i, count] of counts.entries()) {
    if (sum + count >= half) return i + (half - sum) / count;
    sum += count;
  }
  return counts.length;
}
