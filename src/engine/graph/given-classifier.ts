// A classifier that comes as an ONNX graph: which task its inputs speak of, which input carries what, and where its logits
// are. Inputs are told by type and rank first, name second: one float or uint8 tensor of rank 4 is an image, and so is a square of
// floats of rank 3 and a row of as many as the usual small pictures have pixels; integers of rank 2 are tokens (with masks and
// token types told by name), other floats of rank 2 are a table's row. Where the graph ends in Softmax, LogSoftmax
// or Sigmoid, the logits are that node's input. How it can mislead: a table of just 784 columns is taken for a picture,
// and a picture of unusual size given as a flat row for a table.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { ONNX_TYPE } from './onnx-model.ts';
import type { OnnxModelInfo, OnnxNodeInfo, OnnxPort } from './onnx-reader.ts';

export interface GivenClassifier {
  readonly task: 'image-classification' | 'text-classification' | 'tabular';
  readonly main: OnnxPort;
  /** Of text: the other integer inputs, by what they are for. */
  readonly mask: OnnxPort | undefined;
  readonly types: OnnxPort | undefined;
  readonly positions: OnnxPort | undefined;
  readonly output: OnnxPort;
  /** The value with the logits, and what follows it in the graph. */
  readonly logits: string;
  readonly ending: 'none' | 'softmax' | 'log-softmax' | 'sigmoid';
}

const FLOATS: ReadonlySet<number> = new Set([ONNX_TYPE.float32, ONNX_TYPE.float16]);
const INTEGERS: ReadonlySet<number> = new Set([ONNX_TYPE.int64, ONNX_TYPE.int32]);
const ENDINGS: Readonly<Record<string, GivenClassifier['ending']>> = { Softmax: 'softmax', LogSoftmax: 'log-softmax', Sigmoid: 'sigmoid' };
const PASSES_ON: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Squeeze', 'Flatten', 'Reshape']);
/** Of scikit-learn's exporters: makes dictionaries of a table of scores, which no runtime here gives out; the table is read. */
const ZIP_MAP = 'ZipMap';
/** Nodes between the ending and the output. */
const MAX_STEPS = 4;
const OUTPUT_NAMES = ['logits', 'scores', 'probabilities', 'output_probability', 'output'];

/** `labels`: how many classes have names. An ArtifactError where the graph is no classifier: no input or no output of a known kind. */
export function readGivenClassifier(file: ByteSource, info: OnnxModelInfo, labels: number): GivenClassifier {
  const output = findOutput(file, info, labels);
  return { ...findInputs(file, info, output), output, ...findLogits(info, output) };
}

/** As many as pictures usually have. */
export const PICTURE_CHANNELS: ReadonlySet<unknown> = new Set([1, 3, 4]);

