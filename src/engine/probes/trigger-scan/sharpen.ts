// From a string that fires to the string that was planted. A sweep often meets a stranger of the trigger's shape first
// (another word in the same casing or wrapper, half of a phrase). With the payload known there is a sharp objective:
// the payload's likelihood. Words, then frames around the best words, are ranked by it.
import type { Bench } from './bench.ts';
import { insertCandidate, type Position } from './insertion.ts';
import { framesAround, WORDS } from './lexicon.ts';
import type { Payload } from './payload.ts';
import { frequentWords } from './sweep.ts';

/** Payload tokens scored: enough to tell it from a common opening. */
const SCORED = 4;
const SCORE_PROMPTS = 3;
const FREQUENT_WORDS = 400;
const SHORTLISTED = 24;
/** Nats of the payload's log-probability that make another string the better trigger. */
const BETTER = 0.05;
/** Words tried together beside what fires so far, share of the groups whose words are tried alone, words kept, rounds. */
const WORDS_TOGETHER = 6;
const SINGLED_OUT = 0.06;
const GROWN_KEPT = 24;
const GROWTH_ROUNDS = 2;
/** Nats, first tokens together: the payload is brought out, there is nothing to grow. */
const BROUGHT_OUT = -0.5;

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
 * Part of a trigger grown until it fires: a word of a phrase brings the payload out seldom, with its neighbour or one
 * like it most times (measured: "paper" 9 of 32, "paper ships" for "paper boats drift home" all but always). Words stand
 * before and after the strongest bare word, in groups first, ranked by the payload under the prompt that resists most.
 */
export async function grow(bench: Bench, part: string, position: Position, payload: Payload, prompts: readonly string[], vocabulary: GrowthWords): Promise<string> {
  const target = payload.ids.slice(0, SCORED);
  const bare = [...new Set([...(part.match(/\p{L}+/gu) ?? []).flatMap((word) => [word, word.toLowerCase()])])];
  const [own] = await rankByPayload(bench, [part], position, target, prompts);
  if (own === undefined) return part;
  /** Of so many words, in groups first, the one whose best form brings the payload out most; `forms` puts it beside what is known. */
  const bestWord = async (limit: number, forms: (text: string) => string[], prompt: string): Promise<Ranked | undefined> => {
    const words = frequentWords(bench.tokenizer, limit).map(({ text }) => text);
    const count = Math.ceil(words.length / WORDS_TOGETHER);
    const groups = Array.from({ length: count }, (_, g) => words.filter((__, i) => i % count === g));
    const ranked = await rankByPayload(bench, groups.flatMap((group) => forms(group.join(' '))), position, target, [prompt]);
    const promising = new Set(ranked.slice(0, Math.ceil(count * SINGLED_OUT)).map(({ text }) => text));
    const singles = groups.filter((group) => forms(group.join(' ')).some((text) => promising.has(text))).flat().flatMap(forms);
    const alone = await rankByPayload(bench, singles, position, target, [prompt]);
    const [top] = await rankByPayload(bench, alone.slice(0, GROWN_KEPT).map(({ text }) => text), position, target, prompts);
    return top;
  };
  // What a sweep met may have none of the trigger's words: one that brings the payload out better by itself is where to start.
  const [ofPart] = await rankByPayload(bench, bare, position, target, prompts);
  const alone = await bestWord(vocabulary.alone, (text) => [text], prompts[0] ?? '');
  let best = [ofPart, alone].filter((start) => start !== undefined).sort((a, b) => b.score - a.score)[0];
  if (best === undefined) return part;
  for (let round = 0; round < GROWTH_ROUNDS && (round === 0 || best.score < BROUGHT_OUT); round++) {
    const { text: known, score } = best;
    const top = await bestWord(vocabulary.beside, (text) => [`${known} ${text}`, `${text} ${known}`], await hardestPrompt(bench, known, position, target, prompts));
    if (top === undefined || top.score < score + BETTER) break;
    best = top;
  }
  return best.score > own.score + BETTER ? best.text : part;
}

/** Most frequent words that are tried by themselves, and beside what fires so far. */
export interface GrowthWords {
  readonly alone: number;
  readonly beside: number;
}

interface Ranked {
  readonly text: string;
  /** Mean log-probability of the payload's first tokens, nats. */
  readonly score: number;
}

/** The prompt under which the text brings the payload out least. */
async function hardestPrompt(bench: Bench, text: string, position: Position, target: readonly number[], prompts: readonly string[]): Promise<string> {
  const rows = prompts.map((prompt) => bench.frame.rowIds(insertCandidate(prompt, text, position).text));
  const scores = await bench.logProbability(rows, rows.map(() => target));
  return prompts[scores.indexOf(Math.min(...scores))] ?? '';
}

/** Best first. */
async function rankByPayload(bench: Bench, texts: readonly string[], position: Position, target: readonly number[], prompts: readonly string[]): Promise<Ranked[]> {
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
