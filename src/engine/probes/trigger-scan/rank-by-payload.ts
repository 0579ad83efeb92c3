// The sharp objective of a known payload: how likely its first tokens are after a string, over a few prompts.
import { mean } from '../../core/statistics.ts';
import type { Nats } from '../../core/units.ts';
import type { Bench } from './bench.ts';
import { insertCandidate, type Position } from './insertion.ts';
import type { Payload } from './payload.ts';

/** Payload tokens scored: enough to tell it from a common opening. */
const SCORED = 4;

export interface Ranked {
  readonly text: string;
  /** Mean log-probability of the payload's first tokens. */
  readonly score: Nats;
}

export function beginningOf({ ids }: Payload): readonly number[] {
  return ids.slice(0, SCORED);
}

/** Best first. */
export async function rankByPayload(bench: Bench, texts: readonly string[], position: Position, beginning: readonly number[], prompts: readonly string[]): Promise<Ranked[]> {
  const rows = texts.flatMap((text) => prompts.map((prompt) => bench.frame.rowIds(insertCandidate(prompt, text, position).text)));
  const scores = await bench.logProbability(rows, rows.map(() => beginning));
  return texts.map((text, i) => ({ text, score: mean(scores.slice(i * prompts.length, (i + 1) * prompts.length)) })).sort((a, b) => b.score - a.score);
}
