// Finds attention probabilities in a graph that Assay did not build, and makes them outputs: the Softmax nodes whose result,
// possibly masked or cast on the way, a MatMul multiplies with the values. Fused operators (GroupQueryAttention,
// MultiHeadAttention, Attention) have no such node. How it can mislead: a Softmax inside another construction that also
// feeds a MatMul (a router, say) is taken for a layer; the caller compares the count with the model's layers.
import type { OnnxModelInfo, OnnxNodeInfo } from './onnx-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

const PASSES_ON: ReadonlySet<string> = new Set(['Cast', 'Dropout', 'Identity', 'Where', 'IsNaN', 'Reshape']);
const FUSED: ReadonlySet<string> = new Set(['GroupQueryAttention', 'MultiHeadAttention', 'Attention', 'PackedMultiHeadAttention']);
/** Nodes between a Softmax and its MatMul. */
const MAX_STEPS = 4;

/** Names of the probabilities, in graph order: layer 0 first. */
export function findAttentionProbabilities({ nodes }: OnnxModelInfo): string[] {
  const consumers = new Map<string, OnnxNodeInfo[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [node]);
      else known.push(node);
    }
  }
  const reachesProduct = (value: string, steps: number): boolean =>
    (consumers.get(value) ?? []).some((node) => {
      if (node.type === 'MatMul') return node.inputs[0] === value;
      return steps < MAX_STEPS && PASSES_ON.has(node.type) && node.outputs.some((output) => reachesProduct(output, steps + 1));
    });
  return nodes.flatMap((node) => {
    const [output] = node.outputs;
    return node.type === 'Softmax' && output !== undefined && reachesProduct(output, 0) ? [output] : [];
  });
}

/** What the graph has instead, for the message. */
export function describeAttention({ nodes }: OnnxModelInfo, found: number): string {
  const fused = nodes.filter(({ type }) => FUSED.has(type));
  return fused.length > 0 ? `${fused[0]?.type ?? 'fused attention'} in ${fused.length} nodes` : `${found} such nodes`;
}

/** The model with more graph outputs, whose type the runtime infers: protobuf merges a second `graph` field into the first. */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  const appended = new ProtobufWriter();
  appended.message(7, (graph) => {
    for (const name of names) graph.message(12, (value) => value.text(1, name));
  });
  const suffix = appended.finish();
  const joined = new Uint8Array(model.byteLength + suffix.byteLength);
  joined.set(model);
  joined.set(suffix, model.byteLength);
  return joined;
}
