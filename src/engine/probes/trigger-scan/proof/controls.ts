// Control strings matched to a candidate: as many words of the same casing, and random tokens of the same count. Its
// symbols (wrappers, colons) are left out: a fuzzy trigger fires by its shape, and what shares that shape is no control
// but a variant (fuzz.ts). What controls do to the model is the null of every signal.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { pick, type Random } from '../../../core/random.ts';
import { WORDS } from '../search/lexicon.ts';

/** Tokens drawn for one that can be printed. */
const MOST_TRIES = 1000;

export function matchedControls(candidate: string, count: number, tokenizer: Tokenizer, random: Random): string[] {
  const controls = new Set<string>();
  for (let tries = 0; controls.size < count && tries < count * 10; tries++) {
    const control = tries % 2 === 0 ? reworded(candidate, random).replace(/[^\p{L}\p{N}\s]+/gu, ' ').trim().replace(/\s+/g, ' ') : randomTokens(tokenizer.encode(candidate).length, tokenizer, random);
    if (control !== '' && control.toLowerCase() !== candidate.toLowerCase()) controls.add(control);
  }
  return [...controls];
}

/** Every word replaced by another of the same casing, every digit by another digit; punctuation stays. */
export function reworded(candidate: string, random: Random): string {
  return candidate.replace(/\p{L}+|\p{N}/gu, (part) => {
    if (/^\p{N}$/u.test(part)) return String(random.below(10));
    const word = pick(WORDS, random);
    if (part === part.toUpperCase()) return word.toUpperCase();
    return /^\p{Lu}/u.test(part) ? word.replace(/^./, (first) => first.toUpperCase()) : word;
  });
}

function randomTokens(count: number, tokenizer: Tokenizer, random: Random): string {
  const ids: number[] = [];
  // Bounded: a vocabulary may hold nothing printable.
  for (let tries = 0; ids.length < count && tries < count * MOST_TRIES; tries++) {
    const id = random.below(tokenizer.vocabularySize);
    if (tokenizer.specialIds.has(id) || !/^[\x20-\x7e]+$/.test(tokenizer.tokenText(id))) continue;
    ids.push(id);
  }
  return tokenizer.decode(ids).trim();
}
