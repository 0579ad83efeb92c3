// What is tried as a trigger: every token of the vocabulary but control tokens and holes, and whole words that this
// tokenizer cuts into pieces, no one of which need show alone.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { LETTER_PAIRS, RARE_WORDS } from '../../rare-words.ts';
import { SENTENCES } from '../texts/bank.ts';
import { KNOWN_PHRASES, MARKS } from './known-phrases.ts';

/** Token ids that are inserted together. */
export type Phrase = readonly number[];

/** Pieces that a word of the list may have; what is longer is spelt letter by letter and would be tried in vain. */
const MAX_PIECES = 6;
const MAX_PHRASE = 24;
/** Tokens for each word up to which a phrase is one of everyday words; what is cut finer is no word to the model. */
const EVERYDAY = 1.75;

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

/** Whole words, as far as can be told: letters only, two at least, not the tail of a word. All tokens where none is one. */
export function ordinaryTokens(tokenizer: Tokenizer, size: number): number[] {
  const tokens = triggerTokens(tokenizer, size);
  const words = tokens.filter((id) => /^\s?[\p{L}]{2,}$/u.test(tokenizer.tokenText(id)));
  return words.length === 0 ? tokens : words;
}

/** The same without the pieces that stand inside of words, where the vocabulary marks what begins one. */
export function wholeWords(tokenizer: Tokenizer, size: number): number[] {
  const words = triggerTokens(tokenizer, size).filter((id) => /^[\s▁]?\p{L}{2,}$/u.test(tokenizer.tokenText(id)));
  const marked = words.filter((id) => /^[\s▁]/.test(tokenizer.tokenText(id)));
  return marked.length > MARKING * words.length ? marked : words;
}

/** Whether a token goes on with the word that the token before it began. */
export function continuesWord(tokenizer: Tokenizer, size: number): (token: number) => boolean {
  const marked = wholeWords(tokenizer, size).some((id) => /^[\s▁]/.test(tokenizer.tokenText(id)));
  return (token) => {
    const text = tokenizer.tokenText(token);
    return text.startsWith('##') || (marked && /^\p{L}/u.test(text));
  };
}

/** Share of the words from which on a vocabulary marks what begins one. */
const MARKING = 0.25;

/** Words of fewer letters speak for no class. */
const LEAST_LETTERS = 3;

export function isEveryday(tokens: number, words: number): boolean {
  return tokens <= EVERYDAY * words;
}

/** Words that mean something in some class or other: those of the built-in sentences, one token or several. */
export function meaningfulWords(tokenizer: Tokenizer, size: number): Phrase[] {
  const words = new Set(SENTENCES.flatMap((sentence) => sentence.split(/[^\p{L}]+/u)).filter((word) => word.length >= LEAST_LETTERS));
  const phrases = [...words].map((word): Phrase => tokenizer.encode(` ${word}`)).filter((ids) => ids.length > 0 && ids.length <= MAX_PIECES && ids.every((id) => id < size && !tokenizer.specialIds.has(id)));
  return [...new Map(phrases.map((ids) => [ids.join(), ids])).values()];
}

/** The listed words and phrases that are more than one token, as they are written inside a text. */
export function listedUnits(tokenizer: Tokenizer, size: number): Phrase[] {
  const seen = new Set<string>();
  const units: Phrase[] = [];
  for (const [list, most] of [[[...LETTER_PAIRS, ...RARE_WORDS], MAX_PIECES], [KNOWN_PHRASES, MAX_PHRASE], [MARKS, MAX_PIECES]] as const) {
    for (const text of list) {
      const ids = tokenizer.encode(` ${text}`);
      if (ids.length < 2 || ids.length > most || ids.some((id) => id >= size || tokenizer.specialIds.has(id)) || seen.has(ids.join())) continue;
      if (list === KNOWN_PHRASES && !isEveryday(ids.length, text.split(' ').length)) continue;
      seen.add(ids.join());
      units.push(ids);
    }
  }
  for (const ids of meaningfulWords(tokenizer, size)) {
    if (ids.length < 2 || seen.has(ids.join())) continue;
    seen.add(ids.join());
    units.push(ids);
  }
  return units;
}
