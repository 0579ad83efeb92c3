// Values in float64 inside a float32 graph (means and deviations that came from NumPy): which nodes work on them, so that the way
// back, which is float32 throughout, reads them cast. Types are followed from casts and initializers through operators that
// give what they take. How it can mislead: an operator that changes the type by itself is followed wrongly, and the
// runtime then refuses the graph with its gradient.
import type { OnnxModelInfo } from '../onnx-reader.ts';
import type { Emitter } from './emitter.ts';
import type { GraphNode } from './graph-nodes.ts';

const FLOAT64 = 11;
/** Inputs that are no numbers of the operator's own type: truth values, shapes, indices. */
const OTHER_TYPES: Readonly<Record<string, readonly number[]>> = { Where: [0], Reshape: [1], Expand: [1], Squeeze: [1], Unsqueeze: [1], Slice: [1, 2, 3, 4], Gather: [1], GatherND: [1], Tile: [1], Pad: [1, 3], Split: [1], Resize: [1, 2, 3], Upsample: [1] };

/** Values known to be float64. `asIs`: operators whose result has a type of its own (truth values, shapes). */
export function doubleValues(nodes: readonly GraphNode[], { initializers, inputs }: OnnxModelInfo, asIs: ReadonlySet<string>): ReadonlySet<string> {
  const doubles = new Set([...initializers, ...inputs].filter(({ elementType }) => elementType === FLOAT64).map(({ name }) => name));
  for (const node of nodes) {
    const made = node.type === 'Cast' ? node.attributes.get('to') === FLOAT64 : !asIs.has(node.type) && node.inputs.some((name) => doubles.has(name));
    if (made) for (const output of node.outputs) doubles.add(output);
  }
  return doubles;
}

/** The node as the way back reads it: what it works on cast to float32, where it is float64. */
export function inSingle(node: GraphNode, doubles: ReadonlySet<string>, emit: Emitter): GraphNode {
  if (![...node.inputs, ...node.outputs].some((name) => doubles.has(name))) return node;
  const others = node.type.startsWith('Reduce') ? [1] : (OTHER_TYPES[node.type] ?? []);
  const single = (name: string): string => (name === '' ? name : emit.single(name));
  return { ...node, inputs: node.inputs.map((name, at) => (others.includes(at) ? name : single(name))), outputs: node.outputs.map(single) };
}
