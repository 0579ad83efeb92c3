// Causal attention with grouped key heads (Ainslie et al. 2023), written in plain operators so that probabilities can be
// tapped on every provider and a shared prefix is never copied for each row: all rows' queries meet the prefix's keys in
// one product (Juravsky et al. 2024, "Hydragen"), their own past and new keys in batched ones.
// Heads of one key head are folded into the query axis, [kvHeads, B, S * G, headDim], so keys are not repeated.
import type { DecoderGraph } from '../decoder-graph.ts';
import type { Value } from '../graph-builder.ts';

/** Added to scores of keys out of sight; exp of it is exactly 0 beside any real score. */
export const MASKED = -1e30;

export interface Projections {
  /** [tokens, heads * headDim] */
  readonly query: Value;
  /** [tokens, kvHeads * headDim] */
  readonly key: Value;
  readonly value: Value;
}

/** Returns [tokens, heads * headDim], before the output projection. */
export function attention(decoder: DecoderGraph, layer: number, projections: Projections): Value {
  const { graph, shapes } = decoder;
  const { heads, kvHeads, headDim } = decoder.dimensions;
  const width = (heads / kvHeads) * headDim;
  const scaled = graph.op('Mul', [rotate(decoder, projections.query), graph.float32(1 / Math.sqrt(headDim))]);
  const query = byKeyHead(decoder, scaled, width, shapes.query);
  const key = byKeyHead(decoder, rotate(decoder, projections.key), headDim, shapes.key);
  const value = byKeyHead(decoder, projections.value, headDim, shapes.key);
  const context = attend(decoder, layer, query, key, value);
  const byToken = graph.transpose(graph.reshape(context, [kvHeads, -1, width]), [1, 0, 2]);
  return graph.reshape(byToken, [-1, heads * headDim]);
}

function rotate(decoder: DecoderGraph, x: Value): Value {
  const { graph, inputs, shapes, dimensions } = decoder;
  if (inputs.rope === undefined || dimensions.rope === undefined) return x;
  const operands = [graph.reshape(x, shapes.batchSequence), inputs.positions, inputs.rope.cos, inputs.rope.sin];
  return graph.op('RotaryEmbedding', operands, { interleaved: dimensions.rope.interleaved ? 1 : 0 }, 'com.microsoft');
}

/** [tokens, kvHeads * width] -> [kvHeads, B, …] */
function byKeyHead(decoder: DecoderGraph, x: Value, width: number, shape: Value): Value {
  const { graph } = decoder;
  const split = graph.reshape(x, [-1, decoder.dimensions.kvHeads, width]);
  return graph.reshape(graph.transpose(split, [1, 0, 2]), shape);
}

function attend(decoder: DecoderGraph, layer: number, query: Value, key: Value, value: Value): Value {
  const { graph, shapes, cache, segments } = decoder;
  if (segments === undefined) {
    const probabilities = softmax(decoder, [product(decoder, query, key)]);
    decoder.taps.push(probabilities);
    return graph.op('MatMul', [probabilities, value]);
  }
  const { kvHeads, headDim } = decoder.dimensions;
  const cached = (part: string): Value => `${part}.${layer}` as Value;
  const own = cache === 'append' ? [cached('past_k'), key] : [graph.concat([cached('past_k'), key], 2)];
  const values = cache === 'append' ? [cached('past_v'), value] : [graph.concat([cached('past_v'), value], 2)];
  const dims = [kvHeads, 'batch', cache === 'append' ? 'sequence' : 'total', headDim];
  graph.output(own.at(-1) ?? key, `present_k.${layer}`, 'float32', dims);
  graph.output(values.at(-1) ?? value, `present_v.${layer}`, 'float32', dims);

  const folded = graph.reshape(query, [kvHeads, 1, -1, headDim]);
  const toPrefix = graph.reshape(product(decoder, folded, cached('prefix_k')), shapes.scores);
  const probabilities = softmax(decoder, [toPrefix, ...own.map((keys) => product(decoder, query, keys))]);
  const [prefix, ...rest] = graph.ops('Split', [probabilities, segments], 1 + own.length, { axis: 3 });
  const fromPrefix = graph.op('MatMul', [graph.reshape(prefix ?? probabilities, shapes.folded), graph.reshape(cached('prefix_v'), [kvHeads, -1, headDim])]);
  const fromRest = rest.map((part, index) => graph.op('MatMul', [part, values[index] ?? value]));
  return fromRest.reduce((sum, part) => graph.add(sum, part), graph.reshape(fromPrefix, shapes.query));
}

function product({ graph }: DecoderGraph, query: Value, keys: Value): Value {
  return graph.op('MatMul', [query, graph.transpose(keys, [0, 1, 3, 2])]);
}

function softmax({ graph, inputs }: DecoderGraph, scores: readonly Value[]): Value {
  return graph.op('Softmax', [graph.add(graph.concat(scores, 3), inputs.bias)], { axis: -1 });
}
