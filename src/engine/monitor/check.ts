// A log against a baseline, in one pass: each batch goes to the timeline, the sequential detectors, the window test and
// a sample; at the end the batch monitors look at counts and sample. `CheckRun` is fed batch by batch, so that a growing
// log can be followed; `checkLog` feeds it a whole one.
import { ArtifactError } from '../core/artifact-error.ts';
import { breathe, Cancelled, type CancelSignal } from '../core/cancel.ts';
import { errorText } from '../core/error-text.ts';
import type { Coverage } from '../core/finding.ts';
import type { Clock } from '../core/host.ts';
import { seeded } from '../core/random.ts';
import type { Milliseconds, Probability } from '../core/units.ts';
import { alertOf, carryOver, stateOf, suspicionsOf, type Alert } from './alerts.ts';
import type { ColumnMapping, MappingGuess, RawBatch, Role } from './log/columns.ts';
import { Encoder, type EncoderState, type LogBatch } from './log/encode.ts';
import { fitMapping, withOwnParts } from './log/fit-mapping.ts';
import { readLog, type Log } from './log/open-log.ts';
import type { Cluster, MonitorContext, Suspicion } from './monitors/monitor.ts';
import { MONITORS } from './monitors/registry.ts';
import { FeatureScorer } from './profile/feature-space.ts';
import { quantileOf } from './profile/log-histogram.ts';
import type { Profile } from './profile/profile.ts';
import { Reservoir, type ReservoirState, type SampledRow } from './profile/reservoir.ts';
import { MONITOR_SCHEMA, type MapPoint, type MonitorView } from './report.ts';
import { normalisedPrompts, TriggerSearch, type KnownTrigger, type SearchState } from './search-log.ts';
import { Watcher, type WatchedAlarm, type WatcherState } from './sequence/watcher.ts';
import { WindowTests, type WindowState } from './sequence/window-tests.ts';
import { benjaminiYekutieli } from './statistics/multiple-testing.ts';
import { SHOWN_CLASSES, SHOWN_SOURCES, TimelineBuilder, type Timeline, type TimelineShape, type TimelineState } from './timeline.ts';

export const DEFAULT_BUDGET = 1e-5;
export const DEFAULT_WINDOW = 1000;
export const DEFAULT_LEVEL = 0.01;
const FALSE_DISCOVERY_RATE = 0.01;
const SAMPLE_ROWS = 20_000;
const MAP_POINTS = 3000;
const MOST_MIX_SOURCES = 2000;

export interface CheckOptions {
  /** False alarms allowed a prediction. */
  readonly budget: number;
  readonly window: number;
  /** Of the window test. */
  readonly level: Probability;
  readonly seed: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly signal: CancelSignal;
  readonly clock: Clock;
  /** The hash of the model that made this log, where it is known. */
  readonly modelSha256?: string;
  readonly mapping?: ColumnMapping;
  /** Alerts of an earlier check of the same model: what was decided about them stays. */
  readonly earlier?: readonly Pick<Alert, 'id' | 'state' | 'history'>[];
  /** Triggers that an audit of this model found: looked for in every prompt. */
  readonly triggers?: readonly KnownTrigger[];
  /** Since 1970, for the history of alerts. */
  readonly now?: Milliseconds;
  readonly onProgress?: (rows: number) => void;
  readonly onAlarm?: (alarm: WatchedAlarm) => void;
}

export interface CheckState {
  readonly mapping: ColumnMapping;
  readonly rows: number;
  readonly encoder: EncoderState;
  readonly watcher: WatcherState;
  readonly timeline: TimelineState;
  readonly windows: WindowState | undefined;
  readonly sample: ReservoirState;
  readonly searches: readonly SearchState[];
  readonly counts: Readonly<Record<'classes' | 'sources' | 'spikesByClass' | 'spikesBySource', readonly number[]>> & { readonly classesBySource: readonly (readonly number[])[] };
}

export async function checkLog(log: Log, profile: Profile, options: CheckOptions): Promise<MonitorView> {
  const run = new CheckRun(profile, options, mappingFor(profile, options.mapping, log.guess, log.name));
  for await (const raw of readLog(log, run.mapping, options.signal)) {
    await breathe(options.signal);
    run.addRaw(raw);
    options.onProgress?.(run.encoder.rows);
  }
  return run.finish(log.name);
}

