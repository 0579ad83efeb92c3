// Runs one model on the public and the secret probes and keeps what fingerprints are computed from. Tapped tensors and stored
// weights are read as extra outputs of the same graph, so any ONNX classifier can be traced without knowing how it was made.
import type { Artifact } from '../../artifact/artifact.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { breathe, throwIfCancelled, type CancelSignal } from '../../core/cancel.ts';
import { editedGraph } from '../../graph/edited-graph.ts';
import { buildInputGradient } from '../../graph/gradient/input-gradient.ts';
import { withOutputs } from '../../graph/softmax-taps.ts';
import { argmaxRows, softmaxRows } from '../../runtime/classifier.ts';
import type { GraphFile, HostTensor, Runtime, Session } from '../../runtime/session.ts';
import { NumpyRandomState } from '../random/numpy-random-state.ts';
import { probeInputs, PUBLIC_COUNT, PUBLIC_SEED } from '../probe-inputs.ts';
import { secretProbes, type ChangeFamily, type SecretProbes } from './secret-probes.ts';
import { openSubject, type InputKind, type Subject } from './subject.ts';
import { defaultTaps, weightedLayers, type WeightedLayer } from './taps.ts';

export interface TraceOptions {
  /** Of the reference inputs: 42 is the source's, known to everyone. */
  readonly publicSeed?: number;
  readonly secretSeed: number;
  /** Tensors to tap, earliest first; the default rule's where undefined. */
  readonly taps?: readonly string[];
  /** Norms of input gradients: two more sessions a model. */
  readonly gradients?: boolean;
  /** The user's own inputs, one row each, in the graph's shape. */
  readonly examples?: readonly Float32Array[];
}

export interface TapTrace {
  readonly tensor: string;
  /** Of one row. */
  readonly dims: readonly number[];
  /** Float32Array [inputs, units], units = product of dims. */
  readonly values: Float32Array;
}

export interface LayerWeights extends WeightedLayer {
  readonly values: Float32Array;
  readonly biases: Float32Array | undefined;
}

export interface ModelTrace {
  readonly kind: InputKind;
  readonly shape: readonly number[];
  readonly classes: number;
  /** Public reference inputs, examples after them. */
  readonly inputs: number;
  /** Float32Array [inputs, classes]. */
  readonly probabilities: Float32Array;
  readonly taps: readonly TapTrace[];
  /** Length of d(loss)/d(input) for each public input, loss against the model's own answer; why not where a text. */
  readonly gradientNorms: Float64Array | string;
  readonly layers: readonly LayerWeights[];
  readonly secret: SecretTrace;
}

export interface SecretTrace {
  readonly bases: number;
  readonly families: readonly ChangeFamily[];
  /** Float32Array [1 + changes, bases, classes]. */
  readonly probabilities: Float32Array;
  /** [taps][changes]: how far the change moves the tapped layer, relative to its length, mean over bases. */
  readonly layerChange: readonly Float64Array[];
}

/** Weights beyond this are not read: statistics of the head and of small layers are enough. */
const MAX_WEIGHTS = 2 ** 21;
/** Of one input: a wider layer takes gigabytes over all probes. */
const MAX_TAP_UNITS = 2 ** 18;
/** More scores than these are no classifier's, and fill the memory. */
const MAX_CLASSES = 50_000;
/** Numbers beyond this drown every other one; squared, they are none in single precision. */
const LARGEST = 1e30;
/** Values one run may return. */
const MAX_RUN_VALUES = 2 ** 23;

export async function traceModel(artifact: Artifact, runtime: Runtime, options: TraceOptions, signal: CancelSignal): Promise<ModelTrace> {
  const subject = await openSubject(artifact, runtime, signal);
  try {
    return await traceSubject(subject, artifact.name, runtime, options, signal);
  } finally {
    await subject.dispose();
  }
}

