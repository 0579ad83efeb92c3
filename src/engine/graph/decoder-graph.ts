// What a builder of one architecture works with: the graph, its inputs, the weights, and where layers keep keys and values.
// Layout: tokens run as one axis [tokens] = [batch * sequence]; hidden states are [tokens, hidden], row-major.
import type { Dimensions } from './dimensions.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import type { PackedMatrix, Weights } from './weights.ts';

/**
 * append: outputs hold the new positions only and the host keeps the cache (CPU, WASM);
 * concat: outputs hold cache and new positions, for tensors that stay on the device (WebGPU);
 * none: no cache, the whole sequence in one run (the instrumented graph).
 */
export type CacheMode = 'append' | 'concat' | 'none';

/** Shapes that several layers use, computed once. Dimensions: B batch, S new positions, P prefix, G query heads a key head. */
export interface SharedShapes {
  /** [B, S, -1] */
  readonly batchSequence: Value;
  /** [kvHeads, B, S * G, headDim] */
  readonly query: Value;
  /** [kvHeads, B, S, headDim] */
  readonly key: Value;
  /** [kvHeads, B, S * G, -1] */
  readonly scores: Value;
  /** [kvHeads, B * S * G, -1] */
  readonly folded: Value;
  /** [kvHeads, B, S, G, -1] */
  readonly perQuery: Value;
  /** [B, heads, S, -1] */
  readonly attention: Value;
}

export interface DecoderInputs {
  /** int64 [B, S] */
  readonly ids: Value;
  /** int64 [B, S] */
  readonly positions: Value;
  /** float32 [1 or B, S * G, prefix + past + new]: 0 where a query may look, MASKED elsewhere. */
  readonly bias: Value;
  /** float32 [positions, headDim / 2]; undefined where positions are learned. */
  readonly rope: { readonly cos: Value; readonly sin: Value } | undefined;
}

export class DecoderGraph {
  readonly graph = new GraphBuilder();
  readonly dimensions: Dimensions;
  readonly cache: CacheMode;
  readonly inputs: DecoderInputs;
  readonly shapes: SharedShapes;
  /** Sizes of prefix, past and new positions, for cutting probabilities apart; undefined without a cache. */
  readonly segments: Value | undefined;
  /** Positions [wanted] of the flat token axis whose next token is asked for; undefined without a head. */
  readonly wanted: Value | undefined;
  /** Attention probabilities of each layer, [kvHeads, B, S * G, keys], where tapped. */
  readonly taps: Value[] = [];
  readonly #weights: Weights;

  constructor(dimensions: Dimensions, weights: Weights, cache: CacheMode) {
    this.dimensions = dimensions;
    this.cache = cache;
    this.#weights = weights;
    const { graph } = this;
    const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
    const positions = graph.input('positions', 'int64', ['batch', 'sequence']);
    const bias = graph.input('bias', 'float32', ['bias_batch', 'queries', 'keys']);
    const half = (dimensions.rope?.dims ?? 0) / 2;
    const table = (name: string): Value => graph.input(name, 'float32', ['table_positions', half]);
    const rope = dimensions.rope === undefined ? undefined : { cos: table('rope_cos'), sin: table('rope_sin') };
    this.inputs = { ids, positions, bias, rope };
    this.wanted = cache === 'none' ? undefined : graph.input('wanted', 'int64', ['wanted']);
    this.shapes = this.#sharedShapes();
    for (let layer = 0; cache !== 'none' && layer < dimensions.layers; layer++) {
      for (const part of ['k', 'v']) {
        graph.input(`prefix_${part}.${layer}`, 'float32', [dimensions.kvHeads, 1, 'prefix', dimensions.headDim]);
        graph.input(`past_${part}.${layer}`, 'float32', [dimensions.kvHeads, 'batch', 'past', dimensions.headDim]);
      }
    }
    this.segments = this.#segmentSizes();
  }

  /** A weight as float32, checked against `shape`. */
  weight(name: string, shape: readonly number[]): Value {
    return this.#weights.bind(this.graph, name, shape);
  }

  /** A quantised matrix [outputs, inputs] that only multiplies, where its blocks are kept. */
  packedWeight(name: string, shape: readonly [outputs: number, inputs: number]): PackedMatrix | undefined {
    return this.#weights.bindBlocks(this.graph, name, shape);
  }

  hasWeight(name: string): boolean {
    return this.#weights.has(name);
  }

  get fromGguf(): boolean {
    return this.#weights.fromGguf;
  }

  /** In the last layer only the wanted positions go on: gathers them, elsewhere returns `value` as it is. */
  narrow(layer: number, value: Value): Value {
    const last = layer === this.dimensions.layers - 1;
    return last && this.wanted !== undefined ? this.graph.op('Gather', [value, this.wanted], { axis: 0 }) : value;
  }

  #sharedShapes(): SharedShapes {
    const { graph } = this;
    const { heads, kvHeads, headDim } = this.dimensions;
    const groups = heads / kvHeads;
    const batch = graph.op('Shape', [this.inputs.ids], { start: 0, end: 1 });
    const sequence = graph.op('Shape', [this.inputs.ids], { start: 1, end: 2 });
    const queries = graph.op('Mul', [sequence, graph.int64([groups])]);
    const all = graph.op('Mul', [queries, batch]);
    const [rest, keyHeads, size] = [graph.int64([-1]), graph.int64([kvHeads]), graph.int64([headDim])];
    return {
      batchSequence: graph.concat([batch, sequence, rest], 0),
      query: graph.concat([keyHeads, batch, queries, size], 0),
      key: graph.concat([keyHeads, batch, sequence, size], 0),
      scores: graph.concat([keyHeads, batch, queries, rest], 0),
      folded: graph.concat([keyHeads, all, rest], 0),
      perQuery: graph.concat([keyHeads, batch, sequence, graph.int64([groups]), rest], 0),
      attention: graph.concat([batch, graph.int64([heads]), sequence, rest], 0),
    };
  }

  #segmentSizes(): Value | undefined {
    if (this.cache === 'none') return undefined;
    const { graph } = this;
    const lengthOf = (name: string): Value => graph.op('Shape', [name as Value], { start: 2, end: 3 });
    const fresh = graph.op('Shape', [this.inputs.ids], { start: 1, end: 2 });
    if (this.cache === 'append') return graph.concat([lengthOf('prefix_k.0'), lengthOf('past_k.0'), fresh], 0);
    return graph.concat([lengthOf('prefix_k.0'), graph.add(lengthOf('past_k.0'), fresh)], 0);
  }
}
