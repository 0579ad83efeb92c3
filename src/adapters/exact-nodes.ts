// Nodes that WebGPU computes too roughly: WGSL allows sin and cos an absolute error of 2^-11 (WebGPU Shading Language,
// section on floating point accuracy). A decoder that computes its rotary embedding in the graph then ends up with
// logits off by 1e-2 (measured on SwiftShader). The tensors are small, so these nodes run on the CPU instead.
// onnx.proto: ModelProto.graph = 7, GraphProto.node = 1, NodeProto.name = 3, op_type = 4.
import { fieldsOf } from './onnx-wire.ts';

const INEXACT_ON_GPU: ReadonlySet<string> = new Set(['Sin', 'Cos']);

/** Names of the nodes to keep off the GPU; nodes without a name cannot be told apart and stay where they are. */
export function nodesForCpu(model: Uint8Array): string[] {
  const decoder = new TextDecoder();
  const names: string[] = [];
  for (const graph of fieldsOf(model)) {
    if (graph.number !== 7) continue;
    const graphBytes = model.subarray(graph.contentBegin, graph.end);
    for (const node of fieldsOf(graphBytes)) {
      if (node.number !== 1) continue;
      const nodeBytes = graphBytes.subarray(node.contentBegin, node.end);
      let name = '';
      let operator = '';
      for (const field of fieldsOf(nodeBytes)) {
        if (field.number === 3) name = decoder.decode(nodeBytes.subarray(field.contentBegin, field.end));
        else if (field.number === 4) operator = decoder.decode(nodeBytes.subarray(field.contentBegin, field.end));
      }
      if (INEXACT_ON_GPU.has(operator) && name !== '') names.push(name);
    }
  }
  return names;
}
