// The sharp objective of a known payload: how likely its first tokens are after a string, over a few prompts.
import { mean } from '../../../core/statistics.ts';
import type { Nats } from '../../../core/units.ts';
import type { Bench } from '../ask/bench.ts';
import { insertCandidate, type Position } from '../ask/insertion.ts';
import type { Payload } from './payload.ts';

/** Payload tokens scored: enough to tell it from a common opening. */
export const SCORED = 4;

export interface Ranked {
  readonly text: string;
  /** Mean log-probability of the payload's first tokens. */
  readonly score: Nats;
}

/** Ranks strings under prompts, best first. */
export type Rank = (texts: readonly string[], under: readonly string[]) => Promise<readonly Ranked[]>;

/** Of a refusal all that is known: any model can be brought to be sorry. */
export function beginningOf({ ids, refusal = false }: Pick<Payload, 'ids'> & { readonly refusal?: boolean }): readonly number[] {
  return refusal ? ids : ids.slice(0, SCORED);
}

/** Best first, each once. `answers`: what answers are made to begin with, a prompt; nothing where not given. */
export async function rankByPayload(bench: Bench, strings: readonly string[], position: Position, beginning: readonly number[], prompts: readonly string[], answers?: ReadonlyMap<string, readonly number[]>): Promise<Ranked[]> {
  const texts = [...new Set(strings)];
  const scores: number[][] = [];
  // Prompt by prompt: strings put behind the same one share all that comes before them.
  for (const prompt of prompts) scores.push(await bench.logProbability(texts.map((text) => [...bench.frame.rowIds(insertCandidate(prompt, text, position).text), ...(answers?.get(prompt) ?? [])]), texts.map(() => beginning)));
  return texts.map((text, i) => ({ text, score: mean(scores.map((row) => row[i] ?? Number.NEGATIVE_INFINITY)) })).sort((a, b) => b.score - a.score);
}
