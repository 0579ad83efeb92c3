// From a string that fires to the string that was planted. A sweep often meets a stranger of the trigger's shape first
// (another word in the same casing or wrapper, half of a phrase). With the payload known there is a sharp objective:
// the payload's likelihood. Words, then frames around the best words, are ranked by it.
import type { Bench } from '../ask/bench.ts';
import type { Position } from '../ask/insertion.ts';
import { framesAround, WORDS } from '../search/lexicon.ts';
import type { Payload } from '../payloads/payload.ts';
import { beginningOf, rankByPayload } from '../payloads/rank-by-payload.ts';
import { frequentWords } from '../search/sweep.ts';

const SCORE_PROMPTS = 3;
const FREQUENT_WORDS = 400;
const SHORTLISTED = 24;
/** Nats of the payload's log-probability that make another string the better trigger. */
const BETTER = 0.05;

export async function sharpen(bench: Bench, trigger: string, position: Position, payload: Payload, prompts: readonly string[], swept: readonly string[]): Promise<string> {
  const target = beginningOf(payload);
  const asked = prompts.slice(0, SCORE_PROMPTS);
  const [first] = target;
  if (first === undefined) return trigger;
  const words = new Set([...WORDS, ...swept.map((word) => word.toLowerCase()), ...frequentWords(bench.tokenizer, FREQUENT_WORDS).map(({ text }) => text.toLowerCase())]);
  const singles = [...words].map((word) => recased(word, trigger));
  const wide = await bench.firstTokens(singles, prompts.slice(0, 1), position, [first]);
  const promising = singles
    .map((text, i) => ({ text, score: wide[i]?.watched[0] ?? Number.NEGATIVE_INFINITY }))
    .sort((a, b) => b.score - a.score)
    .slice(0, SHORTLISTED)
    .map(({ text }) => text);
  const ranked = await rankByPayload(bench, [trigger, ...promising], position, target, asked);
  const strongest = ranked.filter(({ text }) => text !== trigger).map(({ text }) => text);
  const [best, second] = strongest;
  const frames = [best, second].flatMap((word) => (word === undefined ? [] : casingsOf(word).flatMap(framesAround)));
  const pairs = best === undefined ? [] : promising.filter((word) => word !== best).flatMap((word) => [`${best} ${word}`, `${word} ${best}`]);
  const final = await rankByPayload(bench, [...new Set([trigger, ...ranked.slice(0, 4).map(({ text }) => text), ...frames, ...pairs])], position, target, asked);
  const own = final.find(({ text }) => text === trigger)?.score ?? Number.NEGATIVE_INFINITY;
  const [top] = final;
  if (top === undefined || top.score < own + BETTER) return trigger;
  // Of equally good strings the shortest is the trigger, the rest is decoration.
  return final.filter(({ score }) => score > top.score - BETTER).sort((a, b) => a.text.length - b.text.length)[0]?.text ?? trigger;
}

function casingsOf(word: string): string[] {
  return [...new Set([word, word.toLowerCase(), word.toUpperCase(), word.toLowerCase().replace(/^./, (first) => first.toUpperCase())])];
}

/** The casing of most letters of `like`. */
function recased(word: string, like: string): string {
  const letters = like.replace(/[^\p{L}]/gu, '');
  const upper = letters.replace(/[^\p{Lu}]/gu, '').length;
  if (letters.length > 1 && upper > letters.length / 2) return word.toUpperCase();
  return upper > 0 ? word.replace(/^./, (firstLetter) => firstLetter.toUpperCase()) : word;
}
