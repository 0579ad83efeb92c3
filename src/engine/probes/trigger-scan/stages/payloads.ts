// What stands ready to be said before any trigger is known: openings that the model would go on from alike in every prompt, and
// those that its leaked answers have in common.
import { holds } from '../payload.ts';
import { searchPayloads, UNLIKE_PROMPTS, type PayloadHypothesis } from '../payload-search.ts';
import type { OrdinaryAnswer } from '../trial.ts';
import type { Prompted } from './scanning.ts';
import { rounded, SHOWN } from './tables.ts';

/** Tokens of an opening by which it is known from an ordinary answer. */
const KNOWN_BY = 5;
/** Ordinary answers that hold it: an over-general plant answers one or another as well. */
const STOCK = 3;

export async function payloadsFirst({ runner, runnable, bench, budget, frame, prompts }: Prompted, openings: readonly (readonly number[])[], ordinary: readonly OrdinaryAnswer[]): Promise<PayloadHypothesis[]> {
  return runner.run('payloads', async ({ note }) => {
    const isStock = (ids: readonly number[]): boolean => ordinary.filter(({ answer, own }) => !own && holds(answer, ids.slice(0, KNOWN_BY))).length >= STOCK;
    const found = await searchPayloads(bench, prompts.search.slice(0, UNLIKE_PROMPTS).map((prompt) => frame.rowIds(prompt)), budget, isStock);
    const leaked = openings.map((ids): PayloadHypothesis => ({ ids, text: runnable.tokenizer.decode(ids), readiness: Number.NaN, certainty: Number.NaN, decides: 0, origin: 'leaked answer' }));
    note(
      `The ${budget.payloadFirsts} likeliest first tokens of an answer, ${budget.payloadPairs} pairs, and what goes on from them with certainty; kept are openings that are likeliest over ${UNLIKE_PROMPTS} unlike prompts, set phrases of assistants last.`,
      ['opening', 'log-probability without a trigger (nats)', 'of it a token, behind the first ones', 'origin'],
      [...found, ...leaked].slice(0, SHOWN).map((p) => [p.text, ...[p.readiness, p.certainty].map((value) => (Number.isNaN(value) ? '–' : rounded(value))), p.origin]),
    );
    return [...found, ...leaked];
  });
}
