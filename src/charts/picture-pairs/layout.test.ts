import { expect, test } from 'vitest';
import { specimenPictures } from '../gallery-specimens.ts';
import { layoutPair, rgbaOf } from './layout.ts';

test('pixels come out in order, grey and colour', () => {
  expect([...(rgbaOf({ width: 2, height: 1, channels: 1, data: btoa('\u0000\u00ff') }) ?? [])]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  expect([...(rgbaOf({ width: 1, height: 1, channels: 3, data: btoa('\u0001\u0002\u0003') }) ?? [])]).toEqual([1, 2, 3, 255]);
  expect(rgbaOf({ width: 2, height: 2, channels: 1, data: btoa('a') })).toBeUndefined();
});

test('a pair is moved where it ends at the target and did not begin there', () => {
  const { rows, target } = specimenPictures();
  expect(rows.map((row) => layoutPair(row, target).moved)).toEqual(rows.map(({ afterTop, beforeTop }) => afterTop.class === target && beforeTop.class !== target));
});
