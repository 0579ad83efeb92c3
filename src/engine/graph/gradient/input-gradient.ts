// Reverse-mode differentiation of an ONNX graph, written as more ONNX nodes out of inference operators: the runtimes have no
// training. Only d(loss)/d(input) is made, for a fixed number of rows. Shapes are measured by running the graph once.
// Subset: float32 main graphs whose operators have a rule; the others are named, and callers search without gradients.
// How it can mislead: ties (ReLU at 0, equal maxima in a pool) get one of the subgradients; saturated networks give zeros.
import { errorText } from '../../core/error-text.ts';
import { ONNX_TYPE, type OnnxGraph } from '../onnx-model.ts';
import type { OnnxModelInfo } from '../onnx-reader.ts';
import type { GraphFile, HostTensor, Runtime } from '../../runtime/session.ts';
import { doubleValues, inSingle } from './double-values.ts';
import { ELEMENTWISE_RULES } from './elementwise-rules.ts';
import { Emitter, Unsupported, type GradientRule } from './emitter.ts';
import { readGraphNodes, type GraphNode } from './graph-nodes.ts';
import { LINEAR_RULES } from './linear-rules.ts';
import { extended, measureShapes, type Measured } from './measure-shapes.ts';
import { readScores, type ReadScores } from './read-scores.ts';
import { SHAPE_RULES } from './shape-rules.ts';

export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = { ...ELEMENTWISE_RULES, ...LINEAR_RULES, ...SHAPE_RULES };

/** Operators whose result does not change with the input's values, only with its shape. */
const SHAPE_ONLY: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape', 'ArgMax', 'ArgMin', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal', 'Not', 'And', 'Or', 'IsNaN', 'IsInf', 'Sign', 'Floor', 'Ceil', 'Round']);

export interface DifferentiableGraph {
  readonly file: GraphFile;
  readonly info: OnnxModelInfo;
  /** Value to differentiate with respect to, float32 or uint8: a graph input, or an inner value (embeddings). */
  readonly input: string;
  readonly logits: string;
  /** What `logits` holds: of probabilities the logarithms are read, as by the classifier. Undefined: logits. */
  readonly values?: 'logits' | 'probabilities';
}

/**
 * With rows and classes as measured: gradient = d(loss)/d(input), loss = sum(direct * logits) + cross entropy of each row
 * with `aim` (rows that sum to 1, or to 0 where only `direct` counts).
 */
export interface InputGradient {
  readonly file: GraphFile;
  readonly rows: number;
  readonly classes: number;
  /** Extra inputs, float32 [rows, classes]. */
  readonly inputs: { readonly direct: string; readonly aim: string };
  readonly outputs: { readonly logits: string; readonly gradient: string };
  /** Multiply-adds of one forward run of all rows: what a budget is counted in. */
  readonly multiplyAdds: number;
}

export type GradientResult = { readonly kind: 'ok'; readonly gradient: InputGradient } | { readonly kind: 'unsupported'; readonly reasons: readonly string[] };

/** `feeds`: inputs of one run with as many rows as every later run will have. */
export async function buildInputGradient(graph: DifferentiableGraph, runtime: Runtime, feeds: Readonly<Record<string, HostTensor>>): Promise<GradientResult> {
  const { file, info, input, logits } = graph;
  const { nodes: all, ...stored } = await readGraphNodes(file.name, file.bytes);
  const needed = ancestorsOf(all, logits);
  const nodes = all.filter((node) => needed.has(node));
  const varying = descendantsOf(all, input);
  const refused = refusedType(graph, nodes, varying, feeds);
  if (refused !== undefined) return unsupported(refused);
  if (!varying.has(logits)) return unsupported(NO_WAY);
  const outputs = new Set(info.outputs.map(({ name }) => name));
  let measured: Measured;
  try {
    measured = await measureShapes({ file, outputs, nodes, varying, stored }, runtime, feeds);
  } catch (error) {
    if (error instanceof Error) return unsupported(`the graph's inner values could not be read (${errorText(error)})`);
    throw error;
  }
  const { shapes, integers } = measured;
  const emit = new Emitter(info.opsets.get('') ?? info.opsets.get('ai.onnx') ?? 1, shapes, integers);
  const rows = Object.values(feeds)[0]?.dims[0] ?? 0;
  let scores: ReadScores;
  try {
    scores = readScores(emit, logits, rows, graph.values ?? 'logits');
  } catch (error) {
    if (error instanceof Unsupported) return unsupported(error.message);
    throw error;
  }
  const { classes } = scores;
  const names = { direct: 'assay_gradient/direct', aim: 'assay_gradient/aim' };
  const probability = emit.op('Softmax', [scores.logits], { axis: 1 });
  const seed = scores.toOutput(emit.add(names.direct, emit.sub(emit.mul(probability, emit.sum(names.aim, [1])), names.aim)));
  const reasons = new Set<string>();
  const gradient = pullBack(emit, nodes, varying, doubleValues(nodes, info, SHAPE_ONLY), logits, seed, input, reasons);
  if (reasons.size > 0) return { kind: 'unsupported', reasons: [...reasons] };
  if (gradient === undefined) return unsupported(NO_WAY);
  const part: OnnxGraph = {
    name: 'input gradient',
    nodes: emit.nodes,
    initializers: emit.initializers,
    inputs: [names.direct, names.aim].map((name) => ({ name, type: 'float32', dims: [rows, classes] })),
    outputs: [],
  };
  const edited = extended(file, part, [scores.logits, gradient].filter((name) => !outputs.has(name)));
  return { kind: 'ok', gradient: { file: edited, rows, classes, inputs: names, outputs: { logits: scores.logits, gradient }, multiplyAdds: countMultiplyAdds(nodes.filter(({ inputs }) => inputs.some((name) => varying.has(name))), shapes) } };
}

