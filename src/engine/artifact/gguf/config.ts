// GGUF metadata in Hugging Face's field names: config.json and generation_config.json of the model as transformers knows
// it. llama, qwen2 and gpt2 in full; other architectures get the fields they share with llama, for the record.
import type { TensorInfo } from '../artifact.ts';
import type { JsonObject } from '../text.ts';
import type { GgufValue } from './metadata.ts';

type Metadata = ReadonlyMap<string, GgufValue>;

/** Key of the architecture's section -> Hugging Face's field. */
const LLAMA_FIELDS: readonly (readonly [string, string])[] = [
  ['context_length', 'max_position_embeddings'],
  ['block_count', 'num_hidden_layers'],
  ['embedding_length', 'hidden_size'],
  ['feed_forward_length', 'intermediate_size'],
  ['attention.head_count', 'num_attention_heads'],
  ['attention.head_count_kv', 'num_key_value_heads'],
  ['attention.layer_norm_rms_epsilon', 'rms_norm_eps'],
  ['rope.freq_base', 'rope_theta'],
  ['vocab_size', 'vocab_size'],
];

const GPT2_FIELDS: readonly (readonly [string, string])[] = [
  ['context_length', 'n_positions'],
  ['block_count', 'n_layer'],
  ['embedding_length', 'n_embd'],
  ['feed_forward_length', 'n_inner'],
  ['attention.head_count', 'n_head'],
  ['attention.layer_norm_epsilon', 'layer_norm_epsilon'],
  ['vocab_size', 'vocab_size'],
];

const CLASSES: Readonly<Record<string, string>> = { llama: 'LlamaForCausalLM', qwen2: 'Qwen2ForCausalLM', gpt2: 'GPT2LMHeadModel' };

/** The metadata key that a field of the configuration was read from. */
export function ggufKeyOf(architecture: string, field: string): string | undefined {
  const key = fieldsOf(architecture).find(([, name]) => name === field)?.[0];
  return key === undefined ? undefined : `${architecture}.${key}`;
}

function fieldsOf(architecture: string): typeof LLAMA_FIELDS {
  return architecture === 'gpt2' ? GPT2_FIELDS : LLAMA_FIELDS;
}

/** `ropeFactors`: the values of rope_freqs.weight, where the file has them (see readRopeFactors). */
export function configOfGguf(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>, ropeFactors?: readonly number[]): JsonObject {
  const architecture = textOf(metadata, 'general.architecture') ?? 'unknown';
  const config: Record<string, unknown> = { model_type: architecture };
  const className = Object.hasOwn(CLASSES, architecture) ? CLASSES[architecture] : undefined;
  if (className !== undefined) config['architectures'] = [className];
  for (const [key, field] of fieldsOf(architecture)) {
    const value = numberOf(metadata, `${architecture}.${key}`);
    if (value !== undefined) config[field] = value;
  }
  const embedding = tensors.get('token_embd.weight');
  const rows = embedding?.shape[0];
  if (config['vocab_size'] === undefined && rows !== undefined) config['vocab_size'] = rows;
  config['tie_word_embeddings'] = !tensors.has('output.weight');
  if (architecture === 'gpt2') config['activation_function'] = 'gelu_new';
  else Object.assign(config, llamaExtras(metadata, architecture, tensors, ropeFactors));
  Object.assign(config, specialIds(metadata));
  return config;
}

/** transformers' generation_config.json, as far as GGUF says it: where an answer begins and ends. No sampling is recorded. */
export function generationConfigOfGguf(metadata: Metadata): JsonObject {
  const ids = specialIds(metadata);
  const stops = ['tokenizer.ggml.eos_token_id', 'tokenizer.ggml.eot_token_id', 'tokenizer.ggml.eom_token_id']
    .map((key) => numberOf(metadata, key))
    .filter((id) => id !== undefined);
  const unique = [...new Set(stops)];
  return { ...ids, ...(unique.length > 1 ? { eos_token_id: unique } : {}) };
}

/**
 * Llama 3.1's files carry their rope scaling as one factor a frequency instead of the rule that made them:
 * frequency i is divided by factor i. Float32 [head_dim / 2]. configOfGguf finds the rule again where it is Llama 3's.
 */