async function traceSubject(subject: Subject, name: string, runtime: Runtime, options: TraceOptions, signal: CancelSignal): Promise<ModelTrace> {
  const { shape, kind, logits } = subject;
  const size = shape.reduce((product, dim) => product * dim, 1);
  const taps = options.taps ?? defaultTaps(subject.info);
  const made = new Set(subject.info.nodes.flatMap(({ outputs }) => outputs));
  const unknown = taps.find((tap) => !made.has(tap));
  if (unknown !== undefined) throw new ArtifactError({ code: 'missing-tensor', format: 'fingerprint', file: name, field: 'taps', expected: 'tensors that the graph makes', actual: unknown.slice(0, 200) });
  const layers = weightedLayers(subject.info).filter(({ weightDims }) => weightDims.reduce((product, dim) => product * dim, 1) <= MAX_WEIGHTS);
  const weights = layers.flatMap(({ weight, bias }) => (bias === undefined ? [weight] : [weight, bias]));
  const examples = options.examples ?? [];
  const wrong = examples.find(({ length }) => length !== size);
  if (wrong !== undefined) throw new ArtifactError({ code: 'shape-mismatch', format: 'fingerprint', file: name, field: 'examples', expected: `inputs of ${size} values`, actual: `${wrong.length}` });
  const publicValues = makePublicInputs(subject, size, options.publicSeed ?? PUBLIC_SEED, examples);
  const inputs = publicValues.length / size;
  await breathe(signal);
  const session = await runtime.createSession(withTaps(subject, [...taps, ...weights]));
  try {
    const stored = weights.length === 0 ? {} : (await session.run(subject.feeds(publicValues.subarray(0, size), 1), weights)).host;
    const ran = await runRows(subject, session, publicValues, inputs, [logits, ...taps], signal);
    const classes = (ran[logits]?.length ?? 0) / inputs;
    if (!Number.isInteger(classes) || classes < 2) throw new ArtifactError({ code: 'unsupported-format', format: 'fingerprint', file: name, field: logits, expected: 'scores of two or more classes', actual: String(classes) });
    if (classes > MAX_CLASSES) throw new ArtifactError({ code: 'limit-exceeded', format: 'fingerprint', file: name, field: logits, expected: `at most ${MAX_CLASSES} classes`, actual: String(classes) });
    for (const tensor of [logits, ...taps]) refuseNonFinite(name, tensor, ran[tensor], `on the reference inputs (${inputs})`);
    for (const tensor of weights) refuseNonFinite(name, tensor, floatsOf(stored[tensor]), 'among the stored weights');
    const probes = probesFor(subject, options, examples);
    const secret = await runSecret(subject, session, probes, taps, signal);
    refuseNonFinite(name, logits, secret.logits, 'on changed inputs');
    return {
      kind, shape, classes, inputs,
      probabilities: softmaxRows(ran[logits] ?? new Float32Array(), classes),
      taps: taps.map((tensor): TapTrace => {
        const values = ran[tensor] ?? new Float32Array();
        return { tensor, dims: ran.dims(tensor), values };
      }),
      gradientNorms: options.gradients === true ? await gradientNorms(subject, runtime, publicValues, size, ran[logits] ?? new Float32Array(), classes, signal) : 'not asked for',
      layers: layers.map((layer) => ({ ...layer, values: floatsOf(stored[layer.weight]), biases: layer.bias === undefined ? undefined : floatsOf(stored[layer.bias]) })),
      secret: {
        bases: probes.bases,
        families: probes.families,
        probabilities: softmaxRows(secret.logits, classes),
        layerChange: secret.layerChange,
      },
    };
  } finally {
    await session.dispose();
  }
}

/** Of the last model's shape: a folder of models of one shape draws them once. */
const drawn = new WeakMap<TraceOptions, { readonly key: string; readonly probes: SecretProbes }>();

function probesFor({ kind, shape, vocabularySize }: Subject, options: TraceOptions, examples: readonly Float32Array[]): SecretProbes {
  const key = `${kind} ${shape.join()} ${vocabularySize ?? ''}`;
  const known = drawn.get(options);
  if (known?.key === key) return known.probes;
  const probes = secretProbes(kind, shape, vocabularySize, options.secretSeed, examples);
  drawn.set(options, { key, probes });
  return probes;
}

function makePublicInputs({ vocabularySize }: Subject, size: number, seed: number, examples: readonly Float32Array[]): Float32Array {
  const random = new NumpyRandomState(seed);
  const seeded = vocabularySize === undefined ? probeInputs(size, seed) : Float32Array.from({ length: PUBLIC_COUNT * size }, () => random.integer(vocabularySize));
  const values = new Float32Array(seeded.length + examples.length * size);
  values.set(seeded);
  examples.forEach((example, i) => values.set(example, seeded.length + i * size));
  return values;
}

function withTaps({ file, info, logits }: Subject, names: readonly string[]): GraphFile {
  const given = new Set(info.outputs.map(({ name }) => name));
  const added = [...new Set([logits, ...names])].filter((name) => !given.has(name));
  return editedGraph(file, 'taps', (model) => withOutputs(model, added));
}

type Ran = Readonly<Record<string, Float32Array>> & { dims(name: string): readonly number[] };

/** The unchanged inputs, then as many changes at once as memory allows: activations of a group are not kept. */
async function runSecret(subject: Subject, session: Session, probes: SecretProbes, taps: readonly string[], signal: CancelSignal): Promise<{ readonly logits: Float32Array; readonly layerChange: readonly Float64Array[] }> {
  const names = [subject.logits, ...taps];
  const { bases, families, unchanged } = probes;
  const before = await runRows(subject, session, unchanged, bases, names, signal);
  const perChange = unchanged.length + names.reduce((sum, name) => sum + (before[name]?.length ?? 0), 0);
  const group = Math.max(1, Math.min(families.length, Math.floor(MAX_RUN_VALUES / perChange)));
  const logits = [before[subject.logits] ?? new Float32Array()];
  const layerChange = taps.map(() => new Float64Array(families.length));
  for (let begin = 0; begin < families.length; begin += group) {
    const count = Math.min(group, families.length - begin);
    const after = await runRows(subject, session, probes.changed(begin, count), count * bases, names, signal);
    logits.push(after[subject.logits] ?? new Float32Array());
    taps.forEach((tensor, tap) => layerChange[tap]?.set(relativeChange(before[tensor] ?? new Float32Array(), after[tensor] ?? new Float32Array(), bases, count), begin));
  }
  return { logits: join(logits), layerChange };
}

