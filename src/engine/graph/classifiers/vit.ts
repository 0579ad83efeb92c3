// ViT (Dosovitskiy et al. 2021) with a classification head, as transformers' ViTForImageClassification computes it: patches
// by a strided convolution, a class token, learned positions, LayerNorm before each part. Images of the trained size only.
import { SIZE_LIMITS } from '../dimensions.ts';
import type { ClassifierArchitecture } from './classifier-architecture.ts';
import { activationOf } from './text-encoders.ts';

const SIDE = { min: 1, max: 4096 };

export const vit: ClassifierArchitecture = {
  modelTypes: ['vit'],
  firstPosition: () => 0,
  dimensions(config) {
    const hidden = config.integer('hidden_size', SIZE_LIMITS.width);
    const heads = config.integer('num_attention_heads', SIZE_LIMITS.heads);
    if (hidden % heads !== 0) throw config.error('hidden_size', `a multiple of num_attention_heads (${heads})`);
    return { layers: config.integer('num_hidden_layers', SIZE_LIMITS.layers), hidden, heads, inner: config.integer('intermediate_size', SIZE_LIMITS.width) };
  },
  classifierWeight: 'classifier.weight',
  build(encoder, config, classes) {
    const { graph, dimensions } = encoder;
    const { hidden, layers } = dimensions;
    const [side, patch, channels] = [config.integer('image_size', SIDE), config.integer('patch_size', SIDE), config.integer('num_channels', { min: 1, max: 16 }, 3)];
    if (side % patch !== 0) throw config.error('image_size', `a multiple of patch_size (${patch})`);
    const patches = (side / patch) ** 2;
    const epsilon = config.positive('layer_norm_eps', 1e-12);
    const activation = activationOf(config, 'hidden_act');

    const pixels = graph.input('pixel_values', 'float32', ['batch', channels, side, side]);
    const projection = 'vit.embeddings.patch_embeddings.projection';
    const kernel = encoder.weight(`${projection}.weight`, [hidden, channels, patch, patch]);
    const convolved = graph.op('Conv', [pixels, kernel, encoder.weight(`${projection}.bias`, [hidden])], { kernel_shape: [patch, patch], strides: [patch, patch] });
    const tokens = graph.transpose(graph.reshape(convolved, [0, hidden, -1]), [0, 2, 1]);
    const batch = graph.op('Shape', [pixels], { start: 0, end: 1 });
    const classToken = graph.op('Expand', [encoder.weight('vit.embeddings.cls_token', [1, 1, hidden]), graph.concat([batch, graph.int64([1, hidden])], 0)]);
    const positions = encoder.weight('vit.embeddings.position_embeddings', [1, patches + 1, hidden]);
    const batchSequence = graph.concat([batch, graph.int64([patches + 1])], 0);
    encoder.split(batchSequence);
    let x = graph.reshape(graph.add(graph.concat([classToken, tokens], 1), positions), [-1, hidden]);
    for (let layer = 0; layer < layers; layer++) {
      const name = `vit.encoder.layer.${layer}`;
      const own = (part: string) => encoder.dense(`${name}.attention.attention.${part}`, hidden, hidden);
      const normed = encoder.norm(x, `${name}.layernorm_before`, epsilon);
      x = graph.add(x, encoder.attention(normed, { query: own('query'), key: own('key'), value: own('value'), output: encoder.dense(`${name}.attention.output.dense`, hidden, hidden) }));
      x = graph.add(x, encoder.feedForward(encoder.norm(x, `${name}.layernorm_after`, epsilon), `${name}.intermediate.dense`, `${name}.output.dense`, activation));
    }
    return encoder.linear(encoder.norm(encoder.first(x, batchSequence), 'vit.layernorm', epsilon), 'classifier', hidden, classes);
  },
};
