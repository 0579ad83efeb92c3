// Which step of a tokenizer.json @huggingface/tokenizers does not take: it names the kind alone, and a Sequence holds many.
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { isObject, type JsonObject } from '../text.ts';

/** Steps are tried beside a model of no words, which costs nothing. */
const NO_WORDS = { model: { type: 'BPE', vocab: {}, merges: [] }, normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
const STEPS = ['normalizer', 'pre_tokenizer', 'decoder'] as const;
const CHILDREN = ['normalizers', 'pretokenizers', 'decoders'] as const;

/** Its place ('pre_tokenizer.pretokenizers[1]'); undefined where every step is taken, and something else is not. */
export function refusedStep(tokenizer: JsonObject): string | undefined {
  const part = STEPS.find((name) => isRefused(name, tokenizer[name]));
  return part === undefined ? undefined : refusedWithin(part, tokenizer[part], part);
}

/** Nesting was bounded when the file was read. */
function refusedWithin(part: string, step: unknown, place: string): string {
  for (const key of CHILDREN) {
    const children: unknown = isObject(step) ? step[key] : undefined;
    if (!Array.isArray(children)) continue;
    const wrong = children.findIndex((child: unknown) => isRefused(part, child));
    if (wrong >= 0) return refusedWithin(part, children[wrong], `${place}.${key}[${wrong}]`);
  }
  return place;
}

function isRefused(part: string, step: unknown): boolean {
  try {
    new LibraryTokenizer({ ...NO_WORDS, [part]: step }, {});
    return false;
  } catch {
    return true;
  }
}