const NO_WAY = 'logits that do not depend on the input';

function unsupported(...reasons: readonly string[]): GradientResult {
  return { kind: 'unsupported', reasons };
}

function refusedType({ input }: DifferentiableGraph, nodes: readonly GraphNode[], varying: ReadonlySet<string>, feeds: Readonly<Record<string, HostTensor>>): string | undefined {
  const type = feeds[input]?.type ?? 'float32';
  const halved = nodes.some((node) => node.type === 'Cast' && node.attributes.get('to') === ONNX_TYPE.float16 && varying.has(node.outputs[0] ?? ''));
  if (halved || type === 'float16') return 'float16 values';
  return type === 'float32' || type === 'uint8' ? undefined : 'an input that is not float32';
}

/** Walks the nodes from last to first; what is pulled back to a value from several uses is added up. */
function pullBack(emit: Emitter, nodes: readonly GraphNode[], varying: ReadonlySet<string>, doubles: ReadonlySet<string>, logits: string, seed: string, input: string, reasons: Set<string>): string | undefined {
  const pulls = new Map([[logits, seed]]);
  for (const node of nodes.toReversed()) {
    const own = node.outputs.map((output) => pulls.get(output));
    const pull = own.find((value) => value !== undefined);
    if (pull === undefined || !node.inputs.some((name) => varying.has(name)) || SHAPE_ONLY.has(node.type)) continue;
    if (node.outputs.includes(input)) continue;
    const rule = GRADIENT_RULES[node.type];
    if (rule === undefined) {
      reasons.add(`the operator ${node.type}`);
      continue;
    }
    try {
      const gradients = rule({ node: inSingle(node, doubles, emit), pulls: own, pull, emit, wants: (at) => varying.has(node.inputs[at] ?? '') });
      for (const [at, gradient] of gradients.entries()) {
        const name = node.inputs[at] ?? '';
        if (gradient === undefined || !varying.has(name)) continue;
        const known = pulls.get(name);
        pulls.set(name, known === undefined ? gradient : emit.add(known, gradient));
      }
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      reasons.add(error.message);
    }
  }
  return pulls.get(input);
}

function ancestorsOf(nodes: readonly GraphNode[], value: string): Set<GraphNode> {
  const wanted = new Set([value]);
  const found = new Set<GraphNode>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    found.add(node);
    for (const input of node.inputs) wanted.add(input);
  }
  return found;
}

/** Values that change with the input's values. */
function descendantsOf(nodes: readonly GraphNode[], input: string): Set<string> {
  const varying = new Set([input]);
  for (const node of nodes) {
    if (SHAPE_ONLY.has(node.type) || !node.inputs.some((name) => varying.has(name))) continue;
    for (const output of node.outputs) if (output !== '') varying.add(output);
  }
  return varying;
}

/** Of products and convolutions, which are nearly all of it. */
function countMultiplyAdds(nodes: readonly GraphNode[], shapes: ReadonlyMap<string, readonly number[]>): number {
  const size = (dims: readonly number[] | undefined): number => (dims ?? []).reduce((product, dim) => product * dim, 1);
  let total = 0;
  for (const { type, inputs, outputs } of nodes) {
    const [first, second] = [shapes.get(inputs[0] ?? ''), shapes.get(inputs[1] ?? '')];
    const output = size(shapes.get(outputs[0] ?? ''));
    if (type === 'Conv') total += output * size(second?.slice(1));
    else if (type === 'ConvTranspose') total += size(first) * size(second?.slice(1));
    else if (type === 'MatMul' || type === 'Gemm') total += output * (first?.at(-1) ?? 1);
  }
  return total;
}
