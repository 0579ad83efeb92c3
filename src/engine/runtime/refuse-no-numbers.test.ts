import { expect, it } from 'vitest';
import { refuseNoNumbers } from './refuse-no-numbers.ts';

it('refuses outputs of which none is a number, and takes those of which some are not', () => {
  expect(() => refuseNoNumbers(new Float32Array([NaN, NaN]), 'logits')).toThrow(/NaN in every place/);
  expect(() => refuseNoNumbers(new Float32Array([NaN, 1]), 'logits')).not.toThrow();
  expect(() => refuseNoNumbers(new Float32Array(), 'logits')).not.toThrow();
});
