// Orders and words of grammar: each once, and never what there was before.
import { expect, it } from 'vitest';
import { ordersOf, sideBySide, withOneMore } from './arrange.ts';

it('lists every other order once', () => {
  expect(ordersOf([1, 2, 3])).toHaveLength(5);
  expect(ordersOf([1, 1])).toEqual([]);
  expect(ordersOf([1, 2, 3, 4, 5])).toEqual([]);
});

it('puts one more token at every place', () => {
  expect(withOneMore([1, 2], [2, 9])).toEqual([[9, 1, 2], [1, 9, 2], [1, 2, 9]]);
});

it('puts two or three phrases beside each other in every order', () => {
  const groups = sideBySide([[1], [2, 3], [4]]);
  expect(groups).toHaveLength(12);
  expect(groups.map((group) => group.flat().join())).toContain('4,1,2,3');
  expect(sideBySide([[1]])).toEqual([]);
});
