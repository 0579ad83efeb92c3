// Ids of special tokens beside the number of tokens there are: an end of answer that no token can be never comes. How many there
// are is said by vocab_size and by the rows of the embedding; where they differ the larger counts, since rows are padded and
// tokens are added. What it can miss: embeddings of unknown names, and models of several vocabularies (the largest counts).
import type { TensorPlace } from '../../artifact/digests/tensor-places.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { isObject, type JsonObject } from '../../artifact/text.ts';
import { isEmbedding } from '../provenance/claims.ts';

const SPECIAL = ['bos_token_id', 'eos_token_id', 'pad_token_id'] as const;
/** What transformers and others write for "none". */
const NONE = -1;
/** Answers end with a handful of tokens; of a longer list the first are looked at. */
const MAX_IDS = 64;

export interface StrayToken {
  /** 'eos_token_id', 'eos_token_id[1]'. */
  readonly key: string;
  readonly id: number;
  /** Ids run from 0 to one below. */
  readonly tokens: number;
  /** Where that is said. */
  readonly says: string;
}

/** Directory -> rows of the largest embedding in it. */
export function embeddingRows(tensors: readonly TensorPlace[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const tensor of tensors) if (isEmbedding(tensor)) rows.set(directoryOf(tensor.file), Math.max(rows.get(directoryOf(tensor.file)) ?? 0, tensor.shape[0] ?? 0));
  return rows;
}

/** `config`: config.json of the same folder; `rows`: of the embedding beside it. */
export function strayTokens(value: JsonObject, config: JsonObject | undefined, rows: number | undefined): StrayToken[] {
  const sizes = [...sizesIn(value), ...(config === undefined || config === value ? [] : sizesIn(config)), ...(rows === undefined ? [] : [{ tokens: rows, says: 'the rows of the embedding' }])];
  const most = sizes.reduce<{ tokens: number; says: string } | undefined>((best, size) => (best === undefined || size.tokens > best.tokens ? size : best), undefined);
  if (most === undefined) return [];
  return SPECIAL.flatMap((key) => {
    const own = value[key];
    const ids: readonly unknown[] = Array.isArray(own) ? own.slice(0, MAX_IDS) : [own];
    return ids.flatMap((id, i) => (typeof id === 'number' && id !== NONE && !(Number.isInteger(id) && id >= 0 && id < most.tokens) ? [{ key: Array.isArray(own) ? `${key}[${i}]` : key, id, ...most }] : []));
  });
}

/** Ids of special tokens in a GGUF, whose list of tokens says how many there are; its writers put -1 as an unsigned number for none. */
const GGUF_SPECIAL = ['bos', 'eos', 'eot', 'eom', 'unknown', 'padding'].map((name) => `tokenizer.ggml.${name}_token_id`);
const GGUF_TOKENS = 'tokenizer.ggml.tokens';
const GGUF_NONE = 0xffff_ffff;

export function strayTokensOfGguf(metadata: ReadonlyMap<string, unknown>): StrayToken[] {
  const list = metadata.get(GGUF_TOKENS);
  if (!Array.isArray(list)) return [];
  return GGUF_SPECIAL.flatMap((key) => {
    const id = metadata.get(key);
    return typeof id === 'number' && id !== NONE && id !== GGUF_NONE && !(Number.isInteger(id) && id >= 0 && id < list.length) ? [{ key, id, tokens: list.length, says: GGUF_TOKENS }] : [];
  });
}

/** Its own vocab_size, and those of its parts (text_config, decoder). */
function sizesIn(config: JsonObject): { readonly tokens: number; readonly says: string }[] {
  const size = (part: JsonObject, says: string): { tokens: number; says: string }[] => {
    const tokens = part['vocab_size'];
    return typeof tokens === 'number' && Number.isInteger(tokens) && tokens > 0 ? [{ tokens, says }] : [];
  };
  return [...size(config, 'vocab_size'), ...Object.entries(config).flatMap(([name, part]) => (isObject(part) ? size(part, `${name}.vocab_size`) : []))];
}
