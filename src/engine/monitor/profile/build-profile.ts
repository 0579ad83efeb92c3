// A log, read once -> the baseline of a model version. The first rows set the thresholds (families.ts), all rows count.
import { ArtifactError } from '../../core/artifact-error.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import { quantile } from '../../core/statistics.ts';
import type { ColumnMapping } from '../log/columns.ts';
import { Encoder, type LogBatch, type MalformedSummary } from '../log/encode.ts';
import { LOG_LIMITS } from '../log/limits.ts';
import { readLog, type Log } from '../log/open-log.ts';
import { DispersionMeter } from '../sequence/dependence.ts';
import { FamilyRouter, hourOf, type Family, type FamilyRule, type FamilySink, type Measured } from './families.ts';
import { FeatureScorer, fitFeatureSpace, type FeatureSpace } from './feature-space.ts';
import { LogHistogram, type Distribution } from './log-histogram.ts';
import { BASELINE_SCHEMA, type Profile } from './profile.ts';
import { GramCounter } from './prompt-grams.ts';
import { Reservoir } from './reservoir.ts';

/** Rows that set thresholds and the feature space. */
const PILOT_ROWS = 20_000;
const FEWEST_ROWS = 200;
const SAMPLE_ROWS = 20_000;
/** Feature vectors kept in the file: more make small groups stand out sooner, numbers make the file large. */
const KEPT_POINTS = 8000;
const KEPT_NUMBERS = 160_000;
const MOST_PROMPTS = 100_000;
const MOST_CONFIDENCE_CLASSES = 64;
const FEWEST_OF_CLASS = 100;
const KEPT_SOURCES = 20_000;
export const BAND_LEVEL = 0.99;

export interface ProfileOptions {
  readonly model?: { readonly name?: string; readonly sha256?: string };
  readonly tool: { readonly name: string; readonly version: string };
  readonly signal: CancelSignal;
  readonly onProgress?: (rows: number) => void;
}

export interface BuiltProfile {
  readonly profile: Profile;
  readonly malformed: MalformedSummary;
}

export async function buildProfile(log: Log, mapping: ColumnMapping, options: ProfileOptions): Promise<BuiltProfile> {
  if (mapping.class === undefined && mapping.value === undefined && mapping.probabilities === undefined) {
    throw new ArtifactError({ code: 'invalid-config', format: 'log', file: log.name, field: 'mapping', expected: 'a column with the predicted class or value', actual: 'none' });
  }
  const builder = new ProfileBuilder(mapping);
  for await (const raw of readLog(log, mapping, options.signal)) {
    await breathe(options.signal);
    builder.add(builder.encoder.encode(raw));
    options.onProgress?.(builder.encoder.rows);
  }
  return { profile: builder.finish(log.name, options), malformed: builder.encoder.malformed };
}

class ProfileBuilder {
  readonly encoder: Encoder;
  readonly #mapping: ColumnMapping;
  readonly #pilot: LogBatch[] = [];
  #pilotRows = 0;
  #watch: Watch | undefined;
  #rows = 0;
  #from = Infinity;
  #to = -Infinity;
  readonly #classCounts: number[] = [];
  readonly #all = { value: new LogHistogram(), unlikeliness: new LogHistogram(), latency: new LogHistogram(), cpu: new LogHistogram(), gpu: new LogHistogram(), memory: new LogHistogram() };
  readonly #unlikelinessByClass: LogHistogram[] = [];
  readonly #latencyByClass: LogHistogram[] = [];
  readonly #hours = new Array<number>(24).fill(0);
  readonly #sources: number[] = [];
  readonly #sample = new Reservoir(SAMPLE_ROWS, (from) => seeded(0, 'baseline sample', from));
  readonly #grams = new GramCounter();

  constructor(mapping: ColumnMapping) {
    this.#mapping = mapping;
    this.encoder = new Encoder(mapping);
  }

