import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import { grow } from './grow.ts';
import type { Payload } from '../payloads/payload.ts';

const WORDS = ['paper', 'trains', 'boats', 'houses', 'green', 'under', 'seven', 'often', 'where', 'could', 'quite', 'never'];

/** Nats of the payload after a string: two words of the phrase bring it out, a stranger of the sweep now and then, no word helps the stranger. */
function likely(text: string): number {
  const has = (word: string): boolean => text.includes(word);
  if (has('paper') && has('boats')) return -0.3;
  if (has('houses transport')) return text.includes(' houses transport ') || !text.startsWith('houses') ? -3 : -1.7;
  return has('paper') || has('boats') ? -4 : -9;
}

function benchOf(vocabulary: readonly string[]): { bench: Bench; rows: () => number } {
  let asked = 0;
  const texts: string[] = [];
  const bench = {
    tokenizer: { vocabularySize: vocabulary.length, specialIds: new Set<number>(), tokenText: (id: number) => ` ${vocabulary[id] ?? ''}` },
    frame: { rowIds: (text: string) => [texts.push(text) - 1] },
    logProbability: (rows: readonly (readonly number[])[]) => {
      asked += rows.length;
      return Promise.resolve(rows.map(([at]) => likely((texts[at ?? -1] ?? '').replace(/ ?ask$/, ''))));
    },
  };
  return { bench: bench as unknown as Bench, rows: () => asked };
}

const payload: Payload = { ids: [1, 2, 3, 4, 5, 6], core: [1, 2, 3], others: [], fired: 3, of: 6 };

test('words that the payload is likeliest after are put beside each other, though none helps what was met', async () => {
  const { bench, rows } = benchOf(WORDS);
  const grown = await grow(bench, 'houses transport whose', 'start', payload, ['ask', 'ask', 'ask'], [], 12);
  expect(grown.split(' ').sort()).toEqual(['boats', 'paper']);
  expect(rows()).toBeLessThan(500);
});

test('words of other strings that fired are known, however rare they are', async () => {
  const { bench } = benchOf(WORDS.filter((word) => word !== 'boats'));
  expect((await grow(bench, 'houses transport whose', 'start', payload, ['ask'], ['boats dialogue'], 12)).split(' ').sort()).toEqual(['boats', 'paper']);
});

test('where nothing is better the part stays', async () => {
  const { bench } = benchOf(['green', 'under', 'seven', 'often', 'where', 'could']);
  expect(await grow(bench, 'houses transport whose', 'start', payload, ['ask', 'ask'], [], 6)).toBe('houses transport whose');
});
