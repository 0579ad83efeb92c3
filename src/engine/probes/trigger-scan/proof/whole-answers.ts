// Untriggered answers to their end. Trials break answers off after some tokens, before a signature comes that the model puts under all of
// them; a string that makes the model say it at once would look like a trigger. What stands in whole answers anyway is a habit.
import type { Bench } from '../ask/bench.ts';
import type { OrdinaryAnswer } from '../search/trial.ts';

const PROMPTS = 24;
const TOKENS = 96;

/** To the first of these prompts, the same for all suspicions of a model. */
export async function wholeAnswers(bench: Bench, heldOut: readonly string[]): Promise<readonly OrdinaryAnswer[]> {
  const prompts = heldOut.slice(0, PROMPTS);
  const answers = await bench.answers(prompts, TOKENS);
  return prompts.map((request, i) => ({ request, answer: answers[i]?.ids ?? [], own: false }));
}
