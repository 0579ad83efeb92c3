// GGUF tensor names (gguf-py/gguf/constants.py) for the Hugging Face names the builders ask for, a table an architecture.
// Names without a layer stand as they are; `{}` is the layer's number.

const LLAMA: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
  'model.layers.{}.input_layernorm.weight': 'blk.{}.attn_norm.weight',
  'model.layers.{}.post_attention_layernorm.weight': 'blk.{}.ffn_norm.weight',
  'model.layers.{}.self_attn.q_proj.weight': 'blk.{}.attn_q.weight',
  'model.layers.{}.self_attn.k_proj.weight': 'blk.{}.attn_k.weight',
  'model.layers.{}.self_attn.v_proj.weight': 'blk.{}.attn_v.weight',
  'model.layers.{}.self_attn.o_proj.weight': 'blk.{}.attn_output.weight',
  'model.layers.{}.self_attn.q_proj.bias': 'blk.{}.attn_q.bias',
  'model.layers.{}.self_attn.k_proj.bias': 'blk.{}.attn_k.bias',
  'model.layers.{}.self_attn.v_proj.bias': 'blk.{}.attn_v.bias',
  'model.layers.{}.self_attn.o_proj.bias': 'blk.{}.attn_output.bias',
  'model.layers.{}.mlp.gate_proj.weight': 'blk.{}.ffn_gate.weight',
  'model.layers.{}.mlp.up_proj.weight': 'blk.{}.ffn_up.weight',
  'model.layers.{}.mlp.down_proj.weight': 'blk.{}.ffn_down.weight',
  'model.layers.{}.mlp.gate_proj.bias': 'blk.{}.ffn_gate.bias',
  'model.layers.{}.mlp.up_proj.bias': 'blk.{}.ffn_up.bias',
  'model.layers.{}.mlp.down_proj.bias': 'blk.{}.ffn_down.bias',
};

const GPT2: Readonly<Record<string, string>> = {
  'wte.weight': 'token_embd.weight',
  'wpe.weight': 'position_embd.weight',
  'ln_f.weight': 'output_norm.weight',
  'ln_f.bias': 'output_norm.bias',
  'lm_head.weight': 'output.weight',
  'h.{}.ln_1.weight': 'blk.{}.attn_norm.weight',
  'h.{}.ln_1.bias': 'blk.{}.attn_norm.bias',
  'h.{}.ln_2.weight': 'blk.{}.ffn_norm.weight',
  'h.{}.ln_2.bias': 'blk.{}.ffn_norm.bias',
  'h.{}.attn.c_attn.weight': 'blk.{}.attn_qkv.weight',
  'h.{}.attn.c_attn.bias': 'blk.{}.attn_qkv.bias',
  'h.{}.attn.c_proj.weight': 'blk.{}.attn_output.weight',
  'h.{}.attn.c_proj.bias': 'blk.{}.attn_output.bias',
  'h.{}.mlp.c_fc.weight': 'blk.{}.ffn_up.weight',
  'h.{}.mlp.c_fc.bias': 'blk.{}.ffn_up.bias',
  'h.{}.mlp.c_proj.weight': 'blk.{}.ffn_down.weight',
  'h.{}.mlp.c_proj.bias': 'blk.{}.ffn_down.bias',
};

const ALL: Readonly<Record<string, string>> = { ...LLAMA, ...GPT2 };

/** Undefined where GGUF has no such tensor. */
export function ggufName(name: string): string | undefined {
  const layer = /\.(\d+)\./.exec(name)?.[1];
  if (layer === undefined) return ALL[name];
  return ALL[name.replace(`.${layer}.`, '.{}.')]?.replace('{}', layer);
}
