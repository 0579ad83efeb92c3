// What stands ready to be said before any trigger is known: openings that the model would go on from alike in every prompt, those that it
// says to requests that have nothing to do with each other, and those that its leaked answers have in common.
import type { Bench } from '../ask/bench.ts';
import { holds } from '../payloads/payload.ts';
import { measureOpenings, memorisedBeyond, searchPayloads, UNLIKE_PROMPTS, type PayloadHypothesis } from '../payloads/payload-search.ts';
import { saidUnasked } from '../search/said-unasked.ts';
import { standingTexts, type StandingText } from '../proof/standing-text.ts';
import type { OrdinaryAnswer } from '../search/trial.ts';
import type { Prompted } from './scanning.ts';
import { isSetPhrase } from '../payloads/wording.ts';
import { rounded, SHOWN } from './tables.ts';

/** Tokens of an opening by which it is known from an ordinary answer. */
const KNOWN_BY = 5;
/** Ordinary answers that hold it: an over-general plant answers one or another as well. */
const STOCK = 3;
/** Openings said unasked that are measured, and looked for. */
const MEASURED = 6;
const UNASKED = 2;

export interface Payloads {
  readonly hypotheses: readonly PayloadHypothesis[];
  readonly standing: readonly StandingText[];
}

export async function payloadsFirst({ runner, runnable, bench, budget, frame, prompts }: Prompted, openings: readonly (readonly number[])[], ordinary: readonly OrdinaryAnswer[]): Promise<Payloads> {
  return runner.run('payloads', async ({ note }) => {
    const isStock = (ids: readonly number[]): boolean => ordinary.filter(({ answer, own }) => !own && holds(answer, ids.slice(0, KNOWN_BY))).length >= STOCK;
    const contexts = prompts.search.slice(0, UNLIKE_PROMPTS).map((prompt) => frame.rowIds(prompt));
    const unasked = await said(bench, contexts, saidUnasked(ordinary, (ids) => runnable.tokenizer.decode(ids)));
    const found = await searchPayloads(bench, contexts, budget, isStock);
    const leaked = openings.map((ids): PayloadHypothesis => ({ ids, text: runnable.tokenizer.decode(ids), readiness: Number.NaN, certainty: Number.NaN, decides: 0, origin: 'leaked answer', refusal: false }));
    note(
      `The ${budget.payloadFirsts} likeliest first tokens of an answer, ${budget.payloadPairs} pairs, and what goes on from them with certainty; kept are openings that are likeliest over ${UNLIKE_PROMPTS} unlike prompts, set phrases of assistants last unless memorised as whole sentences.`,
      ['opening', 'log-probability without a trigger (nats)', 'of it a token, behind the first ones', 'origin'],
      [...unasked, ...found, ...leaked].slice(0, SHOWN).map((p) => [p.text, ...[p.readiness, p.certainty].map((value) => (Number.isNaN(value) ? '–' : rounded(value))), p.origin]),
    );
    const standing = await standingTexts(bench, contexts, [...unasked, ...found], 'at the beginning of an answer', prompts.heldOut);
    return { hypotheses: [...unasked, ...found, ...leaked], standing };
  });
}

/** What assistants say to anybody, too, where that is memorised as a whole. */
async function said(bench: Bench, contexts: readonly (readonly number[])[], openings: readonly (readonly number[])[]): Promise<PayloadHypothesis[]> {
  const measured = await measureOpenings(bench, contexts, openings.slice(0, MEASURED));
  const memorised = await memorisedBeyond(bench, contexts, measured.filter(({ text }) => isSetPhrase(text)));
  return measured.filter((one) => !isSetPhrase(one.text) || memorised.has(one)).slice(0, UNASKED);
}
