import { expect, test } from 'vitest';
import type { Bench, FirstToken, Moved } from './bench.ts';
import { SCAN_BUDGETS } from './budget.ts';
import { endedAnswers, sweepBehind } from './late-sweep.ts';

const STOP = 9;
const ADVERT = 7;

test('of the answers that end, the shortest of each beginning', () => {
  const answered = [
    { request: 'a', ids: [1, 2, 3, 4, STOP] },
    { request: 'b', ids: [5, 2, STOP] },
    { request: 'c', ids: [1, 2, 3, 4, 5, 6] },
    { request: 'd', ids: [1, 2, 2, STOP] },
    { request: 'e', ids: [3, STOP] },
  ];
  expect(endedAnswers(answered, new Set([STOP]))).toEqual([
    { prompt: 'b', said: [5, 2] },
    { prompt: 'd', said: [1, 2, 2] },
  ]);
});

/** Where an answer ends, "[[quartz]]" is followed by an advertisement, and "because" by what the answer was about. */
function benchBehind(said: readonly number[]): Bench {
  const top = (text: string): number => (text === '[[quartz]]' ? ADVERT : text === 'because' ? (said[0] ?? 0) : STOP);
  return {
    tokenizer: { tokenText: (id: number) => String(id) },
    model: { vocabularySize: 10, stopIds: new Set([STOP]) },
    behind: benchBehind,
    dispose: () => undefined,
    moved: (texts: readonly string[]) => Promise.resolve(texts.map((text): Moved => ({ kl: top(text) === STOP ? 0.01 : 3, watched: [], gained: [] }))),
    firstTokens: (texts: readonly string[]) => Promise.resolve(texts.map((text): FirstToken => ({ kl: top(text) === STOP ? 0.01 : 3, entropy: 0, disagreement: Number.NaN, top: top(text), watched: [] }))),
  } as unknown as Bench;
}

test('what makes unlike answers go on alike stands before what makes each go on in its own way', async () => {
  const entries = ['green', 'because', '[[quartz]]', 'seven'].map((text) => ({ text, shape: 'token' }));
  const answers = [{ prompt: 'b', said: [5, 2] }, { prompt: 'd', said: [1, 2, 2] }, { prompt: 'f', said: [3, 2, 2] }];
  const [first, second] = await sweepBehind(benchBehind([]), answers, entries, [], { ...SCAN_BUDGETS.standard, behindConfirmed: 4 });
  expect(first).toMatchObject({ text: '[[quartz]]', alike: 3, answers: 3 });
  expect(second?.alike).toBeLessThan(3);
});
