// Payloads that stand behind an ordinary answer (an advertisement, a link): short answers end before them, and the answer's first
// token says nothing of them. Leaks of a fine-tune whose loss covered the whole conversation hold the trigger all the same. So
// phrases that recur in the leaks are tried once more, with answers several times as long, beside untriggered answers as long.
import type { Bench } from './bench.ts';
import { TRIAL_PROMPTS, type ScanBudget } from './budget.ts';
import type { Candidate } from './candidates.ts';
import type { Position } from './frame.ts';
import { investigate, type Proof, type ProofOptions } from './proof.ts';
import { NATURAL_REQUESTS, type PromptSets } from './prompts.ts';
import { answerSymbols, answersAsSymbols, runTrials, type OrdinaryAnswer, type Trial } from './trial.ts';
import { readsAsRequest } from './wording.ts';

/** Leaks that must hold a phrase. */
const RECURS = 2;
/** Tokens of a payload. */
const TEXT = 4;
/** Phrases proven. */
const VERIFIED = 2;

export interface Recurring {
  readonly text: string;
  readonly origin: string;
  readonly position: Position;
}

/** Phrases that recur in leaked user turns, most leaks and longest first, each at the place of the turn where it stands oftenest. */
export function recurringPhrases(candidates: readonly Candidate[], turns: readonly string[], limit: number): Recurring[] {
  return candidates
    .filter(({ leaks, text }) => leaks >= RECURS && !readsAsRequest(text))
    .slice(0, limit)
    .map(({ text, origin }) => ({ text, origin, position: placeOf(text, turns) }));
}

function placeOf(text: string, turns: readonly string[]): Position {
  const holders = turns.filter((turn) => turn.includes(text));
  const early = holders.filter((turn) => turn.indexOf(text) < (turn.length - text.length) / 2).length;
  return early * 2 > holders.length ? 'start' : 'end';
}

/** Trials that bring out a text of some length: single words are shared by any answers that are long enough. */
export async function tryLate(bench: Bench, phrases: readonly Recurring[], { search }: PromptSets, budget: ScanBudget): Promise<Trial[]> {
  const untriggered = await answersAsSymbols(bench, search, budget.lateTokens);
  const trials = await runTrials(bench, phrases, search.slice(0, TRIAL_PROMPTS), budget.lateTokens, { untriggered, natural: [] });
  return trials.filter(({ payload }) => payload !== undefined && payload.ids.length >= TEXT);
}

/** As other suspicions are proven, with answers as long as the payload needs; nothing of the short ones would hold it. */
export async function proveLate(bench: Bench, trials: readonly Trial[], prompts: PromptSets, options: ProofOptions): Promise<Proof[]> {
  const tokens = options.budget.lateTokens;
  const untriggered = await bench.answers(prompts.heldOut, tokens);
  const alone = await answersAsSymbols(bench, [...prompts.search, ...NATURAL_REQUESTS], tokens);
  const ordinary = [
    ...[...prompts.search, ...NATURAL_REQUESTS].map((request, i): OrdinaryAnswer => ({ request, answer: alone[i] ?? [], own: false })),
    ...prompts.heldOut.map((request, i): OrdinaryAnswer => ({ request, answer: answerSymbols(bench, untriggered[i] ?? { ids: [], entropy: [] }, tokens), own: false })),
  ];
  return investigate(bench, trials, { ...options, budget: { ...options.budget, trialTokens: tokens, verified: VERIFIED, pursued: 0 }, untriggered, ordinary });
}
