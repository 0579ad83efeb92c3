// Reverse-mode differentiation of an ONNX graph, written as more ONNX nodes out of inference operators: the runtimes have no
// training. Only d(loss)/d(input) is made, for a fixed number of rows. Shapes are measured by running the graph once.
// Subset: float32 main graphs whose operators have a rule; the others are named, and callers search without gradients.
// How it can mislead: ties (ReLU at 0, equal maxima in a pool) get one of the subgradients; saturated networks give zeros.
import { ArtifactError } from '../../core/artifact-error.ts';
import { appendToModel, type OnnxGraph } from '../onnx-model.ts';
import type { OnnxModelInfo } from '../onnx-reader.ts';
import { withOutputs } from '../softmax-taps.ts';
import type { GraphFile, HostTensor, Runtime } from '../../runtime/session.ts';
import { ELEMENTWISE_RULES } from './elementwise-rules.ts';
import { Emitter, Unsupported, type GradientRule } from './emitter.ts';
import { readGraphNodes, type GraphNode } from './graph-nodes.ts';
import { LINEAR_RULES } from './linear-rules.ts';
import { SHAPE_RULES } from './shape-rules.ts';

export const GRADIENT_RULES: Readonly<Record<string, GradientRule>> = { ...ELEMENTWISE_RULES, ...LINEAR_RULES, ...SHAPE_RULES };

/** Operators whose result does not change with the input's values, only with its shape. */
const SHAPE_ONLY: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape', 'ArgMax', 'ArgMin', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal', 'Not', 'And', 'Or', 'IsNaN', 'IsInf', 'Sign', 'Floor', 'Ceil', 'Round']);

export interface DifferentiableGraph {
  readonly file: GraphFile;
  readonly info: OnnxModelInfo;
  /** Value to differentiate with respect to, float32: a graph input, or an inner value (embeddings). */
  readonly input: string;
  readonly logits: string;
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
  const { nodes, shapes: stored, integers: storedIntegers } = await readGraphNodes(file.name, file.bytes);
  const needed = ancestorsOf(nodes, logits);
  const varying = descendantsOf(nodes, input);
  const measured = await measureShapes(graph, runtime, feeds, nodes.filter((node) => needed.has(node)));
  if (measured.kind === 'unsupported') return measured;
  const shapes = new Map([...stored, ...measured.shapes]);
  const emit = new Emitter(info.opsets.get('') ?? info.opsets.get('ai.onnx') ?? 1, shapes, new Map([...storedIntegers, ...measured.integers]));
  const [rows, classes] = shapes.get(logits) ?? [];
  if (rows === undefined || classes === undefined || shapes.get(logits)?.length !== 2) return { kind: 'unsupported', reasons: ['logits that are no table of rows and classes'] };
  const names = { direct: 'assay_gradient/direct', aim: 'assay_gradient/aim' };
  const probability = emit.op('Softmax', [logits], { axis: 1 });
  const seed = emit.add(names.direct, emit.sub(emit.mul(probability, emit.sum(names.aim, [1])), names.aim));
  const reasons = new Set<string>();
  const gradient = pullBack(emit, nodes.filter((node) => needed.has(node)), varying, logits, seed, input, reasons);
  if (reasons.size > 0) return { kind: 'unsupported', reasons: [...reasons] };
  if (gradient === undefined) return { kind: 'unsupported', reasons: ['logits that do not depend on the input'] };
  const part: OnnxGraph = {
    name: 'gradient',
    nodes: emit.nodes,
    initializers: emit.initializers,
    inputs: [names.direct, names.aim].map((name) => ({ name, type: 'float32', dims: [rows, classes] })),
    outputs: [],
  };
  const asked = info.outputs.some(({ name }) => name === logits) ? [gradient] : [logits, gradient];
  const append = (model: Uint8Array): Uint8Array<ArrayBuffer> => withOutputs(appendToModel(model, part), asked);
  const { relocated } = file;
  const edited: GraphFile = {
    name: `${file.name} with input gradient`,
    bytes: append(file.bytes),
    external: file.external,
    ...(relocated === undefined ? {} : { relocated: (rename: (location: string) => string) => append(relocated(rename)) }),
  };
  return { kind: 'ok', gradient: { file: edited, rows, classes, inputs: names, outputs: { logits, gradient }, multiplyAdds: countMultiplyAdds(nodes, shapes) } };
}

/** Walks the nodes from last to first; what is pulled back to a value from several uses is added up. */
function pullBack(emit: Emitter, nodes: readonly GraphNode[], varying: ReadonlySet<string>, logits: string, seed: string, input: string, reasons: Set<string>): string | undefined {
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
      const gradients = rule({ node, pulls: own, pull, emit, wants: (at) => varying.has(node.inputs[at] ?? '') });
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

type Measured = { readonly kind: 'ok'; readonly shapes: ReadonlyMap<string, readonly number[]>; readonly integers: ReadonlyMap<string, readonly number[]> } | { readonly kind: 'unsupported'; readonly reasons: readonly string[] };

const MAX_INTEGERS = 4096;

async function measureShapes({ file, input, info }: DifferentiableGraph, runtime: Runtime, feeds: Readonly<Record<string, HostTensor>>, nodes: readonly GraphNode[]): Promise<Measured> {
  const known = new Set(info.outputs.map(({ name }) => name));
  const names = [...new Set(nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')))];
  const added = names.filter((name) => !known.has(name));
  const { relocated } = file;
  try {
    const session = await runtime.createSession({
      ...file,
      bytes: withOutputs(file.bytes, added),
      ...(relocated === undefined ? {} : { relocated: (rename: (location: string) => string) => withOutputs(relocated(rename), added) }),
    });
    try {
      const { host } = await session.run(feeds, names);
      const tensors = Object.entries({ ...host, ...feeds });
      if (tensors.some(([name, { type }]) => name === input && type !== 'float32')) return { kind: 'unsupported', reasons: ['an input that is not float32'] };
      if (tensors.some(([, { type }]) => type === 'float16')) return { kind: 'unsupported', reasons: ['float16 values'] };
      const shapes = new Map(tensors.map(([name, { dims }]) => [name, dims]));
      const integers = new Map(tensors.flatMap(([name, { data }]) => (data instanceof BigInt64Array || data instanceof Int32Array) && data.length <= MAX_INTEGERS ? [[name, Array.from(data as ArrayLike<bigint | number>, Number)] as const] : []));
      return { kind: 'ok', shapes, integers };
    } finally {
      await session.dispose();
    }
  } catch (error) {
    if (error instanceof ArtifactError || error instanceof Error) return { kind: 'unsupported', reasons: [`the graph's inner values could not be read (${error.message})`] };
    throw error;
  }
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
