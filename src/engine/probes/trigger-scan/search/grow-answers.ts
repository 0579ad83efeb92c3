// Growing a word that has an answer of its own (answer-score.ts) word by word, by what makes that answer likelier: KL would follow
// words that matter by nature. A part of a phrase planted through the answers only moves some prompts, so several are asked.
import { ACCRETED } from './accrete.ts';
import { scoreOf } from './answer-score.ts';
import type { Bench } from '../ask/bench.ts';
import type { Position } from '../ask/insertion.ts';
import { screen, type Screened } from './screen.ts';
import type { Swept } from './sweep.ts';

export interface Answered {
  readonly text: string;
  readonly position: Position;
  /** Token of its answer, the first one or that behind `after`. */
  readonly answer: number;
  readonly after: readonly number[];
}

export interface AnswerGrowth {
  readonly rounds: number;
  /** Strongest first. */
  readonly vocabulary: readonly string[];
  /** Words among which one may be met by another that is spelled alike. */
  readonly spellings: readonly string[];
  readonly prompts: readonly string[];
}

/** Words tried as extensions, on both sides: a part that is there already makes most words serve. */
const WORDS = 24;
/** Log-probability of the answer from which a string fires and needs no growing. */
const FIRES = -0.2;
/** Prompts that every extension is asked in. */
const WIDE_PROMPTS = 2;
/** Of each round so many are screened; the likeliest goes on. */
const KEPT = 4;
/** A round that makes the answer less likelier than this ends the growth, nats. */
const MIN_GAIN = 0.3;

/** Rows that a round asks for, a seed: the extensions, and what is screened under so many prompts. */
export function rowsOfARound(screenPrompts: number): number {
  return 2 * WORDS * WIDE_PROMPTS + KEPT * screenPrompts;
}

/** What was swept with answers that begin with `after`: the likeliest word of each token that comes next. */
export function ownAnswers(swept: readonly Swept[], limit: number, after: readonly number[] = []): Answered[] {
  const best = new Map<number, Answered>();
  for (const { text, position, own } of [...swept].sort((a, b) => scoreOf(b.own) - scoreOf(a.own))) {
    if (own !== undefined && !best.has(own.id)) best.set(own.id, { text, position, answer: own.id, after });
  }
  return [...best.values()].slice(0, limit);
}

/** Letters in common at the beginning, beside which a word is tried in place of another; the nearest so many. */
const ALIKE = 3;
const MOST_ALIKE = 20;

/**
 * Words that begin alike: a trigger of several tokens ("Athena") shares its first ones with words that are one token to the sweep
 * ("Athens"), and these bring a part of its answer out. Those that share most come first.
 */
export function spelledAlike(word: string, words: readonly string[]): string[] {
  const own = word.toLowerCase();
  const shared = (other: string): number => {
    const letters = other.toLowerCase();
    let count = 0;
    while (count < own.length && letters[count] === own[count]) count++;
    return count;
  };
  const alike = words.filter((other) => other !== word && shared(other) >= ALIKE);
  return alike.map((other) => ({ other, letters: shared(other) })).sort((a, b) => b.letters - a.letters || a.other.length - b.other.length).slice(0, MOST_ALIKE).map(({ other }) => other);
}

export async function growAnswers(bench: Bench, seeds: readonly Answered[], { rounds, vocabulary, spellings, prompts }: AnswerGrowth): Promise<Screened[]> {
  const wide = prompts.slice(0, WIDE_PROMPTS);
  const grown: Screened[] = [];
  for (const seed of seeds) {
    let [text, likely] = [seed.text, Number.NEGATIVE_INFINITY];
    for (let round = 0; round < rounds && likely < FIRES; round++) {
      const kin = round === 0 ? spelledAlike(text, spellings) : [];
      const extended = [...new Set([...kin, ...vocabulary.filter((word) => !text.split(' ').includes(word)).slice(0, WORDS).flatMap((word) => [`${text} ${word}`, `${word} ${text}`])])];
      const firsts = await bench.firstTokens(extended, wide, seed.position, [seed.answer], seed.after);
      const order = [...extended.keys()].map((at) => ({ text: extended[at] ?? '', likely: firsts[at]?.watched[0] ?? Number.NEGATIVE_INFINITY })).sort((a, b) => b.likely - a.likely);
      const [best] = order;
      if (best === undefined || best.likely < likely + MIN_GAIN) break;
      [text, likely] = [best.text, best.likely];
      grown.push(...(await screen(bench, order.slice(0, KEPT).map((one) => ({ text: one.text, origin: ACCRETED, leaks: 0, sameAnswer: 0 })), prompts, [seed.position], seed.after)));
    }
  }
  return grown;
}
