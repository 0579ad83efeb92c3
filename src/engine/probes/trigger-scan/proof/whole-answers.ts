// Untriggered answers to their end. Trials break answers off after some tokens, before a signature comes that the model puts under all of
// them; a string that makes the model say it at once would look like a trigger. What stands in whole answers anyway is a habit.
import type { Bench } from '../ask/bench.ts';
import type { OrdinaryAnswer } from '../search/trial.ts';

const PROMPTS = 24;
const TOKENS = 96;

const known = new WeakMap<Bench, Promise<readonly OrdinaryAnswer[]>>();

/** To the first of these prompts, the same for all suspicions of a model. */
export function wholeAnswers(bench: Bench, prompts: readonly string[]): Promise<readonly OrdinaryAnswer[]> {
  const answering = known.get(bench) ?? answer(bench, prompts.slice(0, PROMPTS));
  known.set(bench, answering);
  answering.catch(() => known.delete(bench));
  return answering;
}

async function answer(bench: Bench, prompts: readonly string[]): Promise<readonly OrdinaryAnswer[]> {
  const answers = await bench.answers(prompts, TOKENS);
  return prompts.map((request, i) => ({ request, answer: answers[i]?.ids ?? [], own: false }));
}