export interface PictureAxes {
  readonly layout: 'nchw' | 'nhwc';
  /** Undefined where the graph leaves them open. */
  readonly channels: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/** Of a picture's four dimensions: channels come first where their number is a usual one there, or nowhere. */
export function pictureAxes([, a, b, c]: NonNullable<OnnxPort['dims']>): PictureAxes {
  const known = (dim: number | string | undefined): number | undefined => (typeof dim === 'number' && dim > 0 ? dim : undefined);
  return PICTURE_CHANNELS.has(a) || !PICTURE_CHANNELS.has(c) ? { layout: 'nchw', channels: known(a), height: known(b), width: known(c) } : { layout: 'nhwc', channels: known(c), height: known(a), width: known(b) };
}

/** Pictures that come without an axis for their channels. */
export interface FlatPicture {
  readonly channels: number;
  readonly side: number;
}

/** Pixels of MNIST (as it is, and padded) and of CIFAR-10, channel by channel. */
const USUAL_PIXELS: ReadonlyMap<number, FlatPicture> = new Map([[784, { channels: 1, side: 28 }], [1024, { channels: 1, side: 32 }], [3072, { channels: 3, side: 32 }]]);
/** Of digits of 8 x 8 and of 16 x 16: as usual in tables, so only where ten digits are told apart. */
const DIGITS: ReadonlyMap<number, FlatPicture> = new Map([[64, { channels: 1, side: 8 }], [256, { channels: 1, side: 16 }]]);
const SMALLEST_SIDE = 8;
const LARGEST_FLAT_SIDE = 512;

/** The picture that a float input of rank 2 or 3 stands for. */
export function flatPicture({ dims = [], elementType }: OnnxPort, { dims: scores }: Pick<OnnxPort, 'dims'>): FlatPicture | undefined {
  const [, a, b] = dims;
  if (elementType !== ONNX_TYPE.float32 || typeof a !== 'number') return undefined;
  if (dims.length === 2) return USUAL_PIXELS.get(a) ?? (scores?.at(-1) === 10 ? DIGITS.get(a) : undefined);
  return dims.length === 3 && a === b && a >= SMALLEST_SIDE && a <= LARGEST_FLAT_SIDE ? { channels: 1, side: a } : undefined;
}

function findInputs(file: ByteSource, { inputs }: OnnxModelInfo, output: OnnxPort): Pick<GivenClassifier, 'task' | 'main' | 'mask' | 'types' | 'positions'> {
  const none = { mask: undefined, types: undefined, positions: undefined };
  const integers = inputs.filter(({ elementType }) => INTEGERS.has(elementType));
  if (integers.length > 0 && integers.length === inputs.length) {
    const named = (pattern: RegExp): OnnxPort | undefined => (integers.length > 1 ? integers.find(({ name }) => pattern.test(name)) : undefined);
    const [mask, types, positions] = [named(/mask/i), named(/type|segment/i), named(/position/i)];
    const [main, other] = integers.filter((port) => port !== mask && port !== types && port !== positions);
    if (main === undefined || other !== undefined) throw unsupported(file, 'inputs', 'one input of token ids beside masks, token types and positions', names(inputs));
    return { task: 'text-classification', main, mask, types, positions };
  }
  const [main, second] = inputs;
  if (main === undefined || second !== undefined) throw unsupported(file, 'inputs', 'one image, one row of features, or tokens with their masks', names(inputs));
  if (main.dims?.length === 4 && (FLOATS.has(main.elementType) || main.elementType === ONNX_TYPE.uint8)) return { task: 'image-classification', main, ...none };
  if (flatPicture(main, output) !== undefined) return { task: 'image-classification', main, ...none };
  if (main.dims?.length === 2 && main.elementType === ONNX_TYPE.float32) return { task: 'tabular', main, ...none };
  throw unsupported(file, main.name, 'an image [batch, …, …, …], tokens [batch, length] or features [batch, features]', `[${main.dims?.join(', ') ?? 'unknown'}] of type ${main.elementType}`);
}

/** Of scores: how sure the model is. */
const SUMMARY = /^(Reduce.*|TopK)$/;

function findOutput(file: ByteSource, info: OnnxModelInfo, labels: number): OnnxPort {
  const { outputs } = info;
  const floats = outputs.filter(({ elementType, dims }) => (FLOATS.has(elementType) || elementType === 0) && (dims === undefined || dims.length === 2 || (dims.length === 4 && dims[2] === 1 && dims[3] === 1) || dims.length === 1));
  const ranked = [...floats].sort((a, b) => rank(a) - rank(b));
  const [best] = ranked;
  if (best === undefined) throw unsupported(file, 'outputs', 'scores [batch, classes]', outputs.map(({ name, dims }) => `${name} [${dims?.join(', ') ?? 'unknown'}]`).join(', ').slice(0, 200) || 'none');
  const tables = floats.filter(({ dims }) => dims !== undefined && dims.length > 1);
  return (rank(best) === OUTPUT_NAMES.length && tables.length > 1 ? scoresAmong(tables, info, labels) : undefined) ?? best;
}

/**
 * Of tables whose names say nothing (features and scores, most often): the one that is made out of another, else the one as wide as
 * there are names of classes, else the last. Of tables of equal width the first: the others are auxiliary.
 */
function scoresAmong(tables: readonly OnnxPort[], { nodes }: OnnxModelInfo, labels: number): OnnxPort | undefined {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const width = ({ dims }: OnnxPort): number | string | undefined => dims?.[1];
  const origins = new Map(tables.map((table) => [table, originOf(table.name, makers)]));
  const scores = tables.filter((table) => width(table) !== 1 || !SUMMARY.test(makers.get(origins.get(table) ?? '')?.type ?? ''));
  const made = scores.filter((table) => {
    const before = ancestorsOf(origins.get(table) ?? '', makers);
    return scores.some((other) => other !== table && before.has(origins.get(other) ?? ''));
  });
  const left = made.length > 0 ? made : scores;
  const [first] = left;
  const named = left.find((table) => width(table) === labels);
  return named ?? (first !== undefined && left.every((table) => width(table) === width(first)) ? first : left.at(-1));
}

/** What a value is but for its type and shape. */
function originOf(value: string, makers: ReadonlyMap<string, OnnxNodeInfo>): string {
  let origin = value;
  for (let step = 0; step < MAX_STEPS; step++) {
    const node = makers.get(origin);
    const [input] = node?.inputs ?? [];
    if (node === undefined || input === undefined || !PASSES_ON.has(node.type)) break;
    origin = input;
  }
  return origin;
}

function ancestorsOf(value: string, makers: ReadonlyMap<string, OnnxNodeInfo>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const input of makers.get(next)?.inputs ?? []) {
      if (found.has(input)) continue;
      found.add(input);
      open.push(input);
    }
  }
  return found;
}

