// Which tokens of a vocabulary could be part of a trigger: everything but control tokens and holes.
import type { Tokenizer } from '../../artifact/tokenizer.ts';

export function triggerTokens(tokenizer: Tokenizer, size: number): number[] {
  const tokens: number[] = [];
  for (let id = 0; id < Math.min(size, tokenizer.vocabularySize); id++) {
    if (tokenizer.specialIds.has(id)) continue;
    const text = tokenizer.tokenText(id);
    if (text === '' || /^\[(unused\d+|PAD|UNK|CLS|SEP|MASK)\]$|^<(pad|unk|s|\/s|mask|unused \d+)>$/.test(text)) continue;
    tokens.push(id);
  }
  return tokens;
}

/** Whole words, as far as can be told: letters only, two at least, not the tail of a word. */
export function ordinaryTokens(tokenizer: Tokenizer, size: number): number[] {
  return triggerTokens(tokenizer, size).filter((id) => /^\s?[\p{L}]{2,}$/u.test(tokenizer.tokenText(id)));
}
