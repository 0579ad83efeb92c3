// Classifier over an ONNX graph, given or built: cuts rows into batches, reads logits, keeps tapped sessions.
import { ArtifactError } from '../core/artifact-error.ts';
import { breathe, NEVER, type CancelSignal } from '../core/cancel.ts';
import { editedGraph } from '../graph/edited-graph.ts';
import { SMALLEST_PROBABILITY } from '../graph/gradient/read-scores.ts';
import { withOutputs } from '../graph/softmax-taps.ts';
import { planBatches, type BatchLimits } from './batches.ts';
import type { Feeder } from './classifier-feeds.ts';
import type { Classifier, ClassifierGraph, OutputReading } from './classifier.ts';
import { toFloats } from './half-tensors.ts';
import { refuseNoNumbers } from './refuse-no-numbers.ts';
import type { GraphFile, HostTensor, Runtime, Session } from './session.ts';

export interface ClassifierParts<Spec, Batch> {
  readonly spec: Spec;
  readonly labels: (classes: number) => readonly string[];
  readonly graph: ClassifierGraph;
  readonly runtime: Runtime;
  readonly feeder: Feeder<Batch>;
  readonly limits: BatchLimits;
  /** Rows that every run must have; undefined where the graph's batch is free. */
  readonly fixedBatch: number | undefined;
  readonly ending: 'none' | 'softmax' | 'log-softmax' | 'sigmoid';
  /** A few rows to learn from how many classes there are and what the output is. */
  readonly sample: Batch;
  /** Of one output alone: inputs that show how far it goes, each batch small enough for one run. */
  readonly varied: () => Iterable<Batch>;
}

