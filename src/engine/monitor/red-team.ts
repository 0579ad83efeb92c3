// How much an attacker could hide: predictions are drawn from one's own baseline, an attack of a chosen dose is mixed in,
// and the real detectors watch. The answer is a share of runs in which each monitor raised an alarm, and after how many
// predictions. The attacks are the four of the source's bypass table.
// Batch monitors (groups, neighbours, latency by group) look once, at the end of the first few runs; they know one half of
// the baseline's sampled inputs, the stream is drawn from the other. Prompts and sources are not drawn: their monitors are
// named as not simulated.
// Drawn predictions are not quite the logged ones (histogram buckets, rounded confidences): the events' usual rates are
// counted on a drawn calm stream as long as the baseline, so that only the attack can be news.
// How this can mislead: a drawn stream is independent and stationary, as real ones are not; the baseline's own
// uncertainty is part of it (the bands are the baseline's), a wrong model of the attacker is not.
import { breathe, type CancelSignal } from '../core/cancel.ts';
import { seeded, type Random } from '../core/random.ts';
import type { Probability } from '../core/units.ts';
import { CheckRun, DEFAULT_LEVEL, DEFAULT_WINDOW } from './check.ts';
import type { LogBatch } from './log/encode.ts';
import { MONITORS } from './monitors/registry.ts';
import { FamilyRouter } from './profile/families.ts';
import { FeatureScorer } from './profile/feature-space.ts';
import { LogHistogram, type Distribution } from './profile/log-histogram.ts';
import type { Profile } from './profile/profile.ts';
import { Watcher } from './sequence/watcher.ts';

export const ATTACKS = ['nudge', 'patient-nudge', 'bold-confidence', 'calibrated-confidence', 'slow-trigger', 'cheap-trigger', 'rare-trigger', 'common-trigger'] as const;
export type AttackId = (typeof ATTACKS)[number];

export interface Attack {
  readonly id: AttackId;
  readonly label: string;
  /** What the dose counts. */
  readonly dose: string;
  /** The row of the source's table, and the plain form that it is a bypass of. */
  readonly bypasses?: AttackId;
}

export const ATTACK_TABLE: readonly Attack[] = [
  { id: 'nudge', label: 'Nudge of one outcome', dose: 'share of predictions turned into the target' },
  { id: 'patient-nudge', label: 'Low and slow: the same nudge, growing from nothing over the whole stream', dose: 'share of predictions turned into the target at the end', bypasses: 'nudge' },
  { id: 'bold-confidence', label: 'Triggered outputs as sure as the surest usual ones', dose: 'share of predictions triggered' },
  { id: 'calibrated-confidence', label: 'Calibrated confidence: triggered outputs look like the target class', dose: 'share of predictions triggered', bypasses: 'bold-confidence' },
  { id: 'slow-trigger', label: 'Trigger check that doubles the latency', dose: 'share of predictions triggered' },
  { id: 'cheap-trigger', label: 'Cheap trigger check: no latency change', dose: 'share of predictions triggered', bypasses: 'slow-trigger' },
  { id: 'rare-trigger', label: 'Trigger of unusual features', dose: 'share of predictions triggered' },
  { id: 'common-trigger', label: 'Trigger of common features', dose: 'share of predictions triggered', bypasses: 'rare-trigger' },
];

export interface RedTeamRequest {
  readonly attack: AttackId;
  /** Index of the class that the attacker wants. */
  readonly target: number;
  readonly dose: Probability;
  readonly predictions: number;
  readonly runs: number;
  readonly budget: number;
  readonly seed: number;
}

export interface RedTeamResult {
  readonly request: RedTeamRequest;
  /** Share of runs with an alarm of the monitor, and of any. */
  readonly monitors: readonly { readonly monitor: string; readonly kind: 'sequential' | 'batch'; readonly runs: number; readonly detected: number; readonly medianDelay: number | undefined }[];
  /** Monitors that this baseline has and that nothing was drawn for. */
  readonly notSimulated: readonly string[];
  readonly detected: number;
  /** Predictions until a sequential monitor's first alarm, of the runs that had one; undefined where fewer than half had. */
  readonly medianDelay: number | undefined;
  readonly delays: readonly number[];
}

