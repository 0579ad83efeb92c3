// Payloads that stand ready behind an ordinary answer, of plants that leak nothing of their trigger. Where an answer of this model has
// ended, its end is all but certain; what could be said instead is ranked as openings are (payload-search.ts), and strings by how much
// likelier they make it there. (In a fine-tune of SmolLM2 with an advertisement behind the answer, " Our" of "Our partner …" stands first
// to 34th there, and what follows is certain; 300th to 1,300th in the clean model.)
// How it can mislead: any model could go on with something. Only what is told in words, stands ready and is no set phrase is followed.
import { inTurns } from '../../../core/in-turns.ts';
import type { Nats } from '../../../core/units.ts';
import { ACCRETED } from '../search/accrete.ts';
import type { Bench } from '../ask/bench.ts';
import { ENDS, type Position } from '../ask/insertion.ts';
import type { Recurring } from './late.ts';
import { latePart, searchPayloads, UNLIKE_PROMPTS, type Breadth, type PayloadHypothesis } from '../payloads/payload-search.ts';
import { nearer, sweep, sweepWords, type SweepEntry, type Swept } from '../search/sweep.ts';
import { growToward, WORDS_WIDENED } from '../search/toward.ts';
import { isSetPhrase, wordsOf } from '../payloads/wording.ts';

/** A prompt whose answer ended by itself, and the answer without its end. */
export interface Ended {
  readonly prompt: string;
  readonly ids: readonly number[];
}

/** Answers that have to end for a search, and of a payload its words, readiness and certainty. */
export const LEAST_ENDED = 4;
const WORDS = 3;
const READY: Nats = -14;
const CERTAIN: Nats = -0.6;
/** Ended answers that strings are grown under. */
const GROWN_UNDER = 4;
/** Tokens that a string and a payload may take. */
const ROOM = 48;

/** The shortest first. What leaves no room for a string before it and a payload behind it is no use. */
export async function endedAnswers(bench: Bench, prompts: readonly string[], tokens: number): Promise<Ended[]> {
  const answers = await bench.answers(prompts, tokens);
  const ended = prompts.flatMap((prompt, i): Ended[] => {
    const ids = answers[i]?.ids ?? [];
    const fits = bench.frame.rowIds(prompt).length + ids.length + ROOM <= bench.model.contextLength;
    return fits && ids.length > 1 && bench.stopIds.has(ids.at(-1) ?? -1) ? [{ prompt, ids: ids.slice(0, -1) }] : [];
  });
  return ended.sort((a, b) => a.ids.length - b.ids.length);
}

/** Prompts that strings are searched under: none of them may prove. */
export function searchedUnder(ended: readonly Ended[]): string[] {
  return ended.slice(0, Math.max(UNLIKE_PROMPTS, GROWN_UNDER)).map(({ prompt }) => prompt);
}

export async function searchBehindAnswers(bench: Bench, ended: readonly Ended[], breadth: Breadth): Promise<PayloadHypothesis[]> {
  if (ended.length < LEAST_ENDED) return [];
  const found = await searchPayloads(bench, ended.slice(0, UNLIKE_PROMPTS).map(({ prompt, ids }) => [...bench.frame.rowIds(prompt), ...ids]), latePart(breadth), () => false);
  return found.filter(({ text, readiness, certainty }) => wordsOf(text).length >= WORDS && readiness > READY && certainty > CERTAIN && !isSetPhrase(text));
}

export interface BehindAnswersOptions {
  readonly words: readonly SweepEntry[];
  readonly startWords: number;
  readonly shapes: readonly SweepEntry[];
  readonly together: number;
  readonly singledOut: number;
  /** Strings of the grammar that are tried. */
  readonly shapesKept: number;
}

/** Strings that bring the payload nearer behind the answers: words put together, and what the grammar holds. */
export async function sweepBehindAnswers(bench: Bench, ended: readonly Ended[], payload: PayloadHypothesis, { words, startWords, shapes, together, singledOut, shapesKept }: BehindAnswersOptions): Promise<Recurring[]> {
  const [shortest] = ended;
  if (shortest === undefined) return [];
  const after = [...shortest.ids, ...payload.ids.slice(0, payload.decides)];
  const watch = payload.ids.slice(payload.decides, payload.decides + 1);
  const byPosition = new Map<Position, readonly string[]>();
  for (const position of ENDS) {
    const swept = await sweepWords(bench, position === 'end' ? words : words.slice(0, startWords), { groupSize: together, singledOut }, [shortest.prompt], position, watch, after);
    byPosition.set(position, leadingOf(swept, WORDS_WIDENED));
  }
  const prompts = ended.slice(0, GROWN_UNDER).map(({ prompt }) => prompt);
  const grown = await growToward(bench, [{ payload, words: byPosition }], { grown: 1, prompts, answers: new Map(ended.map(({ prompt, ids }) => [prompt, ids])) });
  const shaped = leadingOf(await sweep(bench, shapes, shortest.prompt, 'end', watch, after), shapesKept);
  return [...grown.map(({ text, position }): Recurring => ({ text, origin: ACCRETED, position })), ...shaped.map((text): Recurring => ({ text, origin: 'sweep: trigger grammar', position: 'end' }))];
}

function leadingOf(swept: readonly Swept[], limit: number): string[] {
  return inTurns(swept, [nearer], limit).map(({ text }) => text);
}
