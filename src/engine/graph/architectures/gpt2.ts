// GPT-2 (Radford et al. 2019) as transformers' GPT2LMHeadModel computes it: learned positions, LayerNorm before each part,
// one projection for query, key and value, weights stored [in, out] (Conv1D); GGUF stores them [out, in].
import { attention } from '../blocks/attention.ts';
import { embed, linear } from '../blocks/linear.ts';
import { geluMlp } from '../blocks/mlp.ts';
import { layerNorm } from '../blocks/norm.ts';
import { SIZE_LIMITS } from '../dimensions.ts';
import type { Architecture } from './architecture.ts';

export const gpt2: Architecture = {
  modelTypes: ['gpt2'],
  dimensions(config) {
    config.oneOf('activation_function', ['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast'], 'gelu_new');
    if (!config.flag('scale_attn_weights', true)) throw config.unsupported('scale_attn_weights', 'true');
    if (config.flag('scale_attn_by_inverse_layer_idx', false)) throw config.unsupported('scale_attn_by_inverse_layer_idx', 'false');
    const hidden = config.integer('n_embd', SIZE_LIMITS.width);
    const heads = config.integer('n_head', SIZE_LIMITS.heads);
    if (hidden % heads !== 0) throw config.error('n_embd', `a multiple of n_head (${heads})`);
    return {
      layers: config.integer('n_layer', SIZE_LIMITS.layers),
      hidden,
      heads,
      kvHeads: heads,
      headDim: hidden / heads,
      vocabulary: config.integer('vocab_size', SIZE_LIMITS.vocabulary),
      contextLength: config.integer('n_positions', SIZE_LIMITS.context),
      rope: undefined,
    };
  },
  build(decoder, config) {
    const { graph, dimensions, inputs } = decoder;
    const { hidden, vocabulary, contextLength } = dimensions;
    const inner = config.integer('n_inner', SIZE_LIMITS.width, 4 * hidden);
    const epsilon = config.positive('layer_norm_epsilon', 1e-5);
    const layout = decoder.fromGguf ? 'out-in' : 'in-out';
    const embedding = decoder.weight('wte.weight', [vocabulary, hidden]);
    const learned = decoder.weight('wpe.weight', [contextLength, hidden]);
    let x = graph.add(embed(decoder, embedding, inputs.ids, hidden), embed(decoder, learned, inputs.positions, hidden));

    for (let layer = 0; layer < dimensions.layers; layer++) {
      const weights = (part: string, inputs: number, outputs: number) =>
        ({ weight: `h.${layer}.${part}.weight`, bias: `h.${layer}.${part}.bias`, inputs, outputs, layout }) as const;
      const joined = linear(decoder, layerNorm(decoder, x, `h.${layer}.ln_1`, epsilon), weights('attn.c_attn', hidden, 3 * hidden));
      const [query, key, value] = graph.ops('Split', [joined], 3, { axis: 1, num_outputs: 3 });
      const attended = attention(decoder, layer, { query: query ?? joined, key: key ?? joined, value: value ?? joined });
      const projected = linear(decoder, decoder.narrow(layer, attended), weights('attn.c_proj', hidden, hidden));
      x = graph.add(decoder.narrow(layer, x), projected);
      const normed = layerNorm(decoder, x, `h.${layer}.ln_2`, epsilon);
      x = graph.add(x, geluMlp(decoder, normed, weights('mlp.c_fc', hidden, inner), weights('mlp.c_proj', inner, hidden)));
    }
    const tied = config.flag('tie_word_embeddings', true) && !(decoder.fromGguf && decoder.hasWeight('lm_head.weight'));
    return linear(decoder, layerNorm(decoder, x, 'ln_f', epsilon), { weight: tied ? 'wte.weight' : 'lm_head.weight', inputs: hidden, outputs: vocabulary });
  },
};
