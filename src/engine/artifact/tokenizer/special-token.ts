// A special token as configurations write it: a text, or an AddedToken object with the text in it (tokenizers, AddedToken).
import { isObject, type JsonObject } from '../text.ts';

/** By its field of tokenizer_config.json ('bos_token'). */
export function specialToken(tokenizerConfig: JsonObject | undefined, field: string): string | undefined {
  return tokenText(tokenizerConfig?.[field]);
}

/** May be empty: some configurations switch a token off so. */
export function tokenText(value: unknown): string | undefined {
  const text = isObject(value) ? value['content'] : value;
  return typeof text === 'string' ? text : undefined;
}