/** All rows, in as many runs as memory and the graph ask for. */
async function runRows(subject: Subject, session: Session, values: Float32Array, rows: number, names: readonly string[], signal: CancelSignal): Promise<Ran> {
  const size = values.length / rows;
  const parts = new Map<string, Float32Array[]>(names.map((name) => [name, []]));
  const dims = new Map<string, readonly number[]>();
  let step = Math.min(subject.maxRows, 1);
  for (let begin = 0; begin < rows; ) {
    await breathe(signal);
    const count = Math.min(step, rows - begin);
    const { host } = await session.run(subject.feeds(values.subarray(begin * size, (begin + count) * size), count), names);
    let perRow = size;
    for (const name of names) {
      const tensor = host[name];
      const floats = floatsOf(tensor);
      // A graph whose batch is fixed gives more rows than were asked for.
      const given = Math.max(1, tensor?.dims[0] ?? count);
      const width = floats.length / given;
      if (width > MAX_TAP_UNITS) throw new ArtifactError({ code: 'limit-exceeded', format: 'fingerprint', file: subject.file.name, field: name, expected: `at most ${MAX_TAP_UNITS} values of one input`, actual: String(width) });
      perRow += width;
      dims.set(name, tensor?.dims.slice(1) ?? []);
      parts.get(name)?.push(floats.slice(0, width * count));
    }
    begin += count;
    // The first row tells how much a row takes.
    step = Math.max(1, Math.min(subject.maxRows, Math.floor(MAX_RUN_VALUES / perRow)));
  }
  const joined = Object.fromEntries([...parts].map(([name, list]) => [name, join(list)]));
  return Object.assign(joined, { dims: (name: string) => dims.get(name) ?? [] }) as Ran;
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function floatsOf(tensor: HostTensor | undefined): Float32Array {
  if (tensor === undefined) return new Float32Array();
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new ArtifactError({ code: 'unsupported-dtype', format: 'fingerprint', expected: 'float32 tensors', actual: tensor.type });
}

/** A model whose answers are no numbers has no fingerprint: taken for zeros they would look like an answer. */
function refuseNonFinite(file: string, tensor: string, values: Float32Array | undefined, where: string): void {
  const wrong = (values ?? new Float32Array()).reduce((count, value) => count + (Math.abs(value) <= LARGEST ? 0 : 1), 0);
  if (wrong > 0) throw new ArtifactError({ code: 'malformed', format: 'fingerprint', file, field: tensor, expected: `finite numbers of at most ${LARGEST}`, actual: `${wrong} of ${values?.length ?? 0} that are none ${where}` });
}

/** For each change how far it moves the layer, relative to the layer's length, mean over bases. */
function relativeChange(before: Float32Array, after: Float32Array, bases: number, changes: number): Float64Array {
  const units = before.length / bases;
  return Float64Array.from({ length: changes }, (_, change) => {
    let sum = 0;
    for (let base = 0; base < bases; base++) {
      const [from, to] = [base * units, (change * bases + base) * units];
      let [moved, length] = [0, 0];
      for (let unit = 0; unit < units; unit++) {
        const old = before[from + unit] ?? 0;
        moved += ((after[to + unit] ?? 0) - old) ** 2;
        length += old ** 2;
      }
      sum += Math.sqrt(moved / (length + 1e-12 + 1e-3 * moved));
    }
    return sum / bases;
  });
}

/** Length of the gradient of the cross entropy against the model's own answer. */
async function gradientNorms(subject: Subject, runtime: Runtime, values: Float32Array, size: number, logits: Float32Array, classes: number, signal: CancelSignal): Promise<Float64Array | string> {
  const rows = values.length / size;
  if (subject.vocabularySize !== undefined) return 'tokens have no gradient';
  if (rows > subject.maxRows) return `the graph takes ${subject.maxRows} rows at a time`;
  const feeds = subject.feeds(values, rows);
  const built = await buildInputGradient(subject, runtime, feeds);
  if (built.kind !== 'ok') return `no gradient of ${built.reasons.join(', ')}`;
  throwIfCancelled(signal);
  const { file, inputs, outputs } = built.gradient;
  const aim = new Float32Array(rows * classes);
  argmaxRows(logits.subarray(0, rows * classes), classes).forEach((winner, row) => (aim[row * classes + winner] = 1));
  const session = await runtime.createSession(file);
  try {
    const given: Record<string, HostTensor> = { ...feeds, [inputs.aim]: { type: 'float32', dims: [rows, classes], data: aim }, [inputs.direct]: { type: 'float32', dims: [rows, classes], data: new Float32Array(rows * classes) } };
    const gradient = floatsOf((await session.run(given, [outputs.gradient])).host[outputs.gradient]);
    return Float64Array.from({ length: rows }, (_, row) => Math.sqrt(gradient.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value * value, 0)));
  } finally {
    await session.dispose();
  }
}
