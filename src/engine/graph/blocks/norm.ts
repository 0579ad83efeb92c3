// Normalisation over the last axis. RMSNorm is onnxruntime's SimplifiedLayerNormalization, which every provider has.
import type { DecoderGraph } from '../decoder-graph.ts';
import { float, type Value } from '../graph-builder.ts';

export function rmsNorm(decoder: DecoderGraph, x: Value, weight: string, epsilon: number): Value {
  const scale = decoder.weight(weight, [decoder.dimensions.hidden]);
  return decoder.graph.op('SimplifiedLayerNormalization', [x, scale], { axis: -1, epsilon: float(epsilon) });
}

/** `name` without `.weight` and `.bias`. */
export function layerNorm(decoder: Pick<DecoderGraph, 'graph' | 'weight'> & { readonly dimensions: { readonly hidden: number } }, x: Value, name: string, epsilon: number): Value {
  const { hidden } = decoder.dimensions;
  const operands = [x, decoder.weight(`${name}.weight`, [hidden]), decoder.weight(`${name}.bias`, [hidden])];
  return decoder.graph.op('LayerNormalization', operands, { axis: -1, epsilon: float(epsilon) });
}
