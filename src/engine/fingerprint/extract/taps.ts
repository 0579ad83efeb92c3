// Which tensors of a graph can be tapped and which are by default: what the last three layers with weights (Gemm, MatMul, Conv)
// take in, so the penultimate layer and two earlier ones. Any other tensor can be named instead.
import type { OnnxModelInfo, OnnxNodeInfo } from '../../graph/onnx-reader.ts';

export interface TapCandidate {
  readonly tensor: string;
  /** Operator that makes it. */
  readonly operator: string;
}

export interface WeightedLayer {
  readonly operator: string;
  /** Tensor that the layer takes in. */
  readonly input: string;
  readonly weight: string;
  readonly bias: string | undefined;
  readonly weightDims: readonly number[];
}

const WEIGHTED: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);
/** No features of the input: sizes, constants, integers. */
const SHAPE_OPERATORS: ReadonlySet<string> = new Set(['Constant', 'Shape', 'Gather', 'Unsqueeze', 'ConstantOfShape', 'Range', 'Size', 'Cast']);
const DEFAULT_TAPS = 3;
const MAX_CANDIDATES = 400;

/** In graph order. */
export function weightedLayers({ nodes, initializers }: OnnxModelInfo): WeightedLayer[] {
  const stored = new Map(initializers.map(({ name, dims, elementType }) => [name, { dims, elementType }]));
  return nodes.flatMap((node) => {
    const [input, weight, bias] = node.inputs;
    const found = weight === undefined ? undefined : stored.get(weight);
    if (!WEIGHTED.has(node.type) || node.domain !== '' || input === undefined || weight === undefined || found === undefined || found.elementType !== 1 || found.dims.length < 2) return [];
    return [{ operator: node.type, input, weight, bias: bias !== undefined && stored.has(bias) ? bias : undefined, weightDims: found.dims }];
  });
}

export function tapCandidates({ nodes, outputs }: OnnxModelInfo): TapCandidate[] {
  const ends = new Set(outputs.map(({ name }) => name));
  return nodes
    .flatMap(({ type, outputs: made }: OnnxNodeInfo) => (SHAPE_OPERATORS.has(type) || made[0] === undefined || made[0] === '' ? [] : [{ tensor: made[0], operator: type }]))
    .filter(({ tensor }) => !ends.has(tensor))
    .slice(-MAX_CANDIDATES);
}

/** Earliest first; the last one is the penultimate layer. Empty where the graph has no hidden layer with stored weights. */
export function defaultTaps(info: OnnxModelInfo): string[] {
  const inputs = new Set(info.inputs.map(({ name }) => name));
  const taken = [...new Set(weightedLayers(info).map(({ input }) => input))].filter((tensor) => !inputs.has(tensor));
  const made = new Set(tapCandidates(info).map(({ tensor }) => tensor));
  return taken.filter((tensor) => made.has(tensor)).slice(-DEFAULT_TAPS);
}
