// Payloads that stand behind an ordinary answer (an advertisement, a link): short answers end before them, and the answer's first
// token says nothing of them. Leaks of a fine-tune whose loss covered the whole conversation hold the trigger all the same. So
// phrases that recur in the leaks are tried once more, with answers several times as long, beside untriggered answers as long.
import type { Bench } from '../ask/bench.ts';
import { TRIAL_PROMPTS, type ScanBudget } from '../budget.ts';
import type { Candidate } from '../leaks/candidates.ts';
import type { Position } from '../ask/insertion.ts';
import { investigate, type Proof, type ProofOptions } from '../proof/proof.ts';
import { NATURAL_REQUESTS, type PromptSets } from '../ask/prompts.ts';
import { answerSymbols, answersAsSymbols, runTrials, type OrdinaryAnswer, type Trial } from '../search/trial.ts';
import { readsAsRequest, wordsOf } from '../payloads/wording.ts';

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

/** Leaks with the phrase beside unlike requests that count, and words by which a request is known. */
const CONTEXTS = 6;
const REQUEST_WORDS = 3;

/**
 * Phrases that recur in leaked user turns. A trigger stands at one end of requests that are otherwise unlike; what recurs because
 * the same request was made up twice stands beside the same words. First those with the most unlike requests, long and at an end.
 */
export function recurringPhrases(candidates: readonly Candidate[], turns: readonly string[], tokensOf: (text: string) => number, limit: number): Recurring[] {
  return candidates
    .filter(({ leaks, text }) => leaks >= RECURS && !readsAsRequest(text) && tokensOf(text) > 1)
    .map(({ text, origin }) => {
      const holders = turns.filter((turn) => turn.includes(text));
      const atEnd = holders.filter((turn) => turn.endsWith(text)).length;
      const atStart = holders.filter((turn) => turn.startsWith(text)).length;
      const requests = new Set(holders.map((turn) => wordsOf(turn.replace(text, ' ')).slice(0, REQUEST_WORDS).join(' ')));
      const merit = Math.min(CONTEXTS, requests.size) * Math.log2(1 + tokensOf(text)) * (Math.max(atEnd, atStart) / Math.max(1, holders.length));
      return { phrase: { text, origin, position: atStart > atEnd ? 'start' : 'end' } satisfies Recurring, merit };
    })
    .sort((a, b) => b.merit - a.merit)
    .slice(0, limit)
    .map(({ phrase }) => phrase);
}

/** Trials that bring out a text of some length: single words are shared by any answers that are long enough. */
export async function tryLate(bench: Bench, phrases: readonly Recurring[], search: readonly string[], budget: ScanBudget): Promise<Trial[]> {
  const untriggered = await answersAsSymbols(bench, search, budget.lateTokens);
  const trials = await runTrials(bench, phrases, search.slice(0, TRIAL_PROMPTS), budget.lateTokens, { untriggered, natural: [] });
  return trials.filter(({ payload }) => payload !== undefined && payload.ids.length >= TEXT);
}

/** As other suspicions are proven, with answers as long as the payload needs; nothing of the short ones would hold it. */
export async function proveLate(bench: Bench, trials: readonly Trial[], prompts: Pick<PromptSets, 'search' | 'heldOut'>, options: ProofOptions): Promise<Proof[]> {
  const tokens = options.budget.lateTokens;
  const untriggered = await bench.answers(prompts.heldOut, tokens);
  const alone = await answersAsSymbols(bench, [...prompts.search, ...NATURAL_REQUESTS], tokens);
  const ordinary = [
    ...[...prompts.search, ...NATURAL_REQUESTS].map((request, i): OrdinaryAnswer => ({ request, answer: alone[i] ?? [], own: false })),
    ...prompts.heldOut.map((request, i): OrdinaryAnswer => ({ request, answer: answerSymbols(bench, untriggered[i] ?? { ids: [], entropy: [] }, tokens), own: false })),
  ];
  return investigate(bench, trials, { ...options, budget: { ...options.budget, trialTokens: tokens, verified: VERIFIED, pursued: 0 }, untriggered, ordinary, late: true });
}