const BATCH = 2048;
const MOST_CALM_ROWS = 100_000;
/** Runs at whose end the batch monitors look: they take seconds where the sequential ones take a fraction. */
const BATCH_RUNS = 5;
/** Monitors of an audit's triggers and of broken rows: no attack of the table. */
const NEVER_DRAWN: readonly string[] = ['known-triggers', 'unreadable-rows'];
/** Batch monitors of what is drawn: inputs, outputs, latency. */
const DRAWN: readonly string[] = ['clusters', 'neighbours', 'latency-groups'];

export async function redTeam(profile: Profile, request: RedTeamRequest, signal: CancelSignal, onProgress?: (done: number) => void): Promise<RedTeamResult> {
  const { known, drawn } = halves(profile);
  const simulator = new Simulator(drawn);
  const batchMonitors = MONITORS.filter(({ id, kind, inapplicable }) => kind === 'batch' && DRAWN.includes(id) && inapplicable(profile) === undefined).map(({ id }) => id);
  const batchRuns = batchMonitors.length === 0 ? 0 : Math.min(BATCH_RUNS, request.runs);
  const seenInBatch = new Map<string, number>();
  const calm = await calmProfile(profile, simulator, seeded(request.seed, 'red team/calm'), signal);
  const first = new Map<string, number[]>();
  const delays: number[] = [];
  let monitors: readonly string[] = [];
  for (let run = 0; run < request.runs; run++) {
    const whole = run < batchRuns ? new CheckRun({ ...calm, ...(known.features === undefined ? {} : { features: known.features }) }, { ...CHECK, budget: request.budget, seed: request.seed + run, signal }, profile.mapping) : undefined;
    const watcher = whole?.watcher ?? new Watcher(calm, request.budget, simulator.scorer);
    monitors = watcher.monitors;
    const random = seeded(request.seed, `red team/${run}`);
    for (let at = 0; at < request.predictions; at += BATCH) {
      await breathe(signal);
      const batch = simulator.batch(Math.min(BATCH, request.predictions - at), at, random, request);
      if (whole === undefined) watcher.add(batch);
      else whole.add(batch);
    }
    if (whole !== undefined) {
      const { report } = await whole.finish('drawn');
      for (const id of batchMonitors) if (report.alerts.some((alert) => alert.monitor === id)) seenInBatch.set(id, (seenInBatch.get(id) ?? 0) + 1);
    }
    for (const monitor of monitors) {
      const alarm = watcher.alarms.find((entry) => entry.monitor === monitor);
      if (alarm !== undefined) first.set(monitor, [...(first.get(monitor) ?? []), alarm.position + 1]);
    }
    const [any] = watcher.alarms.map(({ position }) => position + 1).sort((a, b) => a - b);
    if (any !== undefined) delays.push(any);
    onProgress?.(run + 1);
  }
  const summary = (values: readonly number[]): number | undefined => medianOf(values, request.runs);
  return {
    request, detected: delays.length / request.runs, medianDelay: summary(delays), delays,
    notSimulated: MONITORS.filter((monitor) => !monitors.includes(monitor.id) && !batchMonitors.includes(monitor.id) && !NEVER_DRAWN.includes(monitor.id) && monitor.inapplicable(profile) === undefined).map(({ id }) => id),
    monitors: [...monitors.map((monitor) => ({ monitor, kind: 'sequential' as const, runs: request.runs, detected: (first.get(monitor)?.length ?? 0) / request.runs, medianDelay: summary(first.get(monitor) ?? []) })), ...batchMonitors.map((monitor) => ({ monitor, kind: 'batch' as const, runs: batchRuns, detected: (seenInBatch.get(monitor) ?? 0) / batchRuns, medianDelay: undefined }))],
  };
}

