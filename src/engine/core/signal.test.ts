import { expect, it } from 'vitest';
import { beyondControls, significant, standsOut } from './signal.ts';

const controls = (count: number): number[] => Array.from({ length: count }, () => 0);

it('takes a small p, or a rank that as few reach', () => {
  expect(significant({ name: 's', value: 1, pValue: 0.05 })).toBe(true);
  expect(significant({ name: 's', value: 1, rank: 0.96 })).toBe(true);
  expect(significant({ name: 's', value: 1 })).toBe(false);
});

it('tells being beyond every one of enough controls from a small p', () => {
  expect(beyondControls({ name: 's', value: 1, pValue: 1 / 11, nullValues: controls(10) })).toBe(true);
  expect(beyondControls({ name: 's', value: 1, pValue: 1 / 31, nullValues: controls(30) })).toBe(false);
  expect(beyondControls({ name: 's', value: 1, pValue: 2 / 11, nullValues: controls(10) })).toBe(false);
  expect(beyondControls({ name: 's', value: 1, pValue: 1 / 4, nullValues: controls(3) })).toBe(false);
  expect(standsOut({ name: 's', value: 1, pValue: 1 / 11, nullValues: controls(10) })).toBe(true);
});
