// Small dense groups of inputs that the baseline hardly knows and that lead to one output: what a trigger looks like
// from outside. Half of the sampled rows are cut into cells (k-means in the baseline's whitened components); the other
// half, which had no say in where the cells are (nor in the few directions that are added where the log's inputs leave
// the baseline's components: a trigger often has a direction of its own), is counted against the baseline's own points in each cell (Fisher's
// exact test, Bonferroni over cells). Cells that stand out and lie together are one cluster.
import { breathe } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { shuffled } from '../../core/random.ts';
import type { FeatureScorer } from '../profile/feature-space.ts';
import { leadingDirections, squaredDistance } from '../profile/feature-space.ts';
import { gramsOf } from '../profile/prompt-grams.ts';
import type { SampledRow } from '../profile/reservoir.ts';
import { fisherExact } from '../statistics/binomial.ts';
import type { Cluster, Monitor, MonitorContext, Suspicion } from './monitor.ts';

const ID = 'clusters';
const LEVEL = 1e-3;
const ENRICHMENT = 3;
const LARGEST_SHARE = 0.25;
const PURE = 0.8;
const FEWEST_ROWS = 400;
const ROUNDS = 8;
const NEW_DIRECTIONS = 6;
const FARTHEST = 0.05;
const MOST_FOR_DIRECTIONS = 6000;
const SHOWN = 8;

export const clusters: Monitor = {
  id: ID,
  label: 'Unusual groups of inputs',
  kind: 'batch',
  limits: 'Sees only what the logged features show. A group of fewer than about 0.1 % of the predictions, a trigger made of common features, and a group that the baseline already holds stay unseen. Up to 20,000 rows are sampled.',
  inapplicable: (profile) => (profile.features === undefined ? 'no input features are logged' : undefined),
  run: async (context) => {
    const { profile, scorer, sample, random, signal } = context;
    const known = profile.features?.sample ?? [];
    const withFeatures = sample.flatMap((row, index) => (row.features === undefined ? [] : [{ row, index, features: row.features }]));
    if (scorer === undefined || withFeatures.length < FEWEST_ROWS) return [];
    const mixed = shuffled(withFeatures, random.fork(ID));
    const half = mixed.length >> 1;
    const placed = placer(scorer, mixed.slice(0, half).map(({ features }) => features), known);
    await breathe(signal);
    const rows = mixed.map(({ row, index, features }) => ({ row, index, at: placed(features) }));
    const baseline = known.map(placed);
    const [shape, count] = [rows.slice(0, half), rows.slice(half)];
    await breathe(signal);
    const centres = kMeans(shape.map(({ at }) => at), Math.min(160, Math.max(8, Math.floor(shape.length / 40))), random.fork(`${ID}/k-means`));
    await breathe(signal);
    const cellOf = (at: Float64Array): number => nearest(at, centres);
    const usual = tally(baseline.map(cellOf), centres.length);
    const counted = count.map((entry) => ({ ...entry, cell: cellOf(entry.at) }));
    const now = tally(counted.map(({ cell }) => cell), centres.length);
    const cells = centres.map((centre, cell) => {
      const [hits, before] = [now[cell] ?? 0, usual[cell] ?? 0];
      const pValue = hits < 3 ? 1 : Math.min(1, fisherExact(hits, counted.length - hits, before, baseline.length - before, 'greater') * centres.length);
      return { cell, centre, hits, before, pValue };
    });
    const standOut = cells.filter(({ hits, before, pValue }) => pValue < LEVEL && hits / counted.length > ENRICHMENT * ((before + 1) / (baseline.length + 1)) && hits / counted.length < LARGEST_SHARE);
    const all = rows.map((entry) => ({ ...entry, cell: cellOf(entry.at) })).sort((a, b) => a.index - b.index);
    const dominant = (cell: number): number => topOf(all.filter((entry) => entry.cell === cell).map(({ row }) => row.output)).output;
    const groups = together(standOut.map((entry) => ({ ...entry, output: dominant(entry.cell) })));
    return groups.map((group, index) => {
      const cellSet = new Set(group.map(({ cell }) => cell));
      const members = all.filter(({ cell }) => cellSet.has(cell));
      const { output, share } = topOf(members.map(({ row }) => row.output));
      const hits = group.reduce((sum, { hits: h }) => sum + h, 0);
      const before = group.reduce((sum, { before: b }) => sum + b, 0);
      const pValue = Math.min(1, fisherExact(hits, counted.length - hits, before, baseline.length - before, 'greater') * centres.length);
      const cluster: Cluster = { id: `cluster-${index + 1}`, members: members.map(({ index: at }) => at), estimatedRows: Math.round((members.length / rows.length) * context.rows), output, purity: share };
      context.clusters.push(cluster);
      return describe(context, cluster, members.map(({ row }) => row), { hits, of: counted.length, before, ofBaseline: baseline.length, pValue, tests: centres.length }, scorer);
    });
  },
};

