// Stored tensors of one graph that share a name. The specification forbids it, and readers differ in which of them they take:
// some the first, some the last.
import type { OnnxGraphInfo, OnnxModelInfo, OnnxNodeInfo, OnnxTensorInfo } from '../../graph/onnx-reader.ts';

export interface RepeatedTensor {
  readonly name: string;
  readonly copies: readonly OnnxTensorInfo[];
  /** Whether a sparse tensor has the name, too. */
  readonly sparse: boolean;
}

/** In the main graph, in subgraphs and in bodies of functions. */
export function repeatedTensors(model: OnnxModelInfo): RepeatedTensor[] {
  const found: RepeatedTensor[] = [];
  const ofNodes = (nodes: readonly OnnxNodeInfo[]): void => {
    for (const { attributes } of nodes) for (const { graphs } of attributes) graphs.forEach(ofGraph);
  };
  const ofGraph = ({ initializers, sparse = [], nodes }: Pick<OnnxGraphInfo, 'initializers' | 'sparse' | 'nodes'>): void => {
    const copies = new Map<string, OnnxTensorInfo[]>();
    for (const tensor of initializers) {
      const same = copies.get(tensor.name);
      if (same === undefined) copies.set(tensor.name, [tensor]);
      else same.push(tensor);
    }
    const names = new Map<string, number>();
    for (const name of sparse) names.set(name, (names.get(name) ?? 0) + 1);
    for (const name of new Set([...copies.keys(), ...names.keys()])) {
      const same = copies.get(name) ?? [];
      const count = names.get(name) ?? 0;
      if (same.length + count > 1) found.push({ name, copies: same, sparse: count > 0 });
    }
    ofNodes(nodes);
  };
  ofGraph(model);
  for (const { nodes } of model.functions) ofNodes(nodes);
  return found;
}

/** The model as a reader has it that takes the last of the main graph's tensors of one name, and, where there are several, the first. */
export function readingsOf(model: OnnxModelInfo): OnnxModelInfo[] {
  const first = new Map<string, OnnxTensorInfo>();
  for (const tensor of model.initializers) if (!first.has(tensor.name)) first.set(tensor.name, tensor);
  return first.size === model.initializers.length ? [model] : [model, { ...model, initializers: [...first.values()] }];
}
