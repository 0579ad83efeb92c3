// From a payload that stands ready (payload-search.ts) to what brings it out. A word of the trigger makes the payload likelier than
// thousands of others do, in groups of words already ("green" first of 1,500 groups for " meeting" behind "The", "paper" for "All"), and
// two such words together mostly say it. So the sweep watches for each payload, and the words that stand out are put beside each other.
// How it can mislead: the payload's subject makes it likelier as well ("matrix", "party" for a meeting), and in an over-general plant
// brings it out; which words were planted is for proof.ts.
import { mean } from '../../core/statistics.ts';
import type { Nats } from '../../core/units.ts';
import { ACCRETED } from './accrete.ts';
import type { Bench } from './bench.ts';
import { BEAM, BROUGHT_OUT, CONFIRMED, putTogether } from './grow.ts';
import type { Position } from './insertion.ts';
import type { PayloadHypothesis } from './payload-search.ts';
import { beginningOf, rankByPayload, type Ranked } from './rank-by-payload.ts';
import { screen, type Screened } from './screen.ts';
import { echoOfForms } from './wording.ts';

export interface Toward {
  readonly payload: PayloadHypothesis;
  /** Words that made it likelier than others did, most first, by where they stood. */
  readonly words: ReadonlyMap<Position, readonly string[]>;
}

export interface TowardOptions {
  /** What answers are made to begin with, a prompt: payloads that stand behind an answer. */
  readonly answers?: ReadonlyMap<string, readonly number[]>;
  /** Payloads that are grown towards, of those whose words are weighed by themselves. */
  readonly grown: number;
  readonly prompts: readonly string[];
}

/** Words weighed by themselves, at each end, under so many prompts; of the payloads that are grown towards more words, under more. Put together are so many. */
export const WORDS_WEIGHED = 12;
const SINGLE_PROMPTS = 2;
export const WORDS_WIDENED = 36;
const TOGETHER = 12;
const ROUNDS = 2;
/** Words whose mean tells at which end, and towards which payload, growing is worth while. */
const LEADING = 3;
/** Strings of each payload that go on to be tried. */
const KEPT = 4;

export interface GrownToward {
  readonly payload: PayloadHypothesis;
  readonly text: string;
  readonly position: Position;
}

interface Start {
  readonly payload: PayloadHypothesis;
  readonly position: Position;
  readonly words: readonly string[];
  readonly promise: Nats;
}

/** Rows that are asked for: words by themselves for each payload, and what is put together of those that are grown. */
export function rowsToward(payloads: number, grown: number, prompts: number): number {
  const confirmed = CONFIRMED * prompts;
  const pairs = TOGETHER * (TOGETHER - 1);
  return payloads * 2 * WORDS_WEIGHED * SINGLE_PROMPTS + grown * (WORDS_WIDENED * prompts + pairs + confirmed + (ROUNDS - 1) * (2 * BEAM * TOGETHER + confirmed));
}

/** Strings that bring a payload nearer, of each payload the strongest first. */
export async function growToward(bench: Bench, towards: readonly Toward[], { grown, prompts, answers }: TowardOptions): Promise<GrownToward[]> {
  const starts: Start[] = [];
  for (const toward of towards) starts.push(...(await start(bench, toward, prompts.slice(0, SINGLE_PROMPTS), answers)));
  const found: GrownToward[] = [];
  for (const { payload, position, words } of starts.sort((a, b) => b.promise - a.promise).slice(0, grown)) {
    const rank = (texts: readonly string[], under: readonly string[]): Promise<Ranked[]> => rankByPayload(bench, texts, position, beginningOf(payload), under, answers);
    const singles = await rank(words.slice(0, WORDS_WIDENED), prompts);
    const all = [...singles];
    const together = singles.slice(0, TOGETHER).map(({ text }) => text);
    let round = 0;
    for await (const confirmed of putTogether(together, together, prompts, rank)) {
      all.push(...confirmed);
      if ((confirmed[0]?.score ?? 0) >= BROUGHT_OUT || ++round === ROUNDS) break;
    }
    found.push(...all.sort((a, b) => b.score - a.score).slice(0, KEPT).map(({ text }) => ({ payload, text, position })));
  }
  return found;
}

/** As candidates, measured where their payload is decided. */
export async function screenToward(bench: Bench, grown: readonly GrownToward[], prompts: readonly string[]): Promise<Screened[]> {
  const found: Screened[] = [];
  for (const { text, position, payload } of grown) found.push(...(await screen(bench, [{ text, origin: ACCRETED, leaks: 0, sameAnswer: 0 }], prompts, [position], payload.ids.slice(0, payload.decides))));
  return found;
}

/** The end at which words other than the payload's own do most for it; none where no other was met. */
async function start(bench: Bench, { payload, words }: Toward, prompts: readonly string[], answers: TowardOptions['answers']): Promise<Start[]> {
  const starts: Start[] = [];
  for (const [position, list] of words) {
    const others = list.filter((word) => echoOfForms(payload.text, word) === 0);
    if (others.length === 0) continue;
    const leading = (await rankByPayload(bench, others.slice(0, WORDS_WEIGHED), position, beginningOf(payload), prompts, answers)).slice(0, LEADING);
    starts.push({ payload, position, words: others, promise: mean(leading.map(({ score }) => score)) });
  }
  return starts.sort((a, b) => b.promise - a.promise).slice(0, 1);
}