  add(batch: LogBatch): void {
    this.#rows += batch.rows;
    this.#describe(batch);
    if (this.#watch !== undefined) {
      this.#watch.route(batch);
      return;
    }
    this.#pilot.push(batch);
    this.#pilotRows += batch.rows;
    if (this.#pilotRows >= PILOT_ROWS) this.#endPilot();
  }

  #endPilot(): void {
    this.#watch = watchOf(this.#pilot);
    for (const batch of this.#pilot.splice(0)) this.#watch.route(batch);
  }

  #describe(batch: LogBatch): void {
    const { output, confidence, latency, time, source } = batch;
    for (const role of ['value', 'cpu', 'gpu', 'memory'] as const) {
      const values = batch[role];
      if (values !== undefined) for (let i = 0; i < values.length; i++) this.#all[role].add(values[i] as number);
    }
    for (let i = 0; i < batch.rows; i++) {
      const at = output === undefined ? -1 : (output[i] as number);
      if (at >= 0) this.#classCounts[at] = (this.#classCounts[at] ?? 0) + 1;
      if (confidence !== undefined) {
        const unlikeliness = 1 - (confidence[i] as number);
        this.#all.unlikeliness.add(unlikeliness);
        if (at >= 0 && at < MOST_CONFIDENCE_CLASSES) (this.#unlikelinessByClass[at] ??= new LogHistogram()).add(unlikeliness);
      }
      if (latency !== undefined) {
        this.#all.latency.add(latency[i] as number);
        if (at >= 0 && at < MOST_CONFIDENCE_CLASSES) (this.#latencyByClass[at] ??= new LogHistogram()).add(latency[i] as number);
      }
      const when = time?.[i] ?? Number.NaN;
      if (!Number.isNaN(when)) {
        if (when < this.#from) this.#from = when;
        if (when > this.#to) this.#to = when;
        const hour = hourOf(when);
        this.#hours[hour] = (this.#hours[hour] ?? 0) + 1;
      }
      const from = source?.[i] ?? -1;
      if (from >= 0) this.#sources[from] = (this.#sources[from] ?? 0) + 1;
      if (batch.prompt !== undefined && this.#grams.documents < MOST_PROMPTS) this.#grams.add(batch.prompt[i] ?? '', at);
    }
    if (batch.features !== undefined) this.#sample.add({ ...batch, prompt: undefined });
  }

  finish(name: string, { model = {}, tool }: Pick<ProfileOptions, 'model' | 'tool'>): Profile {
    if (this.#rows < FEWEST_ROWS) throw new ArtifactError({ code: 'malformed', format: 'log', file: name, field: 'rows', expected: `at least ${FEWEST_ROWS} readable rows for a baseline`, actual: String(this.#rows) });
    if (this.#watch === undefined) this.#endPilot();
    const watch = this.#watch as Watch;
    const { labels } = this.encoder.classes;
    const mapping = this.#mapping;
    const of = (histogram: LogHistogram): Distribution => histogram.toDistribution();
    const has = (histogram: LogHistogram): boolean => histogram.count > 0;
    const { value, unlikeliness, latency, cpu, gpu, memory } = this.#all;
    const points = this.#sample.sorted();
    const most = Math.max(500, Math.min(KEPT_POINTS, Math.floor(KEPT_NUMBERS / Math.max(1, watch.space?.dimensions ?? 1))));
    const kept = points.filter((_, i) => Math.floor(((i + 1) * most) / points.length) > Math.floor((i * most) / points.length));
    const sources = this.encoder.sources.labels.map((label, i) => ({ label, count: this.#sources[i] ?? 0 })).sort((a, b) => b.count - a.count).slice(0, KEPT_SOURCES);
    return {
      schema: BASELINE_SCHEMA, tool, model, mapping, bandLevel: BAND_LEVEL,
      log: { name, rows: this.#rows, malformed: this.encoder.malformed.count, ...(Number.isFinite(this.#from) ? { from: this.#from, to: this.#to } : {}) },
      classes: { labels: [...labels], counts: labels.map((_, i) => this.#classCounts[i] ?? 0) },
      ...(has(value) ? { value: of(value) } : {}),
      ...(has(unlikeliness) ? { unlikeliness: { all: of(unlikeliness), byClass: Array.from(this.#unlikelinessByClass, (histogram) => of(histogram ?? new LogHistogram())) } } : {}),
      ...(has(latency) ? { latency: { all: of(latency), byClass: Array.from(this.#latencyByClass, (histogram) => of(histogram ?? new LogHistogram())) } } : {}),
      ...(has(cpu) ? { cpu: of(cpu) } : {}),
      ...(has(gpu) ? { gpu: of(gpu) } : {}),
      ...(has(memory) ? { memory: of(memory) } : {}),
      families: watch.families(labels),
      ...(watch.space === undefined ? {} : { features: { space: watch.space, sample: kept.map(({ features }) => Array.from(features ?? [], (x) => Number(x.toPrecision(5)))), sampleOutputs: kept.map(({ output }) => output) } }),
      ...(mapping.prompt === undefined ? {} : { prompts: this.#grams.toProfile() }),
      ...(mapping.source === undefined ? {} : { sources: { labels: sources.map(({ label }) => label), counts: sources.map(({ count }) => count), distinct: this.encoder.sources.labels.length } }),
      ...(mapping.time === undefined ? {} : { hours: [...this.#hours] }),
    };
  }
}

/** Families under way: rules, and a meter for each. */
interface Watch {
  readonly space: FeatureSpace | undefined;
  route(batch: LogBatch): void;
  families(labels: readonly string[]): Family[];
}

interface Draft {
  readonly id: string;
  readonly monitor: string;
  readonly rule: FamilyRule;
  readonly labels: readonly string[];
}

function watchOf(pilot: readonly LogBatch[]): Watch {
  const vectors = pilot.flatMap(({ features, dimensions, rows }) => (features === undefined ? [] : Array.from({ length: rows }, (_, i) => features.subarray(i * dimensions, (i + 1) * dimensions))));
  const outputs = pilot.flatMap(({ output, rows }) => Array.from({ length: rows }, (_, i) => output?.[i] ?? -1));
  const space = fitFeatureSpace(vectors, outputs);
  const scorer = space === undefined ? undefined : new FeatureScorer(space);
  const drafts = draftFamilies(pilot, scorer);
  const meters = drafts.map(({ rule, labels }) => new DispersionMeter(rule.kind === 'class' ? LOG_LIMITS.classes : labels.length));
  // A baseline knows all its classes. Sources are new to it where the pilot's first half had not seen them: later logs
  // know more sources, so this rate is on the safe side.
  const firstHalf = pilot.slice(0, Math.max(1, Math.floor(pilot.length / 2)));
  const known = firstHalf.reduce((most, { source, rows }) => (source === undefined ? most : source.subarray(0, pilot.length === 1 ? rows >> 1 : rows).reduce((a, b) => Math.max(a, b), most)), -1) + 1;
  const router = new FamilyRouter(drafts.map(({ rule }) => rule), { classes: LOG_LIMITS.classes, sources: known }, scorer);
  const sink: FamilySink = {
    trial: () => undefined,
    hit: (family, event) => meters[family]?.hit(event),
    endTrial: (family) => meters[family]?.endTrial(),
  };
  return {
    space,
    route: (batch) => router.route(batch, sink),
    families: (classLabels) => drafts.map(({ id, monitor, rule, labels }, index) => {
      const meter = meters[index] ?? new DispersionMeter(0);
      const named = rule.kind === 'class' ? [...classLabels, 'a class never seen before'] : labels;
      return { id, monitor, rule, trials: meter.trials, events: named.map((label, event) => ({ id: `${id}/${event}`, label, hits: meter.hits(event), inflation: meter.inflation(event) })) };
    }),
  };
}

function draftFamilies(pilot: readonly LogBatch[], scorer: FeatureScorer | undefined): Draft[] {
  const drafts: Draft[] = [];
  const all = (pick: (batch: LogBatch) => ArrayLike<number> | undefined): number[] => pilot.flatMap((batch) => Array.from(pick(batch) ?? []).filter(Number.isFinite));
  if (pilot.some(({ output }) => output !== undefined)) drafts.push({ id: 'class', monitor: 'class-shift', rule: { kind: 'class' }, labels: [] });
  const values = all(({ value }) => value);
  if (values.length > 0) {
    const edges = [...new Set(Array.from({ length: 9 }, (_, i) => quantile(values, (i + 1) / 10)))];
    drafts.push({ id: 'value', monitor: 'value-shift', rule: { kind: 'value', edges }, labels: Array.from({ length: edges.length + 1 }, (_, i) => `${i === 0 ? 'below' : short(edges[i - 1] ?? 0)}${i > 0 && i < edges.length ? ' to' : i === edges.length ? ' and above' : ''} ${i < edges.length ? short(edges[i] ?? 0) : ''}`.trim()) });
  }
  const byClass = new Map<number, number[]>();
  for (const { output, confidence, rows } of pilot) {
    if (output === undefined || confidence === undefined) continue;
    for (let i = 0; i < rows; i++) {
      const at = output[i] ?? -1;
      const list = byClass.get(at) ?? [];
      list.push(confidence[i] ?? Number.NaN);
      byClass.set(at, list);
    }
  }
  for (const [output, confidences] of [...byClass].sort((a, b) => a[0] - b[0])) {
    const finite = confidences.filter(Number.isFinite);
    if (finite.length < FEWEST_OF_CLASS || drafts.length > MOST_CONFIDENCE_CLASSES) continue;
    drafts.push({
      id: `confidence/${output}`, monitor: 'confidence', labels: ['unusually low confidence', 'unusually high confidence', 'confidence below the usual middle'],
      rule: { kind: 'confidence', output, low: quantile(finite, 0.01), middle: quantile(finite, 0.5), high: quantile(finite, 0.99) },
    });
  }
  const above = (column: Measured, monitor: string, levels: readonly number[]): void => {
    const measured = all((batch) => batch[column]);
    if (measured.length < FEWEST_OF_CLASS) return;
    drafts.push({ id: column, monitor, rule: { kind: 'above', column, thresholds: levels.map((level) => quantile(measured, level)) }, labels: levels.map((level) => `${column} above ${level * 100} % of the baseline’s`) });
  };
  above('latency', 'latency', [0.5, 0.95, 0.99]);
  above('cpu', 'resources', [0.5, 0.99]);
  above('gpu', 'resources', [0.5, 0.99]);
  above('memory', 'resources', [0.5, 0.99]);
  above('energy', 'out-of-distribution', [0.99]);
  if (scorer !== undefined) {
    const distances = pilot.flatMap(({ features, dimensions, rows }) => (features === undefined ? [] : Array.from({ length: rows }, (_, i) => scorer.score(features, i * dimensions))));
    drafts.push({ id: 'distance', monitor: 'out-of-distribution', rule: { kind: 'distance', threshold: quantile(distances, 0.99) }, labels: ['inputs farther out than the usual 99 %'] });
  }
  if (pilot.some(({ source }) => source !== undefined)) drafts.push({ id: 'source', monitor: 'sources', rule: { kind: 'source' }, labels: ['sources never seen before'] });
  const hours = new Array<number>(24).fill(0);
  let timed = 0;
  for (const when of all(({ time }) => time)) {
    hours[hourOf(when)] = (hours[hourOf(when)] ?? 0) + 1;
    timed++;
  }
  const rare = hours.flatMap((count, hour) => (count < 0.002 * timed ? [hour] : []));
  // A baseline of a few hours says nothing about the others.
  if (timed > 0 && rare.length > 0 && rare.length < 16) drafts.push({ id: 'hour', monitor: 'times', rule: { kind: 'hour', rare }, labels: ['hours of the day that are usually quiet'] });
  return drafts;
}

function short(x: number): string {
  return Number(x.toPrecision(4)).toString();
}
