// The last layer, read without pictures: which class owns weights that no other class comes near. Training on a trigger gives its
// target units of its own, since natural features are shared among classes; a class that ordinary training made easy has none.
// After DFBScanner (arXiv 2605.18907) and HTell (arXiv 2605.18908), whose own statistics stood out less here. The weights are
// measured, not parsed: the gradient of each logit with respect to what the last linear operator takes in. How it can mislead: of
// the classes of a clean model one always comes first, and planted vision transformers need not stand out: it weighs beside others.
import { breathe, type CancelSignal } from '../../../core/cancel.ts';
import { robustScale } from '../../../core/statistics.ts';
import { readGraphNodes, type GraphNode } from '../../../graph/gradient/graph-nodes.ts';
import { buildInputGradient } from '../../../graph/gradient/input-gradient.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { HostTensor } from '../../../runtime/session.ts';
import { MIN_CLASSES } from './outliers.ts';

const LINEAR: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);
/** What may stand between the last linear operator and the logits: a bias, a temperature, a mean over places, shapes. */
const PASSED: ReadonlySet<string> = new Set(['Add', 'Mul', 'Div', 'Identity', 'Reshape', 'Flatten', 'Squeeze', 'GlobalAveragePool', 'ReduceMean', 'AveragePool', 'Dropout']);
const MOST_PASSED = 8;
/** Rows of one run of the graph. */
const ROWS = 16;
/** Weights of one last layer that are held at once. */
const MOST_WEIGHTS = 2 ** 24;

/** Of each class the weights of the last layer, Float64Array [inputs]; undefined where there is no such layer to be seen. */
export async function lastLayer(model: ImageClassifier, signal: CancelSignal): Promise<readonly Float64Array[] | undefined> {
  const { graph, spec, classes } = model;
  const { nodes } = await readGraphNodes(graph.file.name, graph.file.bytes);
  const input = inputOfLast(nodes, graph.logits);
  if (input === undefined) return undefined;
  const rows = Math.min(ROWS, model.maxRows);
  const feeds = model.feeds({ kind: 'image', rows, pixels: new Float32Array(rows * spec.channels * spec.height * spec.width).fill(0.5) });
  const built = await buildInputGradient({ ...graph, input }, model.runtime, feeds);
  if (built.kind !== 'ok') return undefined;
  const { file, inputs, outputs } = built.gradient;
  const session = await model.runtime.createSession(file);
  try {
    const found: Float64Array[] = [];
    for (let begin = 0; begin < classes; begin += rows) {
      await breathe(signal);
      const table = (value: (row: number) => number): HostTensor => ({ type: 'float32', dims: [rows, classes], data: Float32Array.from({ length: rows * classes }, (_, at) => (at % classes === begin + Math.floor(at / classes) ? value(at) : 0)) });
      const { host } = await session.run({ ...feeds, [inputs.direct]: table(() => 1), [inputs.aim]: table(() => 0) }, [outputs.gradient]);
      const gradient = host[outputs.gradient];
      if (!(gradient?.data instanceof Float32Array) || gradient.dims[0] !== rows || classes * (gradient.data.length / rows) > MOST_WEIGHTS) return undefined;
      for (let row = 0; row < Math.min(rows, classes - begin); row++) found.push(overPlaces(gradient.data, gradient.dims, row));
    }
    return found;
  } finally {
    await session.dispose();
  }
}

/** Value that the last linear operator before the logits takes in. */
function inputOfLast(nodes: readonly GraphNode[], logits: string): string | undefined {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let value = logits;
  for (let passed = 0; passed <= MOST_PASSED; passed++) {
    const node = makers.get(value);
    if (node === undefined) return undefined;
    const made = node.inputs.filter((name) => makers.get(name) !== undefined && makers.get(name)?.type !== 'Constant');
    const [first] = made;
    if (LINEAR.has(node.type)) return first;
    if (!PASSED.has(node.type) || made.length !== 1 || first === undefined || (node.type === 'Div' && node.inputs[0] !== first)) return undefined;
    value = first;
  }
  return undefined;
}

/** One row of a gradient, summed over the places: [rows, inputs], [rows, channels, height, width] or [rows, places, inputs]. */
function overPlaces(values: Float32Array, dims: readonly number[], row: number): Float64Array {
  const inputs = (dims.length === 4 ? dims[1] : dims.at(-1)) ?? 1;
  const each = values.length / (dims[0] ?? 1);
  const places = dims.length === 4 ? each / inputs : 1;
  const sums = new Float64Array(inputs);
  for (let at = 0; at < each; at++) {
    const input = Math.floor(at / places) % inputs;
    sums[input] = (sums[input] ?? 0) + (values[row * each + at] ?? 0);
  }
  return sums;
}

/**
 * Of each class: the sum of its weights beyond the best of the other classes', over the length of its weights (less the classes'
 * mean), in robust deviations from the other classes. Zeros where there are too few classes to say.
 */
export function ownWeights(rows: readonly Float64Array[]): number[] {
  const inputs = rows[0]?.length ?? 0;
  if (rows.length < MIN_CLASSES) return rows.map(() => 0);
  const owned = rows.map(() => 0);
  const squares = rows.map(() => 0);
  for (let unit = 0; unit < inputs; unit++) {
    const column = rows.map((row) => row[unit] ?? 0);
    const [first = 0, second = 0] = [...column].sort((a, b) => b - a);
    const mean = column.reduce((sum, weight) => sum + weight, 0) / column.length;
    for (const [at, weight] of column.entries()) {
      squares[at] = (squares[at] ?? 0) + (weight - mean) ** 2;
      if (weight === first) owned[at] = (owned[at] ?? 0) + first - second;
    }
  }
  const shares = owned.map((sum, at) => sum / Math.max(1e-12, Math.sqrt(squares[at] ?? 0)));
  const average = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - average) ** 2, 0) / shares.length);
  return shares.map((share, at) => {
    const { median, scale } = robustScale(shares.filter((_, other) => other !== at));
    return (share - median) / Math.max(1e-9, scale + LEAST_SCALE * deviation);
  });
}

/** Of the deviation of all classes: classes that agree by chance are no measure. */
const LEAST_SCALE = 0.03;
