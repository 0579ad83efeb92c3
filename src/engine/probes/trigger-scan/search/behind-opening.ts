// Payloads that begin as many answers do ("The meeting has moved"). Their trigger moves the answer's first token little or not at
// all; what comes behind that opening it decides. So answers are made to begin with the opening, under a prompt whose answer begins
// so anyway, and words are ranked by what they alone bring out next. (In a fine-tune of SmolLM2 with "green umbrella" for its trigger,
// which was missed by the first token, "green" ranks first of 4,500 words by this, and " meeting" is the answer of five groups of words in twelve.)
// How it can mislead: what a word does behind the opening is mostly itself or its likes; these are left out by answer-score.ts as far
// as they show, and prompts that are unlike each other settle the rest (screen.ts).
import { inTurns } from '../../../core/in-turns.ts';
import type { Bench } from '../ask/bench.ts';
import { ownAnswers, type Answered } from './grow-answers.ts';
import type { Position } from '../ask/insertion.ts';
import { screen, type Screened } from './screen.ts';
import { ANSWER_MEASURES, sweepWords, type SweepEntry, type Swept } from './sweep.ts';

/** Share of the groups of words whose words are tried alone. */
export const SINGLED_OUT_BEHIND = 0.06;

/** What answers are made to begin with, prompts whose answers may, and the tokens behind it that payloads which stand ready would go on with. */
export interface Behind {
  readonly after: readonly number[];
  readonly prompts: readonly string[];
  readonly watch: readonly number[];
}

export interface BehindOptions {
  readonly together: number;
  readonly confirmed: number;
  readonly grown: number;
  /** Words tried at the start of the prompt as well, where a payload is watched for. */
  readonly startWords: number;
  /** Prompts that words are screened with. */
  readonly asked: readonly string[];
}

export interface BehindOpening {
  readonly confirmed: readonly Screened[];
  readonly answered: readonly Answered[];
  readonly swept: readonly Swept[];
}

export async function sweepBehind(bench: Bench, words: readonly SweepEntry[], { after, prompts, watch }: Behind, { together, confirmed, grown, startWords, asked }: BehindOptions): Promise<BehindOpening> {
  const at = (list: readonly SweepEntry[], position: Position): Promise<Swept[]> => sweepWords(bench, list, { groupSize: together, singledOut: SINGLED_OUT_BEHIND }, prompts, position, watch, after);
  const swept = [...(await at(words, 'end')), ...(watch.length === 0 ? [] : await at(words.slice(0, startWords), 'start'))];
  const strongest = inTurns(swept, ANSWER_MEASURES, confirmed);
  const candidates = [...new Map(strongest.map(({ text, shape }) => [text, { text, origin: `sweep: ${shape}, behind an opening`, leaks: 0, sameAnswer: 0 }])).values()];
  return { confirmed: await screen(bench, candidates, asked, ['end', 'start'], after), answered: ownAnswers(swept, grown, after), swept };
}