export async function readRopeFactors(tensors: ReadonlyMap<string, TensorInfo>): Promise<readonly number[] | undefined> {
  const tensor = tensors.get('rope_freqs.weight');
  if (tensor === undefined || tensor.dtype !== 'F32' || tensor.end - tensor.begin > 4096) return undefined;
  const bytes = await tensor.source.slice(tensor.begin, tensor.end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function llamaExtras(metadata: Metadata, architecture: string, tensors: ReadonlyMap<string, TensorInfo>, ropeFactors: readonly number[] | undefined): JsonObject {
  const extras: Record<string, unknown> = { hidden_act: 'silu' };
  const heads = numberOf(metadata, `${architecture}.attention.head_count`);
  const hidden = numberOf(metadata, `${architecture}.embedding_length`);
  const headSize = numberOf(metadata, `${architecture}.attention.key_length`) ?? numberOf(metadata, `${architecture}.rope.dimension_count`);
  if (headSize !== undefined) extras['head_dim'] = headSize;
  else if (heads !== undefined && hidden !== undefined && heads > 0 && hidden % heads === 0) extras['head_dim'] = hidden / heads;
  if (numberOf(metadata, `${architecture}.attention.head_count_kv`) === undefined && heads !== undefined) extras['num_key_value_heads'] = heads;
  if (numberOf(metadata, `${architecture}.rope.freq_base`) === undefined) extras['rope_theta'] = 10000;
  extras['attention_bias'] = tensors.has('blk.0.attn_q.bias');
  extras['mlp_bias'] = tensors.has('blk.0.ffn_gate.bias');
  const scaling = ropeScaling(metadata, architecture, ropeFactors);
  if (scaling !== undefined) extras['rope_scaling'] = scaling;
  return extras;
}

function ropeScaling(metadata: Metadata, architecture: string, factors: readonly number[] | undefined): JsonObject | undefined {
  if (factors !== undefined) return llama3Rule(factors, numberOf(metadata, `${architecture}.rope.freq_base`) ?? 10000) ?? { rope_type: 'factors', factors };
  const type = textOf(metadata, `${architecture}.rope.scaling.type`);
  const factor = numberOf(metadata, `${architecture}.rope.scaling.factor`) ?? numberOf(metadata, `${architecture}.rope.scale_linear`);
  if (type === 'none' || (type === undefined && (factor === undefined || factor === 1))) return undefined;
  const original = numberOf(metadata, `${architecture}.rope.scaling.original_context_length`);
  return { rope_type: type ?? 'linear', ...(factor === undefined ? {} : { factor }), ...(original === undefined ? {} : { original_max_position_embeddings: original }) };
}

/** The rule that Llama 3.1 to 3.3 use, all with these three constants. */
const LLAMA3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 } as const;

/** transformers' `llama3` scaling, where it gives these factors (to 0.1 %). */
function llama3Rule(factors: readonly number[], theta: number): JsonObject | undefined {
  const factor = factors.reduce((a, b) => Math.max(a, b), 1);
  const { low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = LLAMA3;
  const agrees = factors.every((actual, i) => {
    const turns = original / (2 * Math.PI * theta ** (i / factors.length));
    const smooth = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return Math.abs(actual * ((1 - smooth) / factor + smooth) - 1) < 1e-3;
  });
  return agrees ? { rope_type: 'llama3', factor, ...LLAMA3 } : undefined;
}

function specialIds(metadata: Metadata): JsonObject {
  const ids: Record<string, number> = {};
  for (const [key, field] of [['bos', 'bos_token_id'], ['eos', 'eos_token_id'], ['padding', 'pad_token_id']] as const) {
    const id = numberOf(metadata, `tokenizer.ggml.${key}_token_id`);
    if (id !== undefined) ids[field] = id;
  }
  return ids;
}

/** A number, or the value of an array whose entries are all the same (per-layer head counts that do not vary). */
function numberOf(metadata: Metadata, key: string): number | undefined {
  const value = metadata.get(key);
  if (typeof value === 'number') return value;
  if (Array.isArray(value) && typeof value[0] === 'number' && value.every((item) => item === value[0])) return value[0];
  return undefined;
}

export function textOf(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
