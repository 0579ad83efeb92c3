// Feed-forward layers: SwiGLU (Shazeer 2020) and the tanh approximation of GELU that gpt2 uses ("gelu_new").
import type { DecoderGraph } from '../decoder-graph.ts';
import { float, type Value } from '../graph-builder.ts';
import { linear, type LinearWeights } from './linear.ts';

export interface SwiGluWeights {
  readonly gate: LinearWeights;
  readonly up: LinearWeights;
  readonly down: LinearWeights;
}

/** down(silu(gate(x)) * up(x)) */
export function swiGlu(decoder: DecoderGraph, x: Value, { gate, up, down }: SwiGluWeights): Value {
  const { graph } = decoder;
  const activated = graph.op('QuickGelu', [linear(decoder, x, gate)], { alpha: float(1) }, 'com.microsoft');
  return linear(decoder, graph.op('Mul', [activated, linear(decoder, x, up)]), down);
}

export function geluMlp(decoder: DecoderGraph, x: Value, up: LinearWeights, down: LinearWeights): Value {
  return linear(decoder, decoder.graph.op('FastGelu', [linear(decoder, x, up)], {}, 'com.microsoft'), down);
}
