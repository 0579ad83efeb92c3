import { expect, it } from 'vitest';
import { diffTokens } from './diff-tokens.ts';

it('marks a longest common subsequence', () => {
  expect(diffTokens([1, 2, 3, 4], [9, 2, 4])).toEqual({ left: [false, true, false, true], right: [false, true, true] });
  expect(diffTokens([], [1])).toEqual({ left: [], right: [false] });
  expect(diffTokens([1, 1], [1, 1])).toEqual({ left: [true, true], right: [true, true] });
});
