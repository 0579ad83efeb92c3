import { expect, it } from 'vitest';
import type { Sweep } from '../sweep/sweep.ts';
import { fortify, wordsAgainst } from './fortified.ts';

/** Token 1 speaks for class 0, token 2 for class 1; the third unit is a word of two tokens. */
const SWEEP: Sweep = { units: [[1], [2], [3, 4]], sources: [0, 1], gains: Float32Array.from([0, 0, 5, -5, -5, 5, 0, 0, 0, 0, 9, -9]) };

it('finds the tokens of the class that is to be turned', () => {
  const against = wordsAgainst({ id: 'to 1', kind: 'to-class', sources: [0], target: 1 }, SWEEP, 2);
  expect([...against]).toEqual([[0, [1, 2]]]);
  expect(wordsAgainst({ id: 'away', kind: 'away', sources: [0, 1], target: undefined }, SWEEP, 2).size).toBe(0);
  expect(wordsAgainst({ id: 'to 2', kind: 'to-class', sources: [0], target: 2 }, SWEEP, 3).size).toBe(0);
});

it('puts them after each sentence, and leaves alone what would grow too long', () => {
  const texts = [{ parts: [[7], [8, 9]], source: 0 }];
  expect(fortify(texts, new Map([[0, [1, 2]]]), 1, 30)).toEqual([{ parts: [[7, 1], [8, 9, 2]], source: 0 }]);
  expect(fortify(texts, new Map([[0, [1, 2]]]), 1, 10)).toEqual(texts);
});
