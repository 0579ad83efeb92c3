// BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019) and DistilBERT (Sanh et al. 2019) with a classification head, as
// transformers' …ForSequenceClassification computes them. LayerNorm after each part, learned positions.
// Not supported: relative positions, cross-attention, more than one kind of token type in use (all tokens are of type 0).
import type { ConfigReader } from '../config-reader.ts';
import { SIZE_LIMITS } from '../dimensions.ts';
import type { Activation, EncoderGraph, EncoderDimensions } from '../encoder-graph.ts';
import type { Value } from '../graph-builder.ts';
import type { ClassifierArchitecture } from './classifier-architecture.ts';

interface Names {
  readonly embeddings: string;
  readonly norm: string;
  readonly tokenTypes: boolean;
  layer(index: number): {
    readonly query: string; readonly key: string; readonly value: string; readonly output: string; readonly attended: string;
    readonly up: string; readonly down: string; readonly fed: string;
  };
}

function bertNames(prefix: string): Names {
  return {
    embeddings: `${prefix}.embeddings`,
    norm: `${prefix}.embeddings.LayerNorm`,
    tokenTypes: true,
    layer: (index) => {
      const name = `${prefix}.encoder.layer.${index}`;
      const self = `${name}.attention.self`;
      return { query: `${self}.query`, key: `${self}.key`, value: `${self}.value`, output: `${name}.attention.output.dense`, attended: `${name}.attention.output.LayerNorm`, up: `${name}.intermediate.dense`, down: `${name}.output.dense`, fed: `${name}.output.LayerNorm` };
    },
  };
}

const DISTILBERT: Names = {
  embeddings: 'distilbert.embeddings',
  norm: 'distilbert.embeddings.LayerNorm',
  tokenTypes: false,
  layer: (index) => {
    const name = `distilbert.transformer.layer.${index}`;
    return { query: `${name}.attention.q_lin`, key: `${name}.attention.k_lin`, value: `${name}.attention.v_lin`, output: `${name}.attention.out_lin`, attended: `${name}.sa_layer_norm`, up: `${name}.ffn.lin1`, down: `${name}.ffn.lin2`, fed: `${name}.output_layer_norm` };
  },
};

function bertDimensions(config: ConfigReader): EncoderDimensions {
  config.oneOf('position_embedding_type', ['absolute'], 'absolute');
  const hidden = config.integer('hidden_size', SIZE_LIMITS.width);
  const heads = config.integer('num_attention_heads', SIZE_LIMITS.heads);
  if (hidden % heads !== 0) throw config.error('hidden_size', `a multiple of num_attention_heads (${heads})`);
  return { layers: config.integer('num_hidden_layers', SIZE_LIMITS.layers), hidden, heads, inner: config.integer('intermediate_size', SIZE_LIMITS.width) };
}

export function activationOf(config: ConfigReader, field: string): Activation {
  const name = config.oneOf(field, ['gelu', 'gelu_new', 'gelu_pytorch_tanh', 'relu'], 'gelu');
  return name === 'relu' ? 'relu' : name === 'gelu' ? 'gelu' : 'gelu-tanh';
}

/** The first token's hidden state after the last layer, [B, hidden]. */
function encode(encoder: EncoderGraph, config: ConfigReader, names: Names, epsilon: number, activation: Activation): Value {
  const { graph, dimensions } = encoder;
  const { hidden } = dimensions;
  const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
  encoder.mask(graph.input('attention_mask', 'int64', ['batch', 'sequence']));
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const batchSequence = graph.op('Shape', [ids]);
  encoder.split(batchSequence);
  const table = (name: string, rows: number): Value => encoder.weight(`${names.embeddings}.${name}.weight`, [rows, hidden]);
  const rows = (name: string, count: number, index: Value): Value => graph.op('Gather', [table(name, count), index], { axis: 0 });
  let x = graph.add(rows('word_embeddings', config.integer('vocab_size', SIZE_LIMITS.vocabulary), ids), rows('position_embeddings', config.integer('max_position_embeddings', SIZE_LIMITS.context), positions));
  if (names.tokenTypes) x = graph.add(x, rows('token_type_embeddings', config.integer('type_vocab_size', { min: 1, max: 1024 }, 2), graph.int64([0], true)));
  x = encoder.norm(graph.reshape(x, [-1, hidden]), names.norm, epsilon);
  for (let layer = 0; layer < dimensions.layers; layer++) {
    const name = names.layer(layer);
    const square = (part: string) => encoder.dense(part, hidden, hidden);
    // The classes hang on the first token alone: of the last layer nothing else is computed.
    const first = layer === dimensions.layers - 1 ? encoder.first(x, batchSequence) : undefined;
    const attended = encoder.attention(x, { query: square(name.query), key: square(name.key), value: square(name.value), output: square(name.output) }, first);
    x = encoder.norm(graph.add(first ?? x, attended), name.attended, epsilon);
    x = encoder.norm(graph.add(x, encoder.feedForward(x, name.up, name.down, activation)), name.fed, epsilon);
  }
  return x;
}

export const bert: ClassifierArchitecture = {
  modelTypes: ['bert'],
  firstPosition: () => 0,
  dimensions: bertDimensions,
  classifierWeight: 'classifier.weight',
  build(encoder, config, classes) {
    const { graph, dimensions } = encoder;
    const first = encode(encoder, config, bertNames('bert'), config.positive('layer_norm_eps', 1e-12), activationOf(config, 'hidden_act'));
    const pooled = graph.op('Tanh', [encoder.linear(first, 'bert.pooler.dense', dimensions.hidden, dimensions.hidden)]);
    return encoder.linear(pooled, 'classifier', dimensions.hidden, classes);
  },
};

export const roberta: ClassifierArchitecture = {
  modelTypes: ['roberta', 'xlm-roberta'],
  firstPosition: (config) => config.integer('pad_token_id', { min: 0, max: SIZE_LIMITS.vocabulary.max }, 1) + 1,
  dimensions: bertDimensions,
  classifierWeight: 'classifier.out_proj.weight',
  build(encoder, config, classes) {
    const { graph, dimensions } = encoder;
    const first = encode(encoder, config, bertNames('roberta'), config.positive('layer_norm_eps', 1e-5), activationOf(config, 'hidden_act'));
    const pooled = graph.op('Tanh', [encoder.linear(first, 'classifier.dense', dimensions.hidden, dimensions.hidden)]);
    return encoder.linear(pooled, 'classifier.out_proj', dimensions.hidden, classes);
  },
};

export const distilbert: ClassifierArchitecture = {
  modelTypes: ['distilbert'],
  firstPosition: () => 0,
  dimensions(config) {
    const hidden = config.integer('dim', SIZE_LIMITS.width);
    const heads = config.integer('n_heads', SIZE_LIMITS.heads);
    if (hidden % heads !== 0) throw config.error('dim', `a multiple of n_heads (${heads})`);
    return { layers: config.integer('n_layers', SIZE_LIMITS.layers), hidden, heads, inner: config.integer('hidden_dim', SIZE_LIMITS.width) };
  },
  classifierWeight: 'classifier.weight',
  build(encoder, config, classes) {
    const { dimensions } = encoder;
    const first = encode(encoder, config, DISTILBERT, 1e-12, activationOf(config, 'activation'));
    const pooled = encoder.activate(encoder.linear(first, 'pre_classifier', dimensions.hidden, dimensions.hidden), 'relu');
    return encoder.linear(pooled, 'classifier', dimensions.hidden, classes);
  },
};
