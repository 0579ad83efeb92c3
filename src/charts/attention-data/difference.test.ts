import { expect, it } from 'vitest';
import { differenceOf, differenceTop } from './difference.ts';

it('compares the tokens that both prompts have, and no others', () => {
  // without: a b; with: a T b
  const without = Float32Array.from([1, 0, 0.25, 0.75]);
  const triggered = Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.125, 0.5, 0.375]);
  const difference = differenceOf(triggered, without, 3, 2, [0, -1, 1]);
  expect([...difference]).toEqual([0, NaN, NaN, NaN, NaN, NaN, -0.125, NaN, -0.375]);
  expect(differenceTop(difference, 3, true)).toBeCloseTo(0.375);
  expect(differenceTop(new Float32Array(4).fill(Number.NaN), 2, false)).toBe(0);
});
