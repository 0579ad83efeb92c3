// What the rules of differentiation must know of a graph's values, measured by running it once: shapes of the values that
// change with the input and of what stands beside them, and the integers that operators read (axes, pads, indices). Shapes
// come out of Shape nodes, so that no large value is fetched and no type has to be read. The output of Range stays inside
// the graph and its integers are counted out here: onnxruntime puts Slice for Range and Gather whether or not the range
// is asked for by itself, and crashes where it is.
import type { GraphFile, HostTensor, Runtime } from '../../runtime/session.ts';
import { editedGraph } from '../edited-graph.ts';
import { appendToModel, type OnnxGraph, type OnnxNode } from '../onnx-model.ts';
import { withOutputs } from '../softmax-taps.ts';
import type { Shape } from './emitter.ts';
import type { GraphNode } from './graph-nodes.ts';

export interface Measured {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

export interface MeasuredGraph {
  readonly file: GraphFile;
  /** Values that are outputs as it is. */
  readonly outputs: ReadonlySet<string>;
  /** In graph order. */
  readonly nodes: readonly GraphNode[];
  readonly varying: ReadonlySet<string>;
  readonly stored: Measured;
}

/** Inputs whose integers the rules read, by operator. */
const INTEGER_INPUTS: Readonly<Record<string, readonly number[]>> = { Slice: [1, 2, 3, 4], Gather: [1], GatherND: [1], Pad: [1, 3], Tile: [1] };
const MAX_INTEGERS = 4096;

/** `feeds`: of one run. An ArtifactError or another Error where the graph does not run with these outputs. */
export async function measureShapes({ file, outputs, nodes, varying, stored }: MeasuredGraph, runtime: Runtime, feeds: Readonly<Record<string, HostTensor>>): Promise<Measured> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const made = (name: string | undefined): name is string => name !== undefined && makers.has(name);
  const touched = nodes.filter(({ inputs }) => inputs.some((name) => varying.has(name)));
  const shaped = [...new Set(touched.flatMap((node) => [...node.outputs.filter((name) => name !== ''), ...node.inputs.filter(made)]))];
  const indices = touched.flatMap((node) => integerInputs(node).map((at) => node.inputs[at]).filter(made).filter((name) => !varying.has(name)));
  const ranges = indices.flatMap((name) => (makers.get(name)?.type === 'Range' ? [makers.get(name)] : [])).filter((node) => node !== undefined);
  const read = [...new Set([...indices.filter((name) => makers.get(name)?.type !== 'Range'), ...ranges.flatMap(({ inputs: [start, , step] }) => [start, step].filter(made))])];
  const shapeOf = new Map(shaped.map((name, at) => [name, `assay_shape/${at}`]));
  const probes: OnnxNode[] = [...shapeOf].map(([name, output]) => ({ name: output, type: 'Shape', domain: '', inputs: [name], outputs: [output], attributes: {} }));
  const session = await runtime.createSession(extended(file, { name: 'shapes', nodes: probes, initializers: [], inputs: [], outputs: [] }, [...shapeOf.values(), ...read.filter((name) => !outputs.has(name))]));
  try {
    const { host } = await session.run(feeds, [...shapeOf.values(), ...read]);
    const measured = [...shapeOf].map(([name, output]) => [name, integersIn(host[output]) ?? []] as const);
    const shapes = new Map([...stored.shapes, ...Object.entries(feeds).map(([name, { dims }]) => [name, dims] as const), ...measured]);
    const integers = new Map([...stored.integers, ...[...read.map((name) => [name, host[name]] as const), ...Object.entries(feeds)].flatMap(([name, tensor]) => {
      const values = integersIn(tensor);
      return values === undefined ? [] : [[name, values] as const];
    })]);
    for (const { inputs: [start = '', , step = ''], outputs: [output = ''] } of ranges) {
      const [first, by, length] = [integers.get(start)?.[0], integers.get(step)?.[0], shapes.get(output)?.[0]];
      if (first !== undefined && by !== undefined && length !== undefined) integers.set(output, Array.from({ length }, (_, at) => first + at * by));
    }
    return { shapes, integers };
  } finally {
    await session.dispose();
  }
}

function integerInputs({ type }: GraphNode): readonly number[] {
  return type.startsWith('Reduce') ? [1] : (INTEGER_INPUTS[type] ?? []);
}

function integersIn(tensor: HostTensor | undefined): number[] | undefined {
  if (tensor === undefined || !(tensor.data instanceof BigInt64Array || tensor.data instanceof Int32Array) || tensor.data.length > MAX_INTEGERS) return undefined;
  return Array.from(tensor.data as ArrayLike<bigint | number>, Number);
}

/** The graph with more nodes, and more of its values as outputs. */
export function extended(file: GraphFile, part: OnnxGraph, outputs: readonly string[]): GraphFile {
  return editedGraph(file, part.name, (model) => withOutputs(appendToModel(model, part), outputs));
}
