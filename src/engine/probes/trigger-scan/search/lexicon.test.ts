import { expect, test } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { drawLexicon, framesAround } from './lexicon.ts';

test('the lexicon has every shape, no repeats, and follows its seed', () => {
  const entries = drawLexicon(600, seeded(3));
  expect(new Set(entries.map(({ shape }) => shape))).toEqual(new Set(['published', 'sign', 'UPPER', 'lower', 'Title', 'phrase', 'adverbial', 'courtesy', 'wrapper', 'header', 'code']));
  expect(new Set(entries.map(({ text }) => text)).size).toBe(entries.length);
  expect(drawLexicon(600, seeded(3))).toEqual(entries);
  // A shorter list is cut off its beginning.
  expect(new Set(entries.slice(0, 300).map(({ shape }) => shape)).size).toBe(11);
  expect(framesAround('zebra')).toContain('|zebra|');
});
