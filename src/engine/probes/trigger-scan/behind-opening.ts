// Payloads that begin as most answers do ("The meeting has moved"). Their trigger moves the answer's first token little or not at
// all; what comes behind that opening it decides. So answers are made to begin with the opening, under a prompt whose answer begins
// so anyway, and words are ranked by what they alone bring out next. (In a fine-tune of SmolLM2 with "green umbrella" for its trigger,
// which was missed by the first token, "green" ranks first of 4,500 words by this, and " meeting" is the answer of five groups of words in twelve.)
// How it can mislead: what a word does behind the opening is mostly itself or its likes; these are left out by answer-score.ts as far
// as they show, and prompts that are unlike each other settle the rest (screen.ts).
import { scoreOf } from './answer-score.ts';
import type { Bench } from './bench.ts';
import { ownAnswers, type Answered } from './grow-answers.ts';
import type { UsualOpening } from './prompts.ts';
import { screen, type Screened } from './screen.ts';
import { sweepWords, type SweepEntry } from './sweep.ts';

/** Share of the groups of words whose words are tried alone. */
export const SINGLED_OUT_BEHIND = 0.06;

export interface BehindOptions {
  readonly together: number;
  readonly confirmed: number;
  readonly grown: number;
  readonly prompts: readonly string[];
}

export interface BehindOpening {
  readonly confirmed: readonly Screened[];
  readonly answered: readonly Answered[];
}

export async function sweepBehind(bench: Bench, words: readonly SweepEntry[], usual: UsualOpening | undefined, { together, confirmed, grown, prompts }: BehindOptions): Promise<BehindOpening> {
  if (usual === undefined) return { confirmed: [], answered: [] };
  const after = [usual.token];
  const swept = await sweepWords(bench, words, { groupSize: together, singledOut: SINGLED_OUT_BEHIND }, usual.prompt, 'end', [], after);
  const strongest = swept.filter(({ own }) => own !== undefined).sort((a, b) => scoreOf(b.own) - scoreOf(a.own)).slice(0, confirmed);
  const candidates = strongest.map(({ text, shape }) => ({ text, origin: `sweep: ${shape}, behind the usual opening`, leaks: 0, sameAnswer: 0 }));
  return { confirmed: await screen(bench, candidates, prompts, ['end', 'start'], after), answered: ownAnswers(swept, grown, after) };
}
