// Llama (Touvron et al. 2023) as transformers' LlamaForCausalLM computes it: SmolLM2, TinyLlama, Llama 3, and Mistral
// within its sliding window. Rotary positions, RMSNorm, SwiGLU, grouped key heads, tied or untied output.
import { attention } from '../blocks/attention.ts';
import { embed, linear } from '../blocks/linear.ts';
import { swiGlu } from '../blocks/mlp.ts';
import { rmsNorm } from '../blocks/norm.ts';
import type { ConfigReader } from '../config-reader.ts';
import type { DecoderGraph } from '../decoder-graph.ts';
import { SIZE_LIMITS, type Dimensions } from '../dimensions.ts';
import type { Value } from '../graph-builder.ts';
import { readRope } from '../rope.ts';
import type { Architecture } from './architecture.ts';

export interface LlamaBiases {
  readonly queryKeyValue: boolean;
  readonly output: boolean;
  readonly mlp: boolean;
}

export const llama: Architecture = {
  modelTypes: ['llama', 'mistral'],
  dimensions(config, fromGguf) {
    const dimensions = llamaDimensions(config, fromGguf);
    return config.raw('model_type') === 'mistral' ? withinSlidingWindow(config, dimensions) : dimensions;
  },
  build(decoder, config) {
    const attentionBias = config.flag('attention_bias', false);
    return llamaLayers(decoder, config, { queryKeyValue: attentionBias, output: attentionBias, mlp: config.flag('mlp_bias', false) });
  },
};

/** `interleaved`: GGML stores llama's query and key rows so that rotary pairs are neighbours. */
export function llamaDimensions(config: ConfigReader, interleaved: boolean): Dimensions {
  config.oneOf('hidden_act', ['silu', 'swish'], 'silu');
  const hidden = config.integer('hidden_size', SIZE_LIMITS.width);
  const heads = config.integer('num_attention_heads', SIZE_LIMITS.heads);
  const kvHeads = config.integer('num_key_value_heads', SIZE_LIMITS.heads, heads);
  if (heads % kvHeads !== 0) throw config.error('num_key_value_heads', `a divisor of num_attention_heads (${heads})`);
  const headDim = config.has('head_dim') ? config.integer('head_dim', SIZE_LIMITS.width) : hidden / heads;
  if (!Number.isInteger(headDim)) throw config.error('hidden_size', `a multiple of num_attention_heads (${heads})`);
  return {
    layers: config.integer('num_hidden_layers', SIZE_LIMITS.layers),
    hidden,
    heads,
    kvHeads,
    headDim,
    vocabulary: config.integer('vocab_size', SIZE_LIMITS.vocabulary),
    contextLength: config.integer('max_position_embeddings', SIZE_LIMITS.context),
    rope: readRope(config, headDim, interleaved),
  };
}

/** Tokens of Mistral's context that Assay uses: up to its sliding window every token sees all before it, as in Llama. */
function withinSlidingWindow(config: ConfigReader, dimensions: Dimensions): Dimensions {
  if (config.raw('sliding_window') === null) return dimensions;
  const window = config.integer('sliding_window', { min: 0, max: Number.MAX_SAFE_INTEGER }, MISTRAL_WINDOW);
  return window === 0 ? dimensions : { ...dimensions, contextLength: Math.min(window, dimensions.contextLength) };
}

/** What transformers takes where the configuration says nothing; a null is none. */
const MISTRAL_WINDOW = 4096;

export function llamaLayers(decoder: DecoderGraph, config: ConfigReader, biases: LlamaBiases): Value {
  const { graph, dimensions } = decoder;
  const { hidden, heads, kvHeads, headDim, vocabulary } = dimensions;
  const inner = config.integer('intermediate_size', SIZE_LIMITS.width);
  const epsilon = config.positive('rms_norm_eps', 1e-6);
  const embedding = decoder.weight('model.embed_tokens.weight', [vocabulary, hidden]);
  let x = embed(decoder, embedding, decoder.inputs.ids, hidden);

  for (let layer = 0; layer < dimensions.layers; layer++) {
    const name = `model.layers.${layer}`;
    const weights = (part: string, inputs: number, outputs: number, bias: boolean) => ({
      weight: `${name}.${part}.weight`,
      bias: bias ? `${name}.${part}.bias` : undefined,
      inputs,
      outputs,
    });
    const normed = rmsNorm(decoder, x, `${name}.input_layernorm.weight`, epsilon);
    const attended = attention(decoder, layer, {
      query: linear(decoder, normed, weights('self_attn.q_proj', hidden, heads * headDim, biases.queryKeyValue)),
      key: linear(decoder, normed, weights('self_attn.k_proj', hidden, kvHeads * headDim, biases.queryKeyValue)),
      value: linear(decoder, normed, weights('self_attn.v_proj', hidden, kvHeads * headDim, biases.queryKeyValue)),
    });
    const projected = linear(decoder, decoder.narrow(layer, attended), weights('self_attn.o_proj', heads * headDim, hidden, biases.output));
    x = graph.add(decoder.narrow(layer, x), projected);
    const fed = swiGlu(decoder, rmsNorm(decoder, x, `${name}.post_attention_layernorm.weight`, epsilon), {
      gate: weights('mlp.gate_proj', hidden, inner, biases.mlp),
      up: weights('mlp.up_proj', hidden, inner, biases.mlp),
      down: weights('mlp.down_proj', inner, hidden, biases.mlp),
    });
    x = graph.add(x, fed);
  }
  const normed = rmsNorm(decoder, x, 'model.norm.weight', epsilon);
  const tied = config.flag('tie_word_embeddings', false) || (decoder.fromGguf && !decoder.hasWeight('lm_head.weight'));
  return linear(decoder, normed, { weight: tied ? 'model.embed_tokens.weight' : 'lm_head.weight', inputs: hidden, outputs: vocabulary });
}