interface Counts {
  readonly hits: number;
  readonly of: number;
  readonly before: number;
  readonly ofBaseline: number;
  readonly pValue: number;
  readonly tests: number;
}

function describe(context: MonitorContext, cluster: Cluster, members: readonly SampledRow[], counts: Counts, scorer: FeatureScorer): Suspicion {
  const { labels, profile, rows } = context;
  const label = labels[cluster.output] ?? 'no class';
  const pure = cluster.purity >= PURE;
  const marks = wordMarks(context, new Set(cluster.members));
  const distance = median(members.flatMap(({ features }) => (features === undefined ? [] : [scorer.score(features)])));
  const share = counts.hits / counts.of;
  const [mark] = marks;
  return {
    monitor: ID,
    id: `${ID}/${cluster.id}`,
    title: pure ? `Group of unusual inputs, ${cluster.purity > 0.995 ? 'all' : `${Math.round(cluster.purity * 100)} %`} ${label}` : 'Group of unusual inputs, several outputs',
    detail: `About ${cluster.estimatedRows.toLocaleString('en')} of ${rows.toLocaleString('en')} predictions (${percent(share)}) lie where ${counts.before} of ${counts.ofBaseline.toLocaleString('en')} baseline points do${mark === undefined ? '' : `; ${Math.round(mark.inside * 100)} % of them hold “${mark.gram}”`}.`,
    severity: pure ? 'critical' : 'medium',
    evidence: { kind: 'p', value: counts.pValue, tests: counts.tests, test: "Fisher's exact test on rows that did not shape the cells" },
    effect: { text: `${percent(share)} of predictions, baseline ${percent(counts.before / counts.ofBaseline)}`, now: share, baseline: counts.before / counts.ofBaseline },
    rows: { from: members[0]?.row ?? 0, examples: members.slice(0, 20).map(({ row }) => row) },
    ...(cluster.output >= 0 ? { output: cluster.output } : {}),
    ...(mark === undefined ? {} : { candidate: { kind: 'text', value: mark.gram } }),
    table: marks.length > 0
      ? { columns: ['words', 'in the group', 'elsewhere'], rows: marks.map(({ gram, inside, outside }) => [gram, percent(inside), percent(outside)]) }
      : { columns: ['feature', 'group, in standard deviations from the usual', 'median distance score'], rows: featureMarks(profile, members).map(({ name, z }) => [name, Number(z.toFixed(2)), Number(distance.toFixed(1))]) },
  };
}

/** The baseline's whitened components, and after them a few directions in which the log leaves those, in the baseline's units. */
function placer(scorer: FeatureScorer, shaping: readonly Float32Array[], known: readonly (readonly number[])[]): (features: ArrayLike<number>) => Float64Array {
  const step = Math.max(1, Math.floor(shaping.length / MOST_FOR_DIRECTIONS));
  // The few that leave farthest say where to look: a group of 1 % would drown in all others' noise.
  const left = shaping.filter((_, i) => i % step === 0).map((features) => scorer.residual(features));
  const length = (residual: Float64Array): number => residual.reduce((sum, x) => sum + x * x, 0);
  const far = [...left].sort((a, b) => length(b) - length(a)).slice(0, Math.max(NEW_DIRECTIONS, Math.floor(left.length * FARTHEST)));
  const total = left.reduce((sum, residual) => sum + length(residual), 0);
  const directions = total > 1e-9 ? leadingDirections(far, NEW_DIRECTIONS) : [];
  const along = (features: ArrayLike<number>): number[] => {
    const residual = scorer.residual(features);
    return directions.map((direction) => direction.reduce((sum, x, k) => sum + x * (residual[k] ?? 0), 0));
  };
  const usual = known.map(along);
  const scales = directions.map((_, k) => Math.sqrt(usual.reduce((sum, row) => sum + (row[k] ?? 0) ** 2, 0) / Math.max(1, usual.length)) || 1);
  return (features) => Float64Array.from([...scorer.place(features), ...along(features).map((x, k) => x / (scales[k] ?? 1))]);
}

