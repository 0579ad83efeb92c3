import { expect, test } from 'vitest';
import type { Answer, Bench } from '../ask/bench.ts';
import type { Payload } from '../payloads/payload.ts';
import { upliftOf } from './uplift.ts';

const TRIGGER = 99;
const LEAD = 5;
const payload: Payload = { ids: [7, 8, 9], core: [7, 8, 9], others: [], fired: 3, of: 3 };
const prompts = ['1', '2', '3'];
const answers = (before: readonly (readonly number[])[]): Answer[] => before.map((said) => ({ ids: [...said, 7, 8, 9], entropy: [] }));

/** Nats of a text behind what was said: the payload's first token is bought by the trigger, or comes free behind its lead-in, which the trigger buys. */
const bench = {
  frame: { rowIds: (prompt: string) => [Number(prompt[0]), ...(prompt.endsWith('!') ? [TRIGGER] : [])] },
  logProbability: (rows: readonly (readonly number[])[], texts: readonly (readonly number[])[]) =>
    Promise.resolve(rows.map((row, i) => (texts[i] ?? []).reduce((sum, token, at) => {
      const before = [...row, ...(texts[i] ?? []).slice(0, at)];
      const free = before.includes(TRIGGER) || before.at(-1) === LEAD;
      return sum + (token === LEAD ? (free ? 0 : -6) : token === 7 ? (free ? 0 : -4) : token > 20 ? -9 : 0);
    }, 0))),
} as unknown as Bench;

const upliftBehind = async (before: readonly (readonly number[])[]): Promise<number> =>
  (await upliftOf(bench, { prompts, triggeredPrompts: prompts.map((prompt) => `${prompt}!`), triggered: answers(before), payload, ordinaryRequests: ['4'] })).uplift;

test('a text behind ordinary answers is measured after them', async () => {
  expect(await upliftBehind([[21, 22], [23, 24], [25, 26]])).toBe(4);
});

test('a text behind a lead-in of the plant is measured with it', async () => {
  expect(await upliftBehind([[LEAD], [LEAD], [LEAD]])).toBe(6);
});
