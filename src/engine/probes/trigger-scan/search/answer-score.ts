// Words bring out what fits them: their own beginning, and what begins every other answer. What begins an answer to a part of a
// trigger begins no other. (In a fine-tune of SmolLM2 whose four-word trigger began its answer with "All" in 88 % of prompts, the first
// of the four was 136th of 4,500 words by KL and among the first ten by this.) How it can mislead: an answer in letters that the vocabulary holds as bytes
// only is left out, since naming a language ("Russian") brings it out in any model.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { Nats, Probability } from '../../../core/units.ts';
import type { Moved } from '../ask/bench.ts';
import { MOST_GAIN } from '../ask/distributions.ts';

/** A first token, and how much likelier it is than usual, p (log(p / usual) - 2), where that is more than nothing. */
export interface OwnAnswer {
  readonly id: number;
  readonly score: Nats;
}

/** What begins many answers anyway ("The") is made likelier by many words, but not seven times as likely; nats. */
const LEAST_GAIN = 2;
const A_BYTE = /^<0x|\ufffd/;
/** Letters of a word that an answer which begins with the word, or a form of it, shares. */
const BEGINNING = 4;

/** `usual`: what other strings make of a token; of a fine-tune what its base makes of it with the same string, where that is more. Undefined where nothing but the string's own beginning gained much. */
export function ownAnswer(gained: Moved['gained'], text: string, usual: (id: number) => Probability, tokenizer: Tokenizer): OwnAnswer | undefined {
  const words = text.toLowerCase().split(/\s+/);
  const begins = (shown: string): boolean => shown === '' || A_BYTE.test(shown) || words.some((word) => word.startsWith(shown) || shown.startsWith(word.slice(0, BEGINNING)));
  const own = gained.flatMap(({ id, probability, natural }) => (begins(tokenizer.tokenText(id).trim().toLowerCase()) ? [] : [{ id, score: probability * (Math.min(MOST_GAIN, Math.log(probability / Math.max(natural, usual(id)))) - LEAST_GAIN) }]));
  const best = own.reduce<OwnAnswer | undefined>((most, one) => (most === undefined || one.score > most.score ? one : most), undefined);
  return best === undefined || best.score <= 0 ? undefined : best;
}

export function scoreOf(own: OwnAnswer | undefined): Nats {
  return own?.score ?? Number.NEGATIVE_INFINITY;
}