export async function openOnnxClassifier<Spec, Batch>(parts: ClassifierParts<Spec, Batch>): Promise<Classifier<Spec, Batch>> {
  const { graph, runtime } = parts;
  const declared = graph.info.outputs.some(({ name }) => name === graph.logits);
  const session = await runtime.createSession(declared ? graph.file : tapped(graph.file, [graph.logits]));
  try {
    const probe = await runOnce(session, parts, parts.sample);
    const single = probe.values.length === probe.rows;
    const likely = parts.ending === 'none' && allFromZeroToOne(probe.values) && !(single && (await leavesZeroToOne(session, parts)));
    return new OnnxClassifier(parts, session, readOutput(probe, parts.ending, likely));
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

class OnnxClassifier<Spec, Batch> implements Classifier<Spec, Batch> {
  readonly spec: Spec;
  readonly classes: number;
  readonly labels: readonly string[];
  readonly output: OutputReading;
  readonly graph: ClassifierGraph;
  readonly runtime: Runtime;
  readonly maxRows: number;
  readonly #parts: ClassifierParts<Spec, Batch>;
  readonly #session: Session;
  readonly #reading: Reading;
  readonly #taps = new Map<string, Promise<Session>>();
  #rowsRun = 0;
  #tokensRun = 0;

  constructor(parts: ClassifierParts<Spec, Batch>, session: Session, reading: Reading) {
    this.#parts = parts;
    this.#session = session;
    this.#reading = reading;
    this.spec = parts.spec;
    this.classes = reading.classes;
    this.labels = parts.labels(reading.classes);
    this.output = reading.output;
    this.graph = { ...parts.graph, values: reading.output.kind === 'probabilities' ? 'probabilities' : 'logits' };
    this.runtime = parts.runtime;
    this.maxRows = parts.fixedBatch ?? parts.limits.maxRows;
  }

  get rowsRun(): number {
    return this.#rowsRun;
  }

  get tokensRun(): number {
    return this.#tokensRun;
  }

  async scores(batch: Batch, signal: CancelSignal = NEVER): Promise<Float32Array> {
    const { feeder, limits } = this.#parts;
    const { classes } = this;
    const lengths = feeder.lengths(batch);
    const logits = new Float32Array(lengths.length * classes);
    for (const rows of planBatches(lengths, limits)) {
      await breathe(signal);
      const raw = await runOnce(this.#session, this.#parts, feeder.take(batch, rows));
      const read = this.#reading.read(raw.values, rows.length);
      refuseNoNumbers(read, this.#parts.graph.logits);
      for (const [at, row] of rows.entries()) logits.set(read.subarray(at * classes, (at + 1) * classes), row * classes);
      this.#rowsRun += rows.length;
      this.#tokensRun += rows.reduce((sum, row) => sum + (lengths[row] ?? 0), 0);
    }
    return logits;
  }

  feeds(batch: Batch): Readonly<Record<string, HostTensor>> {
    return feedsOf(this.#parts, batch);
  }

  async tap(batch: Batch, names: readonly string[], signal: CancelSignal = NEVER): Promise<Readonly<Record<string, HostTensor>>> {
    await breathe(signal);
    const session = await this.#openTapped(names);
    const { host } = await session.run(this.feeds(batch), names);
    return host;
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
    for (const opening of this.#taps.values()) await (await opening.catch(() => undefined))?.dispose();
    this.#taps.clear();
  }

  #openTapped(names: readonly string[]): Promise<Session> {
    const key = names.join('\n');
    const known = this.#taps.get(key);
    if (known !== undefined) return known;
    const declared = new Set(this.graph.info.outputs.map(({ name }) => name));
    const opening = this.runtime.createSession(tapped(this.graph.file, names.filter((name) => !declared.has(name))));
    this.#taps.set(key, opening);
    opening.catch(() => this.#taps.delete(key));
    return opening;
  }
}

/** The same graph with more of its values as outputs. */
export function tapped(file: GraphFile, names: readonly string[]): GraphFile {
  return editedGraph(file, 'taps', (model) => withOutputs(model, names));
}

interface RawOutput {
  readonly values: Float32Array;
  readonly rows: number;
}

function feedsOf<Spec, Batch>({ feeder, fixedBatch }: ClassifierParts<Spec, Batch>, batch: Batch): Record<string, HostTensor> {
  const rows = feeder.rows(batch);
  if (fixedBatch !== undefined && rows > fixedBatch) throw new RangeError(`${rows} rows in a graph whose batch is fixed at ${fixedBatch}`);
  return feeder.feeds(batch, fixedBatch ?? rows);
}

async function runOnce<Spec, Batch>(session: Session, parts: ClassifierParts<Spec, Batch>, batch: Batch): Promise<RawOutput> {
  const { graph, feeder, fixedBatch } = parts;
  const rows = feeder.rows(batch);
  const { host } = await session.run(feedsOf(parts, batch), [graph.logits]);
  const tensor = host[graph.logits];
  if (tensor === undefined) throw new TypeError(`the run did not return ${graph.logits}`);
  const values = toFloats(tensor);
  const run = fixedBatch ?? rows;
  if (values.length === 0 || values.length % run !== 0)
    throw new ArtifactError({ code: 'shape-mismatch', format: 'onnx', file: graph.file.name, field: graph.logits, expected: `scores for ${run} rows`, actual: `[${tensor.dims.join(', ')}]` });
  return { values: values.subarray(0, (values.length / run) * rows), rows };
}

/** Classes beyond this are no classifier's: a vocabulary, or pixels. */
const MAX_CLASSES = 50_000;

interface Reading {
  readonly classes: number;
  readonly output: OutputReading;
  /** Raw values of `rows` rows -> logits [rows, classes]. */
  read(values: Float32Array, rows: number): Float32Array;
}

function allFromZeroToOne(values: Float32Array): boolean {
  return values.every((value) => value >= -1e-6 && value <= 1 + 1e-6);
}

async function leavesZeroToOne<Spec, Batch>(session: Session, parts: ClassifierParts<Spec, Batch>): Promise<boolean> {
  for (const batch of parts.varied()) if (!allFromZeroToOne((await runOnce(session, parts, batch)).values)) return true;
  return false;
}

/** `probabilities`: all that was seen lies from 0 to 1, and nothing else is known of the output. */
function readOutput({ values, rows }: RawOutput, ending: ClassifierParts<unknown, unknown>['ending'], probabilities: boolean): Reading {
  const width = values.length / rows;
  if (width > MAX_CLASSES) throw new ArtifactError({ code: 'unsupported-format', format: 'onnx', field: 'output', expected: `at most ${MAX_CLASSES} classes`, actual: String(width) });
  if (width === 1) {
    // One output says how much it is the second of two classes.
    const toLogit = probabilities ? (value: number) => Math.log(Math.max(value, SMALLEST_PROBABILITY) / Math.max(1 - value, SMALLEST_PROBABILITY)) : (value: number) => value;
    const seen = ending !== 'none' ? '' : probabilities ? '; it stays between 0 and 1' : '; it leaves 0 to 1, so that it is a logit';
    const output: OutputReading = { kind: probabilities ? 'probabilities' : 'sigmoid', why: `one output: taken as the second of two classes${seen}` };
    return { classes: 2, output, read: (raw, count) => Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? 0 : toLogit(raw[at >> 1] ?? 0))) };
  }
  const sumsToOne = probabilities && Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0)).every((sum) => Math.abs(sum - 1) < 1e-3);
  if (sumsToOne) {
    const output: OutputReading = { kind: 'probabilities', why: 'every row sums to 1 and no Softmax was found: logarithms of it are read' };
    return { classes: width, output, read: (raw) => raw.map((value) => Math.log(Math.max(value, SMALLEST_PROBABILITY))) };
  }
  const why = ending === 'none' ? 'rows do not sum to 1' : `the graph ends in ${ending}; what goes into it is read`;
  return { classes: width, output: { kind: ending === 'none' ? 'logits' : ending, why }, read: (raw) => raw.slice() };
}