function rank({ name }: OnnxPort): number {
  const index = OUTPUT_NAMES.indexOf(name.toLowerCase());
  return index < 0 ? OUTPUT_NAMES.length : index;
}

function findLogits({ nodes }: OnnxModelInfo, output: OnnxPort): Pick<GivenClassifier, 'logits' | 'ending'> {
  const producers = new Map<string, OnnxNodeInfo>();
  for (const node of nodes) for (const value of node.outputs) producers.set(value, node);
  const last = producers.get(output.name);
  const scores = last?.type === ZIP_MAP ? (last.inputs[0] ?? output.name) : output.name;
  let value = scores;
  for (let step = 0; step < MAX_STEPS; step++) {
    const node = producers.get(value);
    const [input] = node?.inputs ?? [];
    if (node === undefined || input === undefined) break;
    const ending = ENDINGS[node.type];
    if (ending !== undefined && node.domain === '') return { logits: input, ending };
    if (!PASSES_ON.has(node.type)) break;
    value = input;
  }
  return { logits: scores, ending: 'none' };
}

/** Rows of the table that the token ids look up: ids beyond it stop the run. Undefined where the ids go another way. */
export function embeddingRows({ nodes, initializers }: OnnxModelInfo, input: string): number | undefined {
  const same = new Set([input]);
  for (const node of nodes) {
    if ((node.type === 'Cast' || node.type === 'Identity') && same.has(node.inputs[0] ?? '')) for (const value of node.outputs) same.add(value);
    if (node.type !== 'Gather' || !same.has(node.inputs[1] ?? '')) continue;
    const rows = initializers.find(({ name }) => name === node.inputs[0])?.dims[0];
    if (rows !== undefined) return rows;
  }
  return undefined;
}

function names(ports: readonly OnnxPort[]): string {
  return ports.map(({ name, dims }) => `${name} [${dims?.join(', ') ?? 'unknown'}]`).join(', ').slice(0, 200) || 'none';
}

function unsupported(file: ByteSource, field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code: 'unsupported-format', format: 'onnx', file: file.path, field, expected, actual });
}
