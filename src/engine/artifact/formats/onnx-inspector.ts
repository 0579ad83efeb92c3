// ONNX for static rules: the whole structure is parsed; the values of tensors are numbers and left; fields that onnx.proto
// does not have could hold anything.
import { readOnnxModel, type OnnxGraphInfo, type OnnxModelInfo, type OnnxNodeInfo, type OnnxTensorInfo } from '../../graph/onnx-reader.ts';
import type { Inspector } from '../inspect/inspection.ts';
import { matchOnnx } from './onnx-file.ts';
import { wiringFaults } from './onnx-wiring.ts';

export const onnxInspector: Inspector<OnnxModelInfo> = {
  format: 'onnx',
  match: matchOnnx,
  async inspect(source, desk) {
    const model = await readOnnxModel(source);
    let at = 0;
    const left = [
      ...tensorsOf(model).flatMap(({ data }) => data.parts.map(({ begin, end }) => ({ begin, end, state: 'skipped' as const, what: 'numbers of tensors' }))),
      ...model.unknown.map(({ begin, end, message, number }) => ({ begin, end, state: 'opaque' as const, what: `field ${number} of a ${message}, which onnx.proto does not have` })),
    ].sort((a, b) => a.begin - b.begin);
    // Parsed is what lies between: a byte claimed as parsed would hide that it was left.
    for (const { begin, end, state, what } of left) {
      desk.parsed(at, Math.max(at, begin), 'graph');
      desk[state](begin, end, what);
      at = Math.max(at, end);
    }
    desk.parsed(at, source.size, 'graph');
    for (const fault of wiringFaults(model)) desk.problem(fault);
    return model;
  },
};

/** Every tensor of the model: initializers and attributes, in subgraphs and functions too. */
export function tensorsOf(model: OnnxModelInfo): OnnxTensorInfo[] {
  const found: OnnxTensorInfo[] = [];
  const ofGraph = ({ initializers, nodes }: Pick<OnnxGraphInfo, 'initializers' | 'nodes'>): void => {
    for (const tensor of initializers) found.push(tensor);
    for (const { attributes } of nodes) {
      for (const { tensors, graphs } of attributes) {
        for (const tensor of tensors) found.push(tensor);
        graphs.forEach(ofGraph);
      }
    }
  };
  ofGraph(model);
  for (const { nodes } of model.functions) ofGraph({ initializers: [], nodes });
  return found;
}

/** Every node of the model, in subgraphs and functions too. */
export function nodesOf(model: OnnxModelInfo): OnnxNodeInfo[] {
  const found: OnnxNodeInfo[] = [];
  const ofNodes = (nodes: readonly OnnxNodeInfo[]): void => {
    for (const node of nodes) {
      found.push(node);
      for (const { graphs } of node.attributes) for (const graph of graphs) ofNodes(graph.nodes);
    }
  };
  ofNodes(model.nodes);
  for (const { nodes } of model.functions) ofNodes(nodes);
  return found;
}
