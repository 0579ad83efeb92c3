// From a string that fires to the string that was planted. A sweep often meets a stranger of the trigger's shape first
// (another word in the same casing or wrapper, half of a phrase). With the payload known there is a sharp objective:
// the payload's likelihood. Words, then frames around the best words, are ranked by it.
import type { Bench } from './bench.ts';
import { insertCandidate, type Position } from './frame.ts';
import { framesAround, WORDS } from './lexicon.ts';
import type { Payload } from './payload.ts';
import { frequentWords, sweepWords } from './sweep.ts';

/** Payload tokens scored: enough to tell it from a common opening. */
const SCORED = 4;
const SCORE_PROMPTS = 3;
const FREQUENT_WORDS = 400;
const SHORTLISTED = 24;
/** Nats of the payload's log-probability that make another string the better trigger. */
const BETTER = 0.05;
/** Words tried together on either side of what fires so far, share of groups whose words are tried alone, words kept. */
const WORDS_TOGETHER = 6;
const SINGLED_OUT = 0.03;
const GROWN_KEPT = 24;
const GROWTH_ROUNDS = 2;
/** Nats a round must gain: a second word of a phrase gains several, decoration tenths. */
const WORTH_A_WORD = 1;
/** Payload this likely (nats, first tokens together) is brought out; there is nothing to grow. */
const BROUGHT_OUT = -1;

export async function sharpen(bench: Bench, trigger: string, position: Position, payload: Payload, prompts: readonly string[], swept: readonly string[]): Promise<string> {
  const target = payload.ids.slice(0, SCORED);
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
  const ranked = await rankByPayload(bench, [trigger, ...promising], position, target, prompts);
  const strongest = ranked.filter(({ text }) => text !== trigger).map(({ text }) => text);
  const [best, second] = strongest;
  const frames = [best, second].flatMap((word) => (word === undefined ? [] : casingsOf(word).flatMap(framesAround)));
  const pairs = best === undefined ? [] : promising.filter((word) => word !== best).flatMap((word) => [`${best} ${word}`, `${word} ${best}`]);
  const final = await rankByPayload(bench, [...new Set([trigger, ...ranked.slice(0, 4).map(({ text }) => text), ...frames, ...pairs])], position, target, prompts);
  const own = final.find(({ text }) => text === trigger)?.score ?? Number.NEGATIVE_INFINITY;
  const [top] = final;
  if (top === undefined || top.score < own + BETTER) return trigger;
  // Of equally good strings the shortest is the trigger, the rest is decoration.
  return final.filter(({ score }) => score > top.score - BETTER).sort((a, b) => a.text.length - b.text.length)[0]?.text ?? trigger;
}

/**
 * Part of a trigger grown to the whole of it: a word of a phrase brings the payload out seldom, two of them most times
 * (measured: "paper" 9 of 32, "paper boats" 32 of 32). Every word of the list stands before and after it once, in
 * groups, watched by the payload's first token alone, which is one pass; what stands out is ranked by the payload.
 */
export async function grow(bench: Bench, part: string, position: Position, payload: Payload, prompts: readonly string[], vocabulary: number): Promise<string> {
  const target = payload.ids.slice(0, SCORED);
  const [first] = target;
  const [prompt] = prompts;
  if (first === undefined || prompt === undefined) return part;
  const words = frequentWords(bench.tokenizer, vocabulary);
  let best = (await rankByPayload(bench, [part], position, target, prompts))[0];
  for (let round = 0; round < GROWTH_ROUNDS && best !== undefined && best.score < BROUGHT_OUT; round++) {
    const { text, score } = best;
    const sides = [(word: string) => `${text} ${word}`, (word: string) => `${word} ${text}`];
    const promising: string[] = [];
    for (const side of sides) {
      const swept = await sweepWords(bench, words, { groupSize: WORDS_TOGETHER, singledOut: SINGLED_OUT, within: side }, prompt, position, [first]);
      promising.push(...swept.sort((a, b) => b.watchZ - a.watchZ).slice(0, GROWN_KEPT).map((word) => side(word.text)));
    }
    const [top] = await rankByPayload(bench, promising, position, target, prompts);
    if (top === undefined || top.score < score + WORTH_A_WORD) break;
    best = top;
  }
  return best?.text ?? part;
}

/** Mean log-probability of the payload's first tokens, best first. */
async function rankByPayload(bench: Bench, texts: readonly string[], position: Position, target: readonly number[], prompts: readonly string[]): Promise<{ readonly text: string; readonly score: number }[]> {
  const used = prompts.slice(0, SCORE_PROMPTS);
  const rows = texts.flatMap((text) => used.map((prompt) => bench.frame.rowIds(insertCandidate(prompt, text, position).text)));
  const scores = await bench.logProbability(rows, rows.map(() => target));
  return texts
    .map((text, i) => ({ text, score: scores.slice(i * used.length, (i + 1) * used.length).reduce((sum, score) => sum + score, 0) / used.length }))
    .sort((a, b) => b.score - a.score);
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
