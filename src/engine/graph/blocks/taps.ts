// Attention probabilities as outputs of the instrumented graph: whole, or summed over spans of keys.
import type { DecoderGraph } from '../decoder-graph.ts';

/** Outputs `attention.N` [B, heads, S, S], and `mass` [B, layers, heads, S, spans] for the input `spans` [B, S, spans] of zeros and ones. */
export function outputTaps(decoder: DecoderGraph): void {
  const { graph, shapes, dimensions } = decoder;
  const spans = graph.op('Unsqueeze', [graph.input('spans', 'float32', ['batch', 'sequence', 'spans']), graph.int64([1])]);
  const masses = decoder.taps.map((tap, layer) => {
    const perQuery = graph.transpose(graph.reshape(tap, shapes.perQuery), [1, 0, 3, 2, 4]);
    const probabilities = graph.reshape(perQuery, shapes.attention);
    graph.output(probabilities, `attention.${layer}`, 'float32', ['batch', dimensions.heads, 'sequence', 'sequence']);
    return graph.op('Unsqueeze', [graph.op('MatMul', [probabilities, spans]), graph.int64([1])]);
  });
  graph.output(graph.op('Concat', masses, { axis: 1 }), 'mass', 'float32', ['batch', dimensions.layers, dimensions.heads, 'sequence', 'spans']);
}
