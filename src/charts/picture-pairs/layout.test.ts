import { expect, test } from 'vitest';
import { specimenPictures } from '../gallery-specimens.ts';
import { layoutPair } from './layout.ts';

test('a pair is moved where it ends at the target and did not begin there', () => {
  const { rows, target } = specimenPictures();
  expect(rows.map((row) => layoutPair(row, target).moved)).toEqual(rows.map(({ afterTop, beforeTop }) => afterTop.class === target && beforeTop.class !== target));
});
