// Settings of generation that force or forbid tokens (transformers' GenerationConfig). Speech and translation models force
// languages and forbid noise, models of pictures forbid their placeholders: told by the configuration beside the file where
// there is one, else by the keys that only such models have. What it can miss: a chat model that calls itself one of those.
import { isObject, type JsonObject } from '../../artifact/text.ts';
import type { Ask } from './ask.ts';

/** What lies beside a generation_config.json, as far as it is there. */
export interface Neighbours {
  /** config.json of the same folder. */
  readonly config?: JsonObject | undefined;
  /** Ids of the tokenizer's special tokens; undefined where there is no tokenizer. */
  readonly special?: ReadonlySet<number> | undefined;
}

const FORCING_MODELS = /whisper|bart|marian|m2m|nllb|seamless|t5|speech|fsmt|pegasus|blenderbot|plbart|led|prophetnet|encoder-decoder|moonshine|musicgen|bark|pix2struct|donut|nougat|s2t/i;
/** Keys that only models of these kinds have. */
const FORCING_KEYS = ['lang_to_id', 'task_to_id', 'alignment_heads', 'no_timestamps_token_id', 'is_multilingual', 'return_timestamps', 'max_initial_timestamp_index', 'prev_sot_token_id', 'begin_suppress_tokens', 'decoder_start_token_id'];
const SPECIAL_KEYS = ['bos_token_id', 'pad_token_id', 'unk_token_id', 'sep_token_id', 'mask_token_id', 'decoder_start_token_id', 'image_token_id', 'image_token_index', 'video_token_id', 'audio_token_id'];

/** Tokens; no ordinary configuration asks for that many at the least. */
const LONG_ANSWER = 10_000;
/** Without a tokenizer: a handful of ids from the far end of a vocabulary is most often a model's placeholders for pictures. */
const HANDFUL = 4;
const FAR_END = 30_000;

export function tokenAsks(value: JsonObject, { config, special }: Neighbours = {}): Ask[] {
  const asks: Ask[] = [];
  const add = (key: string, what: string): void => {
    asks.push({ kind: 'tokens', key, value: (JSON.stringify(value[key]) ?? '').slice(0, 120), what });
  };
  const ids = (key: string): number[] => [value[key]].flat(3).filter((id) => typeof id === 'number');
  if (isFilled(value['sequence_bias'])) add('sequence_bias', 'makes certain words likelier or less likely');
  // An answer ends with any of the tokens that end one: all of them must be forbidden for it to run on.
  const eos = ids('eos_token_id');
  const ending = ['suppress_tokens', 'bad_words_ids'].find((key) => {
    const forbidden = new Set(ids(key));
    return eos.length > 0 && eos.every((id) => forbidden.has(id));
  });
  if (ending !== undefined) add(ending, 'forbids the token that ends an answer');
  else if (!isForcing(value, config)) {
    const known = new Set([...(special ?? []), ...SPECIAL_KEYS.flatMap((key) => [value[key], config?.[key]]).filter((id) => typeof id === 'number')]);
    for (const key of ['suppress_tokens', 'begin_suppress_tokens', 'bad_words_ids']) {
      const others = ids(key).filter((id) => !known.has(id));
      const placeholders = special === undefined && others.length <= HANDFUL && others.every((id) => id >= FAR_END);
      if (others.length > 0 && !placeholders) add(key, 'forbids certain words');
    }
    for (const key of ['forced_decoder_ids', 'force_words_ids']) if (isFilled(value[key])) add(key, 'forces certain words into every answer');
  }
  for (const key of ['min_length', 'min_new_tokens']) if (typeof value[key] === 'number' && value[key] > LONG_ANSWER) add(key, 'makes every answer run on');
  return asks;
}

function isForcing(value: JsonObject, config: JsonObject | undefined): boolean {
  const own = value['model_type'] ?? config?.['model_type'];
  if (typeof own === 'string') return FORCING_MODELS.test(own) || config?.['is_encoder_decoder'] === true || value['is_encoder_decoder'] === true;
  return FORCING_KEYS.some((key) => key in value);
}

/** Of a tokenizer.json: the ids of its special added tokens. */
export function specialIds(tokenizer: JsonObject): ReadonlySet<number> {
  const added = tokenizer['added_tokens'];
  return new Set((Array.isArray(added) ? added : []).flatMap((token: unknown) => (isObject(token) && token['special'] === true && typeof token['id'] === 'number' ? [token['id']] : [])));
}

function isFilled(value: unknown): boolean {
  return (Array.isArray(value) && value.length > 0) || (isObject(value) && Object.keys(value).length > 0);
}