export class CheckRun {
  readonly mapping: ColumnMapping;
  readonly encoder: Encoder;
  readonly watcher: Watcher;
  readonly #profile: Profile;
  readonly #options: Omit<CheckOptions, 'mapping'>;
  readonly #scorer: FeatureScorer | undefined;
  readonly #timeline: TimelineBuilder;
  readonly #windows: WindowTests | undefined;
  readonly #sample: Reservoir;
  readonly #slow: number;
  readonly #searches: readonly TriggerSearch[];
  readonly #classCounts: number[] = [];
  readonly #sourceCounts: number[] = [];
  readonly #spikesByClass: number[] = [];
  readonly #spikesBySource: number[] = [];
  readonly #classesBySource: number[][] = [];
  #rows = 0;

  /** mapping: fitted to the log (log/fit-mapping.ts). */
  constructor(profile: Profile, options: Omit<CheckOptions, 'mapping'>, mapping: ColumnMapping) {
    const { modelSha256 } = options;
    if (modelSha256 !== undefined && profile.model.sha256 !== undefined && modelSha256 !== profile.model.sha256) {
      throw new ArtifactError({ code: 'invalid-config', format: 'baseline', field: 'model.sha256', expected: profile.model.sha256, actual: modelSha256 });
    }
    this.#profile = profile;
    this.#options = options;
    this.mapping = mapping;
    const { space } = profile.features ?? {};
    this.#scorer = space === undefined ? undefined : new FeatureScorer(space);
    this.encoder = new Encoder(this.mapping, { classes: profile.classes.labels, sources: profile.sources?.labels ?? [], ...(space === undefined ? {} : { dimensions: space.dimensions }) });
    this.watcher = new Watcher(profile, options.budget, this.#scorer, undefined, options.onAlarm);
    this.#timeline = new TimelineBuilder(timelineShape(profile), this.watcher.monitors);
    const total = profile.classes.counts.reduce((a, b) => a + b, 0);
    const inflation = Math.max(1, ...(profile.families.find(({ id }) => id === 'class')?.events.map((event) => event.inflation) ?? []));
    this.#windows = total > 0 ? new WindowTests(profile.classes.counts.map((count) => count / total), options.window, options.level, inflation, (from) => seeded(options.seed, 'windows', from)) : undefined;
    this.#sample = new Reservoir(SAMPLE_ROWS, (from) => seeded(options.seed, 'log sample', from));
    this.#searches = (options.triggers ?? []).map((trigger) => new TriggerSearch(trigger));
    this.#slow = profile.latency === undefined ? Infinity : slowThreshold(profile);
  }

  /** Where the check stands, to go on from after a restart (v8 or structured-clone serialisable). Shares memory with the run: write it at once. */
  snapshot(): CheckState {
    return {
      mapping: this.mapping, rows: this.#rows, encoder: this.encoder.snapshot(), watcher: this.watcher.snapshot(), timeline: this.#timeline.snapshot(), windows: this.#windows?.snapshot(), sample: this.#sample.snapshot(),
      searches: this.#searches.map((search) => search.snapshot()),
      counts: { classes: this.#classCounts, sources: this.#sourceCounts, spikesByClass: this.#spikesByClass, spikesBySource: this.#spikesBySource, classesBySource: this.#classesBySource },
    };
  }

  /** Of a run with the same baseline, options and mapping. */
  restore(state: CheckState): void {
    this.#rows = state.rows;
    this.encoder.restore(state.encoder);
    this.watcher.restore(state.watcher);
    this.#timeline.restore(state.timeline);
    if (state.windows !== undefined) this.#windows?.restore(state.windows);
    this.#sample.restore(state.sample);
    state.searches.forEach((search, i) => this.#searches[i]?.restore(search));
    const copy = <T>(from: readonly T[], to: T[]): void => from.forEach((value, i) => (to[i] = value));
    copy(state.counts.classes, this.#classCounts);
    copy(state.counts.sources, this.#sourceCounts);
    copy(state.counts.spikesByClass, this.#spikesByClass);
    copy(state.counts.spikesBySource, this.#spikesBySource);
    state.counts.classesBySource.forEach((mix, i) => (this.#classesBySource[i] = [...mix]));
  }

  get rows(): number {
    return this.#rows;
  }

  addRaw(raw: RawBatch): void {
    this.add(this.encoder.encode(raw));
  }

  add(batch: LogBatch): void {
    for (let from = 0; from < batch.rows; ) {
      const to = Math.min(batch.rows, from + this.#timeline.room());
      this.#timeline.add(batch, from, to);
      this.watcher.add(batch, from, to);
      this.#timeline.note(this.watcher.eValues());
      from = to;
    }
    this.#rows += batch.rows;
    this.#count(batch);
    this.#sample.add(batch);
    if (this.#searches.length > 0 && batch.prompt !== undefined) {
      const prompts = normalisedPrompts(batch);
      for (const search of this.#searches) search.add(batch, prompts);
    }
  }

  #count({ rows, row, output, source, latency }: LogBatch): void {
    const windows = this.#windows;
    for (let i = 0; i < rows; i++) {
      const at = output === undefined ? -1 : (output[i] as number);
      const from = source === undefined ? -1 : (source[i] as number);
      const slow = latency !== undefined && (latency[i] as number) > this.#slow;
      if (at >= 0) {
        this.#classCounts[at] = (this.#classCounts[at] ?? 0) + 1;
        if (slow) this.#spikesByClass[at] = (this.#spikesByClass[at] ?? 0) + 1;
        windows?.add(at, row[i] as number);
      }
      if (from < 0) continue;
      this.#sourceCounts[from] = (this.#sourceCounts[from] ?? 0) + 1;
      if (slow) this.#spikesBySource[from] = (this.#spikesBySource[from] ?? 0) + 1;
      if (at >= 0 && from < MOST_MIX_SOURCES) {
        const mix = (this.#classesBySource[from] ??= []);
        mix[at] = (mix[at] ?? 0) + 1;
      }
    }
  }

  /** May be called again and again while a log is followed; `share` of the false-discovery rate is spent on this look. */
  async finish(name: string, share = 1): Promise<MonitorView> {
    const { budget, window, level, seed, tool, signal, clock, earlier = [] } = this.#options;
    const timeline = this.#timeline.finish();
    const { labels } = this.encoder.classes;
    const sources = this.encoder.sources.labels;
    const sample = this.#sample.sorted();
    const clusters: Cluster[] = [];
    const searches = this.#searches.map((search) => ({ result: search.result(labels, sources), firstRow: search.firstRow }));
    const dense = (counts: readonly (number | undefined)[]): number[] => Array.from(counts, (count) => count ?? 0);
    const context: MonitorContext = {
      profile: this.#profile, labels, sources, classCounts: dense(this.#classCounts), sourceCounts: dense(this.#sourceCounts), spikesByClass: dense(this.#spikesByClass), spikesBySource: dense(this.#spikesBySource),
      classesBySource: Array.from(this.#classesBySource, (mix) => dense(mix ?? [])), sample, rows: this.#rows, malformed: this.encoder.malformed, scorer: this.#scorer, timeline, random: seeded(seed, 'monitors'), signal, clusters, searches,
    };
    const coverage: Coverage[] = [];
    const found: Suspicion[] = [];
    for (const monitor of MONITORS) {
      const begun = clock.now();
      const reason = monitor.inapplicable(this.#profile) ?? (this.#rows === 0 ? 'the log has no readable row' : missingIn(monitor.id, this.mapping, this.#profile.mapping) ?? this.watcher.untried(monitor.id) ?? (monitor.id === 'known-triggers' && searches.length === 0 ? 'no audit’s triggers were given' : undefined));
      const entry = { analysis: monitor.id, limits: monitor.limits };
      if (reason !== undefined) {
        coverage.push({ ...entry, status: 'skipped', reason, seconds: 0 });
        continue;
      }
      try {
        await breathe(signal);
        found.push(...((await monitor.run?.(context)) ?? []));
        coverage.push({ ...entry, status: 'ran', seconds: Math.round(clock.now() - begun) / 1000 });
      } catch (error) {
        if (error instanceof Cancelled || signal.aborted) throw new Cancelled();
        coverage.push({ ...entry, status: 'failed', reason: errorText(error), seconds: Math.round(clock.now() - begun) / 1000 });
      }
    }
    const timeOf = timesOf(timeline);
    const adjusted = benjaminiYekutieli(found.map(({ evidence }) => (evidence.kind === 'p' ? evidence.value : 0)));
    const fromBatches = found.map((suspicion, i) => ({ suspicion, adjusted: adjusted[i] ?? 1 })).filter((entry) => entry.adjusted <= FALSE_DISCOVERY_RATE * share);
    const fresh = [
      ...suspicionsOf(this.watcher.alarms, this.#profile, labels, budget).map((suspicion) => alertOf(suspicion, labels, timeOf)),
      ...fromBatches.map((entry) => alertOf(entry.suspicion, labels, timeOf, entry.adjusted)),
    ];
    const alerts = carryOver(ranked(fresh), earlier, this.#options.now ?? 0);
    const windows = this.#windows?.summary();
    const total = context.classCounts.reduce((a, b) => a + b, 0);
    const before = this.#profile.classes.counts.reduce((a, b) => a + b, 0);
    const [from, to] = [timeline.from.find((t) => !Number.isNaN(t)), timeline.to.findLast((t) => !Number.isNaN(t))];
    return {
      report: {
        schema: MONITOR_SCHEMA, tool,
        log: { name, rows: this.#rows, ...(from === undefined || to === undefined ? {} : { from, to }), malformed: this.encoder.malformed },
        baseline: { name: this.#profile.log.name, rows: this.#profile.log.rows, model: this.#profile.model },
        options: { budget, window, level, falseDiscoveryRate: FALSE_DISCOVERY_RATE * share, seed },
        state: stateOf(alerts, this.#rows), falseAlarmsAllowed: this.#rows * budget, alerts, monitors: coverage,
        ...(windows === undefined ? {} : { windows: withoutResults(windows) }),
        ...(searches.length === 0 ? {} : { triggers: searches.map(({ result: { trigger, holding, tested, pValue } }) => ({ trigger, holding, pValue, ...(tested === undefined ? {} : { tested }) })) }),
        classes: labels.map((label, i) => ({ label, count: context.classCounts[i] ?? 0, share: (context.classCounts[i] ?? 0) / Math.max(1, total), baselineShare: (this.#profile.classes.counts[i] ?? 0) / Math.max(1, before) })),
      },
      timeline, windows, labels: [...labels], sources: sources.slice(0, SHOWN_SOURCES - 1),
      map: mapOf(sample, clusters, this.#scorer), clusters: clusters.map(({ id, output, estimatedRows }) => ({ id, output, estimatedRows })),
    };
  }
}

/** edited: instead of the baseline's, where a person or a script said so. */
export function mappingFor({ mapping }: Profile, edited: ColumnMapping | undefined, guess: MappingGuess, log: string): ColumnMapping {
  return fitMapping(edited ?? withOwnParts(mapping, guess.mapping), guess.columns.map(({ name }) => name), log);
}

/** The parts that a monitor looks at, any of them. */
const NEEDS: Readonly<Record<string, readonly Role[]>> = {
  'class-shift': ['class', 'probabilities'], 'value-shift': ['value'], confidence: ['confidence', 'probabilities'], latency: ['latency'], 'latency-groups': ['latency'], resources: ['cpu', 'gpu', 'memory'],
  'out-of-distribution': ['features', 'probabilities'], clusters: ['features'], neighbours: ['features'], 'prompt-patterns': ['prompt'], 'known-triggers': ['prompt'], sources: ['source'], 'source-shares': ['source'], times: ['time'],
};

/** Baseline and log may differ in what they hold: what the log lacks is not tested. */
function missingIn(monitor: string, mapping: ColumnMapping, baseline: ColumnMapping): string | undefined {
  const roles = NEEDS[monitor];
  if (roles === undefined || roles.some((role) => mapping[role] !== undefined)) return undefined;
  const names = roles.flatMap((role) => [baseline[role] ?? []].flat());
  return names.length === 0 ? 'this log lacks the column' : `this log lacks the column ${names[0] ?? ''}`;
}

function timelineShape(profile: Profile): TimelineShape {
  const range = (low: number, high: number): readonly [number, number] => [low, high > low ? high : low + 1];
  const { latency, value } = profile;
  return {
    classes: Math.max(1, Math.min(profile.classes.labels.length + 1, SHOWN_CLASSES)), sources: SHOWN_SOURCES,
    latency: latency === undefined ? undefined : range(Math.log10(Math.max(1e-3, quantileOf(latency.all, 0.001))) - 0.3, Math.log10(Math.max(1e-3, quantileOf(latency.all, 0.999))) + 0.6),
    value: value === undefined ? undefined : range(quantileOf(value, 0.001), quantileOf(value, 0.999)),
  };
}

function slowThreshold({ families }: Profile): number {
  const rule = families.find(({ id }) => id === 'latency')?.rule;
  return rule?.kind === 'above' ? (rule.thresholds.at(-1) ?? Infinity) : Infinity;
}

function timesOf({ bins, firstRow, from, to, rows }: Timeline): (row: number) => Milliseconds | undefined {
  return (row) => {
    let bin = bins - 1;
    while (bin > 0 && (firstRow[bin] ?? 0) > row) bin--;
    const [start, end] = [from[bin] ?? Number.NaN, to[bin] ?? Number.NaN];
    if (Number.isNaN(start)) return undefined;
    return start + (end - start) * Math.min(1, Math.max(0, (row - (firstRow[bin] ?? 0)) / Math.max(1, rows[bin] ?? 1)));
  };
}

function ranked(alerts: readonly Alert[]): Alert[] {
  const weight = ({ severity }: Alert): number => ['info', 'low', 'medium', 'high', 'critical'].indexOf(severity);
  const strength = ({ evidence }: Alert): number => (evidence.kind === 'e' ? Math.log10(evidence.value) : -Math.log10(Math.max(1e-300, evidence.value)));
  return [...alerts].sort((a, b) => weight(b) - weight(a) || strength(b) - strength(a) || (a.id < b.id ? -1 : 1));
}

function withoutResults<T extends { readonly results: unknown }>({ results: _, ...rest }: T): Omit<T, 'results'> {
  return rest;
}

/** Two directions of the whitened space: the clusters' where there are any, else the widest of the sample. */
function mapOf(sample: readonly SampledRow[], clusters: readonly Cluster[], scorer: FeatureScorer | undefined): MapPoint[] {
  if (scorer === undefined) return [];
  const inCluster = new Map(clusters.flatMap(({ members }, index) => members.map((at) => [at, index] as const)));
  const step = Math.max(1, Math.floor(sample.length / MAP_POINTS));
  const shown = sample.map((row, at) => ({ row, at })).filter(({ row, at }) => row.features !== undefined && (at % step === 0 || (inCluster.has(at) && at % Math.max(1, step >> 2) === 0))).slice(0, 2 * MAP_POINTS);
  const places = shown.map(({ row }) => scorer.place(row.features ?? []));
  const rank = places[0]?.length ?? 0;
  const mean = (test: (at: number) => boolean): Float64Array => {
    const sum = new Float64Array(rank);
    let count = 0;
    shown.forEach(({ at }, i) => {
      if (!test(at)) return;
      count++;
      for (let k = 0; k < rank; k++) sum[k] = (sum[k] ?? 0) + (places[i]?.[k] ?? 0);
    });
    return sum.map((x) => x / Math.max(1, count));
  };
  const usual = mean((at) => !inCluster.has(at));
  const spread = Array.from({ length: rank }, (_, k) => places.reduce((sum, place) => sum + ((place[k] ?? 0) - (usual[k] ?? 0)) ** 2, 0));
  const axes = [...spread.keys()].sort((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0));
  const unit = (k: number | undefined): Float64Array => Float64Array.from({ length: rank }, (_, i) => (i === k ? 1 : 0));
  const away = clusters.length > 0 ? mean((at) => inCluster.get(at) === 0).map((x, k) => x - (usual[k] ?? 0)) : unit(axes[0]);
  const first = normalised(away);
  const candidate = unit(axes.find((k) => Math.abs(first[k] ?? 0) < 0.7) ?? axes[0]);
  const along = dot(candidate, first);
  const second = normalised(candidate.map((x, k) => x - along * (first[k] ?? 0)));
  return shown.map(({ row, at }, i) => {
    const place = places[i] ?? new Float64Array(rank);
    return {
      row: row.row, x: dot(place, first), y: dot(place, second), output: row.output, score: scorer.score(row.features ?? []), latency: row.latency, confidence: row.confidence, cluster: inCluster.get(at) ?? -1,
    };
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function normalised(vector: Float64Array): Float64Array {
  const norm = Math.hypot(...vector);
  return norm > 0 ? vector.map((x) => x / norm) : vector;
}