/** n-grams that the group holds and others do not. */
function wordMarks({ sample }: MonitorContext, members: ReadonlySet<number>): { gram: string; inside: number; outside: number }[] {
  const [inside, outside] = [new Map<string, number>(), new Map<string, number>()];
  let others = 0;
  sample.forEach(({ prompt }, index) => {
    if (prompt === undefined) return;
    const counts = members.has(index) ? inside : outside;
    if (!members.has(index) && others++ > 4000) return;
    for (const gram of gramsOf(prompt)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  });
  const ofOthers = Math.max(1, Math.min(others, 4001));
  const ranked = [...inside]
    .map(([gram, count]) => ({ gram, inside: count / members.size, outside: (outside.get(gram) ?? 0) / ofOthers }))
    .filter((mark) => mark.inside > 0.3 && mark.inside > 5 * mark.outside)
    .sort((a, b) => b.inside - b.outside - (a.inside - a.outside) || a.gram.length - b.gram.length);
  return ranked.slice(0, SHOWN);
}

function featureMarks({ features, mapping }: MonitorContext['profile'], members: readonly SampledRow[]): { name: string; z: number }[] {
  const known = features?.sample ?? [];
  const d = known[0]?.length ?? 0;
  const names = mapping.features ?? [];
  const marks = Array.from({ length: d }, (_, k) => {
    const column = known.map((row) => row[k] ?? 0);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length) || 1;
    const here = members.reduce((sum, row) => sum + (row.features?.[k] ?? 0), 0) / Math.max(1, members.length);
    return { name: names.length === d ? (names[k] ?? String(k)) : `${names[0] ?? 'features'}[${k}]`, z: (here - mean) / deviation };
  });
  return marks.sort((a, b) => Math.abs(b.z) - Math.abs(a.z)).slice(0, SHOWN);
}

/** k-means++ with a few rounds of Lloyd's: rough cells are enough, they are tested on other rows. */
function kMeans(points: readonly Float64Array[], k: number, random: Random): Float64Array[] {
  const first = points[random.below(points.length)] ?? new Float64Array(0);
  const centres: Float64Array[] = [Float64Array.from(first)];
  const distances = Float64Array.from(points, (point) => squaredDistance(point, first));
  while (centres.length < k) {
    const total = distances.reduce((a, b) => a + b, 0);
    if (total <= 0) break;
    let at = random.next() * total;
    let chosen = 0;
    for (; chosen < points.length - 1; chosen++) {
      at -= distances[chosen] ?? 0;
      if (at <= 0) break;
    }
    const centre = Float64Array.from(points[chosen] ?? first);
    centres.push(centre);
    points.forEach((point, i) => (distances[i] = Math.min(distances[i] ?? Infinity, squaredDistance(point, centre))));
  }
  for (let round = 0; round < ROUNDS; round++) {
    const sums = centres.map((centre) => new Float64Array(centre.length));
    const counts = centres.map(() => 0);
    for (const point of points) {
      const cell = nearest(point, centres);
      counts[cell] = (counts[cell] ?? 0) + 1;
      const sum = sums[cell];
      if (sum !== undefined) for (let i = 0; i < point.length; i++) sum[i] = (sum[i] ?? 0) + (point[i] ?? 0);
    }
    centres.forEach((centre, cell) => {
      const count = counts[cell] ?? 0;
      if (count > 0) for (let i = 0; i < centre.length; i++) centre[i] = (sums[cell]?.[i] ?? 0) / count;
    });
  }
  return centres;
}

function nearest(at: Float64Array, centres: readonly Float64Array[]): number {
  let [best, least] = [0, Infinity];
  for (let cell = 0; cell < centres.length; cell++) {
    const distance = squaredDistance(at, centres[cell] ?? at);
    if (distance < least) [best, least] = [cell, distance];
  }
  return best;
}

interface Cell {
  readonly cell: number;
  readonly centre: Float64Array;
  readonly hits: number;
  readonly before: number;
  readonly output: number;
}

/** Cells with one output whose centres are near each other, compared with how far apart cells usually are. */
function together(cells: readonly Cell[]): Cell[][] {
  const left = [...cells];
  const groups: Cell[][] = [];
  const near = (a: Cell, b: Cell): boolean => a.output === b.output && squaredDistance(a.centre, b.centre) < 4 * a.centre.length;
  for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
    const group = [seed];
    for (let i = 0; i < group.length; i++) {
      for (let j = left.length - 1; j >= 0; j--) {
        const [member, candidate] = [group[i], left[j]];
        if (member !== undefined && candidate !== undefined && near(member, candidate)) group.push(...left.splice(j, 1));
      }
    }
    groups.push(group);
  }
  return groups.sort((a, b) => b.reduce((sum, { hits }) => sum + hits, 0) - a.reduce((sum, { hits }) => sum + hits, 0));
}

function tally(cells: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0);
  for (const cell of cells) counts[cell] = (counts[cell] ?? 0) + 1;
  return counts;
}

function topOf(outputs: readonly number[]): { readonly output: number; readonly share: number } {
  const counts = new Map<number, number>();
  for (const output of outputs) counts.set(output, (counts.get(output) ?? 0) + 1);
  const [top] = [...counts].sort((a, b) => b[1] - a[1]);
  return { output: top?.[0] ?? -1, share: outputs.length === 0 ? 0 : (top?.[1] ?? 0) / outputs.length };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : Number(value.toPrecision(2))} %`;
}
