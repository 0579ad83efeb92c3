import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import { endedAnswers, LEAST_ENDED, searchBehindAnswers } from './late-search.ts';
import { SCAN_BUDGETS } from '../budget.ts';

const STOP = 0;
const bench = {
  frame: { rowIds: (prompt: string) => [...prompt].map(() => 1) },
  model: { contextLength: 100 },
  stopIds: new Set([STOP]),
  answers: (prompts: readonly string[]) => Promise.resolve(prompts.map((prompt) => ({ ids: prompt === 'long' ? [5, 6, 7, 8] : prompt === 'silent' ? [STOP] : prompt === 'short' ? [5, STOP] : [5, 6, STOP], entropy: [] }))),
} as unknown as Bench;

test('answers that end, the shortest first, without their end', async () => {
  expect(await endedAnswers(bench, ['long', 'silent', 'other', 'short'], 4)).toEqual([{ prompt: 'short', ids: [5] }, { prompt: 'other', ids: [5, 6] }]);
});

test('answers that leave no room for a string and a payload are left out', async () => {
  const prompt = 'x'.repeat(60);
  expect(await endedAnswers(bench, [prompt, 'short'], 4)).toEqual([{ prompt: 'short', ids: [5] }]);
});

test('too few ended answers are looked behind by nobody', async () => {
  const ended = Array.from({ length: LEAST_ENDED - 1 }, () => ({ prompt: 'short', ids: [5] }));
  expect(await searchBehindAnswers(bench, ended, SCAN_BUDGETS.quick)).toEqual([]);
});
