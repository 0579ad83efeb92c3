// What a builder of an encoder (BERT, DistilBERT, RoBERTa, ViT) works with: the graph, the weights, bidirectional attention.
// Layout: tokens run as one axis [tokens] = [batch * sequence]; hidden states are [tokens, hidden], row-major.
import { MASKED } from './blocks/attention.ts';
import { linear, type LinearWeights } from './blocks/linear.ts';
import { layerNorm } from './blocks/norm.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import type { PackedMatrix, Weights } from './weights.ts';

export interface EncoderDimensions {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly inner: number;
}

export interface Projections {
  readonly query: LinearWeights;
  readonly key: LinearWeights;
  readonly value: LinearWeights;
  readonly output: LinearWeights;
}

export type Activation = 'gelu' | 'gelu-tanh' | 'relu';

export class EncoderGraph {
  readonly graph = new GraphBuilder();
  readonly dimensions: EncoderDimensions;
  readonly #weights: Weights;
  #shape: Value | undefined;
  /** float32 [B, 1, 1, S]: 0 where a key is read, MASKED where it is padding; undefined where nothing is padded. */
  #bias: Value | undefined;

  constructor(dimensions: EncoderDimensions, weights: Weights) {
    this.dimensions = dimensions;
    this.#weights = weights;
  }

  weight(name: string, shape: readonly number[]): Value {
    return this.#weights.bind(this.graph, name, shape);
  }

  packedWeight(name: string, shape: readonly [outputs: number, inputs: number]): PackedMatrix | undefined {
    return this.#weights.bindBlocks(this.graph, name, shape);
  }

  hasWeight(name: string): boolean {
    return this.#weights.has(name);
  }

  /** Name without `.weight` and `.bias`, stored [outputs, inputs] as torch's Linear is. */
  dense(name: string, inputs: number, outputs: number): LinearWeights {
    return { weight: `${name}.weight`, bias: this.hasWeight(`${name}.bias`) ? `${name}.bias` : undefined, inputs, outputs };
  }

  linear(x: Value, name: string, inputs: number, outputs: number): Value {
    return linear(this, x, this.dense(name, inputs, outputs));
  }

  norm(x: Value, name: string, epsilon: number): Value {
    return layerNorm(this, x, name, epsilon);
  }

  /** mask: int64 [B, S] of 1 for text and 0 for padding. */
  mask(mask: Value): void {
    const { graph } = this;
    const empty = graph.op('Sub', [graph.float32(1), graph.op('Cast', [mask], { to: 1 })]);
    this.#bias = graph.op('Unsqueeze', [graph.op('Mul', [empty, graph.float32(MASKED)]), graph.int64([1, 2])]);
  }

  /** batchSequence: int64 [2], the sizes B and S, once for all layers. */
  split(batchSequence: Value): void {
    const { graph } = this;
    const { heads, hidden } = this.dimensions;
    this.#shape = graph.concat([batchSequence, graph.int64([heads, hidden / heads])], 0);
  }

  /**
   * Every token looks at every other one. [tokens, hidden] -> [tokens, hidden], output projection included. `first`: only the
   * first token of each row looks, [B, hidden] -> [B, hidden]: all that is needed of the last layer.
   */
  attention(x: Value, { query, key, value, output }: Projections, first?: Value): Value {
    const { graph } = this;
    const { heads, hidden } = this.dimensions;
    const shape = this.#shape;
    if (shape === undefined) throw new RangeError('split() comes before attention()');
    const byHead = (weights: LinearWeights, perm: readonly number[], from = x, dims: Value | readonly number[] = shape): Value => graph.transpose(graph.reshape(linear(this, from, weights), dims), perm);
    const queries = first === undefined ? byHead(query, [0, 2, 1, 3]) : byHead(query, [0, 2, 1, 3], first, [-1, 1, heads, hidden / heads]);
    const scaled = graph.op('Mul', [queries, graph.float32(1 / Math.sqrt(hidden / heads))]);
    const scores = graph.op('MatMul', [scaled, byHead(key, [0, 2, 3, 1])]);
    const probabilities = graph.op('Softmax', [this.#bias === undefined ? scores : graph.add(scores, this.#bias)], { axis: -1 });
    const context = graph.op('MatMul', [probabilities, byHead(value, [0, 2, 1, 3])]);
    return linear(this, graph.reshape(graph.transpose(context, [0, 2, 1, 3]), [-1, hidden]), output);
  }

  feedForward(x: Value, up: string, down: string, activation: Activation): Value {
    const { hidden, inner } = this.dimensions;
    return this.linear(this.activate(this.linear(x, up, hidden, inner), activation), down, inner, hidden);
  }

  activate(x: Value, activation: Activation): Value {
    const { graph } = this;
    if (activation === 'relu') return graph.op('Relu', [x]);
    return graph.op(activation === 'gelu' ? 'Gelu' : 'FastGelu', [x], {}, 'com.microsoft');
  }

  /** First token of each row: [tokens, hidden] -> [B, hidden]. batchSequence as in split(). */
  first(x: Value, batchSequence: Value): Value {
    const { graph } = this;
    const rows = graph.reshape(x, graph.concat([batchSequence, graph.int64([this.dimensions.hidden])], 0));
    return graph.op('Gather', [rows, graph.int64([0], true)], { axis: 1 });
  }
}
