// Qwen2 and Qwen2.5 (dense): Llama's layers with biases on query, key and value.
import type { Architecture } from './architecture.ts';
import { llamaDimensions, llamaLayers } from './llama.ts';

export const qwen2: Architecture = {
  modelTypes: ['qwen2'],
  dimensions(config) {
    if (config.flag('use_sliding_window', false)) throw config.unsupported('use_sliding_window', 'false');
    const kinds = config.raw('layer_types');
    if (Array.isArray(kinds) && kinds.some((kind) => kind !== 'full_attention')) throw config.unsupported('layer_types', '"full_attention" in every layer');
    // GGML keeps qwen2's rotary halves as transformers has them.
    return llamaDimensions(config, false);
  },
  build: (decoder, config) => llamaLayers(decoder, config, { queryKeyValue: true, output: false, mlp: false }),
};
