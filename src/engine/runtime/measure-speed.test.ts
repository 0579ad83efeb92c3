import { expect, it } from 'vitest';
import { NEVER } from '../core/cancel.ts';
import type { CausalLm } from './causal-lm.ts';
import { measureSpeed } from './measure-speed.ts';

/** A model of 1000 tokens a second that is slowed as `slow` says, run by run. */
function timed(slow: readonly number[], speed = 1000): { readonly model: CausalLm; readonly clock: { now(): number }; readonly runs: number[] } {
  const state = { now: 0, tokensRun: 0, vocabularySize: 100 };
  const runs: number[] = [];
  const model = {
    get tokensRun() { return state.tokensRun; },
    vocabularySize: 100,
    prefill: () => Promise.resolve({ dispose: () => undefined }),
    generate: (_: unknown, rows: readonly (readonly number[])[], { maxNewTokens }: { readonly maxNewTokens: number }) => {
      const tokens = rows.length * ((rows[0]?.length ?? 0) + maxNewTokens);
      state.tokensRun += tokens;
      state.now += (1000 * tokens * (slow[runs.length] ?? 1)) / speed;
      runs.push(rows.length);
      return Promise.resolve([]);
    },
  } as unknown as CausalLm;
  return { model, clock: { now: () => state.now }, runs };
}

it('repeats equal runs until they get no quicker, and counts the quickest', async () => {
  const { model, clock, runs } = timed([20, 2, 9, 3, 1, 2, 1], 20_000);
  expect(await measureSpeed(model, clock, NEVER)).toBeCloseTo(20_000, 0);
  expect(runs).toEqual([1, 32, 128, 128, 128, 128, 128]);
});

it('takes full batches of a quick model, and one run of a slow one', async () => {
  const quick = timed([], 100_000);
  expect(await measureSpeed(quick.model, quick.clock, NEVER)).toBeCloseTo(100_000, 0);
  expect(quick.runs).toEqual([1, 32, 128, 128, 128]);
  const slow = timed([], 50);
  expect(await measureSpeed(slow.model, slow.clock, NEVER)).toBeCloseTo(50, 0);
  expect(slow.runs).toEqual([1, 32]);
});