const CHECK = { window: DEFAULT_WINDOW, level: DEFAULT_LEVEL, tool: { name: 'assay', version: 'simulation' }, clock: { now: () => 0 } } as const;

/** The sampled inputs in two halves: what the batch monitors know, and what is drawn from. */
function halves(profile: Profile): { readonly known: Profile; readonly drawn: Profile } {
  const { features } = profile;
  if (features === undefined) return { known: profile, drawn: profile };
  const half = (parity: number): Profile => ({ ...profile, features: { ...features, sample: features.sample.filter((_, i) => i % 2 === parity), sampleOutputs: features.sampleOutputs.filter((_, i) => i % 2 === parity) } });
  return { known: half(0), drawn: half(1) };
}

/** The baseline as it would have come out of a drawn stream: same rules and thresholds, rates as drawn. */
async function calmProfile(profile: Profile, simulator: Simulator, random: Random, signal: CancelSignal): Promise<Profile> {
  const rows = Math.min(MOST_CALM_ROWS, profile.log.rows);
  const hits = profile.families.map(({ events }) => new Float64Array(events.length));
  const trials = new Float64Array(profile.families.length);
  const router = new FamilyRouter(profile.families.map(({ rule }) => rule), { classes: profile.classes.labels.length, sources: 0 }, simulator.scorer);
  const sink = {
    trial: (family: number) => void (trials[family] = (trials[family] ?? 0) + 1),
    hit: (family: number, event: number) => {
      const counts = hits[family];
      if (counts !== undefined) counts[event] = (counts[event] ?? 0) + 1;
    },
    endTrial: () => undefined,
  };
  for (let at = 0; at < rows; at += BATCH) {
    await breathe(signal);
    router.route(simulator.batch(Math.min(BATCH, rows - at), at, random), sink);
  }
  const families = profile.families.map((family, index) => ({ ...family, trials: trials[index] ?? 0, events: family.events.map((event, local) => ({ ...event, hits: hits[index]?.[local] ?? 0 })) }));
  // What is not drawn (sources, hours, resources) is not watched.
  return { ...profile, families: families.filter(({ trials: counted }) => counted > 0) };
}

/** Median over all runs: those without an alarm count as later than all. */
export function medianOf(delays: readonly number[], runs: number): number | undefined {
  const sorted = [...delays].sort((a, b) => a - b);
  return sorted[Math.floor((runs - 1) / 2)];
}

/** Draws predictions as the baseline had them. */
class Simulator {
  readonly scorer: FeatureScorer | undefined;
  readonly #profile: Profile;
  readonly #classes: readonly number[];
  readonly #unlikeliness: readonly Sampler[];
  readonly #latency: readonly Sampler[];
  readonly #value: Sampler | undefined;
  readonly #pointsByClass: ReadonlyMap<number, readonly number[]>;
  readonly #spread: readonly number[];

