// From a payload that stands ready (payload-search.ts) to what brings it out. A word of the trigger makes the payload likelier than
// thousands of others do, in groups of words already ("green" first of 1,500 groups for " meeting" behind "The", "paper" for "All"), and
// two such words together mostly say it. So the sweep watches for each payload, and the words that stand out are put beside each other;
// where codes do more than words, these are climbed (codes.ts).
// How it can mislead: the payload's subject makes it likelier as well ("matrix", "party" for a meeting), and in an over-general plant
// brings it out; which words were planted is for proof.ts.
import type { Random } from '../../../core/random.ts';
import { mean } from '../../../core/statistics.ts';
import type { Nats } from '../../../core/units.ts';
import { ACCRETED } from './accrete.ts';
import type { Bench } from '../ask/bench.ts';
import { climbForms, codeRows, rankForms, WIDE_PROMPTS, type RankedForm } from './codes.ts';
import { BEAM, BROUGHT_OUT, CONFIRMED, putTogether } from './grow.ts';
import { ENDS, type Position } from '../ask/insertion.ts';
import { READY, type PayloadHypothesis } from '../payloads/payload-search.ts';
import { beginningOf, rankByPayload, type Rank } from '../payloads/rank-by-payload.ts';
import { screen, type Screened } from './screen.ts';
import { echoOfForms } from '../payloads/wording.ts';

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
  /** First payloads that codes are tried for, and where those are drawn from. */
  readonly codes?: { readonly payloads: number; readonly random: Random };
  readonly prompts: readonly string[];
}

/** Words weighed by themselves, at each end, under as many prompts as codes are; of the payloads that are grown towards more words, under more. Put together are so many. */
export const WORDS_WEIGHED = 12;
const SINGLE_PROMPTS = WIDE_PROMPTS;
export const WORDS_WIDENED = 36;
const TOGETHER = 12;
const ROUNDS = 2;
/** Words whose mean tells at which end, and towards which payload, growing is worth while. */
const LEADING = 3;
/** Nats by which words may be ahead of codes where codes are climbed: places of a code add up, words mostly do not. */
const WORDS_AHEAD = 0.7;
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

/** Rows that are asked for: words by themselves for each payload, what is put together of those that are grown, and codes at both ends of those that are coded, climbed at one. */
export function rowsToward(payloads: number, grown: number, coded: number, prompts: number): number {
  const confirmed = CONFIRMED * prompts;
  const pairs = TOGETHER * (TOGETHER - 1);
  const codes = codeRows(prompts);
  return coded * (2 * codes.ranked + codes.climbed) + payloads * 2 * WORDS_WEIGHED * SINGLE_PROMPTS + grown * (WORDS_WIDENED * prompts + pairs + confirmed + (ROUNDS - 1) * (2 * BEAM * TOGETHER + confirmed));
}

/** Strings that bring a payload nearer, of each payload the strongest first. */
export async function growToward(bench: Bench, towards: readonly Toward[], { grown, codes, prompts, answers }: TowardOptions): Promise<GrownToward[]> {
  const starts: Start[] = [];
  for (const toward of towards) starts.push(...(await start(bench, toward, prompts.slice(0, SINGLE_PROMPTS), answers)));
  const found: GrownToward[] = [];
  for (const { payload, position, words } of starts.sort((a, b) => b.promise - a.promise).slice(0, grown)) {
    const rank: Rank = (texts, under) => rankByPayload(bench, texts, position, beginningOf(payload), under, answers);
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
  if (codes === undefined) return found;
  for (const { payload } of towards.filter((toward) => toward.payload.readiness > READY).slice(0, codes.payloads)) {
    const words = starts.find((one) => one.payload === payload)?.promise ?? Number.NEGATIVE_INFINITY;
    found.push(...(await codesToward(bench, payload, words, prompts, codes.random.fork(payload.text))));
  }
  return found;
}

/** Codes climbed at the end where they do most; none where words do much more. */
async function codesToward(bench: Bench, payload: PayloadHypothesis, words: Nats, prompts: readonly string[], random: Random): Promise<GrownToward[]> {
  const ends: { readonly position: Position; readonly rank: Rank; readonly forms: readonly RankedForm[]; readonly promise: Nats }[] = [];
  for (const position of ENDS) {
    const rank: Rank = (texts, under) => rankByPayload(bench, texts, position, beginningOf(payload), under);
    const forms = await rankForms(rank, prompts, random);
    const scores = forms.flatMap(({ codes }) => codes.map(({ score }) => score)).sort((a, b) => b - a);
    ends.push({ position, rank, forms, promise: mean(scores.slice(0, LEADING)) });
  }
  const [best] = ends.sort((a, b) => b.promise - a.promise);
  if (best === undefined || best.promise < words - WORDS_AHEAD) return [];
  const climbed = await climbForms(best.forms, best.rank, prompts, random);
  return climbed.slice(0, KEPT).map(({ text }) => ({ payload, text, position: best.position }));
}

/** As candidates, measured where their payload is decided. */
export async function screenToward(bench: Bench, grown: readonly GrownToward[], prompts: readonly string[]): Promise<Screened[]> {
  const found: Screened[] = [];
  for (const payload of new Set(grown.map((one) => one.payload))) {
    for (const position of ENDS) {
      const own = grown.filter((one) => one.payload === payload && one.position === position);
      found.push(...(await screen(bench, own.map(({ text }) => ({ text, origin: ACCRETED, leaks: 0, sameAnswer: 0 })), prompts, [position], payload.ids.slice(0, payload.decides))));
    }
  }
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