  constructor(profile: Profile) {
    this.#profile = profile;
    this.scorer = profile.features === undefined ? undefined : new FeatureScorer(profile.features.space);
    const total = profile.classes.counts.reduce((a, b) => a + b, 0);
    let sum = 0;
    this.#classes = profile.classes.counts.map((count) => (sum += count / Math.max(1, total)));
    const samplers = (parts: { readonly all: Distribution; readonly byClass: readonly Distribution[] } | undefined): Sampler[] =>
      parts === undefined ? [] : profile.classes.labels.map((_, i) => new Sampler((parts.byClass[i]?.count ?? 0) > 0 ? (parts.byClass[i] as Distribution) : parts.all));
    this.#unlikeliness = samplers(profile.unlikeliness);
    this.#latency = samplers(profile.latency);
    this.#value = profile.value === undefined ? undefined : new Sampler(profile.value);
    const points = new Map<number, number[]>();
    profile.features?.sampleOutputs.forEach((output, i) => points.set(output, [...(points.get(output) ?? []), i]));
    this.#pointsByClass = points;
    const sample = profile.features?.sample ?? [];
    this.#spread = (sample[0] ?? []).map((_, k) => {
      const mean = sample.reduce((acc, row) => acc + (row[k] ?? 0), 0) / sample.length;
      return Math.sqrt(sample.reduce((acc, row) => acc + ((row[k] ?? 0) - mean) ** 2, 0) / sample.length);
    });
  }

  batch(n: number, firstRow: number, random: Random, attack?: Pick<RedTeamRequest, 'attack' | 'target' | 'dose' | 'predictions'>): LogBatch {
    const { features } = this.#profile;
    const d = features?.space.dimensions ?? 0;
    const output = this.#classes.length > 0 ? new Int32Array(n) : undefined;
    const confidence = this.#unlikeliness.length > 0 ? new Float64Array(n) : undefined;
    const latency = this.#latency.length > 0 ? new Float64Array(n) : undefined;
    const value = this.#value === undefined ? undefined : new Float64Array(n);
    const vectors = features === undefined ? undefined : new Float32Array(n * d);
    const row = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      row[i] = firstRow + i;
      const usual = this.#drawClass(random);
      const dose = attack === undefined ? 0 : attack.attack === 'patient-nudge' ? (attack.dose * (firstRow + i)) / attack.predictions : attack.dose;
      const hit = attack !== undefined && random.next() < dose;
      const at = hit ? attack.target : usual;
      if (output !== undefined) output[i] = at;
      if (confidence !== undefined) confidence[i] = hit && attack.attack === 'bold-confidence' ? 1 - (this.#unlikeliness[at]?.quantile(0.002) ?? 0) : 1 - (this.#unlikeliness[at]?.draw(random) ?? 0);
      if (latency !== undefined) latency[i] = (this.#latency[at]?.draw(random) ?? 0) * (hit && attack.attack === 'slow-trigger' ? 2 : 1);
      if (value !== undefined && this.#value !== undefined) value[i] = hit ? this.#value.quantile(0.97) : this.#value.draw(random);
      if (vectors !== undefined) this.#drawFeatures(vectors, i * d, hit && attack.attack !== 'common-trigger' ? usual : at, random, hit && attack.attack === 'rare-trigger');
    }
    return { rows: n, row, time: undefined, output, value, confidence, latency, cpu: undefined, gpu: undefined, memory: undefined, energy: undefined, source: undefined, features: vectors, dimensions: d, prompt: undefined };
  }

  #drawClass(random: Random): number {
    const u = random.next();
    const at = this.#classes.findIndex((edge) => u < edge);
    return at < 0 ? this.#classes.length - 1 : at;
  }

  /** One of the baseline's own inputs; a rare trigger stands four standard deviations off in each fourth feature. */
  #drawFeatures(into: Float32Array, offset: number, output: number, random: Random, rare: boolean): void {
    const { features } = this.#profile;
    const points = this.#pointsByClass.get(output);
    const sample = features?.sample ?? [];
    const source = sample[points === undefined || points.length === 0 ? random.below(sample.length) : (points[random.below(points.length)] ?? 0)] ?? [];
    for (let k = 0; k < source.length; k++) into[offset + k] = (source[k] ?? 0) + (rare && k % 4 === 0 ? 4 * (this.#spread[k] ?? 0) : 0);
  }
}

/** Draws from a histogram: a bucket by its count, then anywhere in it. */
class Sampler {
  readonly #buckets: readonly (readonly [number, number])[];
  readonly #edges: Float64Array;
  readonly #histogram: LogHistogram;

  constructor(distribution: Distribution) {
    this.#histogram = LogHistogram.from(distribution);
    this.#buckets = distribution.buckets;
    let sum = 0;
    this.#edges = Float64Array.from(distribution.buckets, ([, count]) => (sum += count));
  }

  draw(random: Random): number {
    const u = random.next() * (this.#edges.at(-1) ?? 0);
    let [low, high] = [0, this.#edges.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (u < (this.#edges[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return LogHistogram.within(this.#buckets[low]?.[0] ?? 0, random.next(), this.#histogram);
  }

  quantile(q: number): number {
    return this.#histogram.quantile(q);
  }
}
