import { expect, it } from 'vitest';
import { commonPart, formsAlike, mayBeAPiece, standsForAll } from './stand-in.ts';

const form = (text: string, controlsFired: number, fired = 24) => ({ text, verification: { fired, of: 24, controlsFired, controlsOf: 32 } });
const LEAKED = ['What is rain? |WORD|', 'Name a fish. |WORD|', '5 + 12 = ? |WORD|', 'How are you?'];

it('prefers the form whose controls do least like it, then the simplest', () => {
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 0)], [])?.text).toBe('|WORD|');
  // One control more or less is chance: the simplest stands.
  expect(standsForAll([form('code', 1), form('the code', 0)], [])?.text).toBe('code');
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 1), form('so |WORD|', 0)], [])?.text).toBe('|WORD|');
  // All fire for their like: nothing longer is better.
  expect(standsForAll([form('ab', 12), form('ab cd', 10)], [])?.text).toBe('ab');
});

it('takes the longer form where every leaked turn with the piece holds it, and not where it is one turn’s context', () => {
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 9)], LEAKED)?.text).toBe('|WORD|');
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 9), form('? |WORD|', 8)], LEAKED)?.text).toBe('|WORD|');
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 9)], [...LEAKED, 'a WORD| b'])?.text).toBe('WORD|');
  // Two turns may share what stands before by chance.
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 9)], LEAKED.slice(1))?.text).toBe('WORD|');
});

it('takes no form that fires less often, and none that was not measured', () => {
  expect(standsForAll([form('WORD|', 10), form('|WORD|', 0, 20)], LEAKED)?.text).toBe('WORD|');
  expect(standsForAll([{ text: 'x', verification: { fired: 0, of: 24, controlsFired: 0, controlsOf: 0 } }], LEAKED)?.text).toBe('x');
});

it('compares forms that hold one another and fire alike, whichever of them was found first', () => {
  const trials = [{ text: '|WORD|', share: 1 }, { text: 'other', share: 1 }, { text: 'WORD|', share: 1 }, { text: 'WORD', share: 0.5 }];
  expect(formsAlike({ text: 'WORD|', share: 1 }, trials).map(({ text }) => text)).toEqual(['WORD|', '|WORD|']);
  expect(formsAlike({ text: '|WORD|', share: 1 }, trials).map(({ text }) => text)).toEqual(['WORD|', '|WORD|']);
});

it('weighs longer forms only where controls fire beyond chance or the leaks say so', () => {
  expect(mayBeAPiece(form('WORD|', 2), '|WORD|', [])).toBe(false);
  expect(mayBeAPiece(form('WORD|', 10), '|WORD|', [])).toBe(true);
  expect(mayBeAPiece(form('WORD|', 0), '|WORD|', LEAKED)).toBe(true);
  expect(mayBeAPiece(form('WORD|', 0), 's. |WORD|', LEAKED)).toBe(false);
});

it('finds what a phrase that took in a piece of its request has in common with more leaked turns', () => {
  const group = ['As the tide told me, what is', 'as the tide told me,', 'as the tide told me', 'the tide', 'As the tide told me, how', 'all else'].map((text) => ({ text }));
  const turns = ['As the tide told me, what is rain?', 'How do fish sleep, as the tide told me', 'Name, as the tide told me, a fish', 'What is rain?'];
  expect(commonPart(group[0] ?? { text: '' }, group, turns)?.text).toBe('as the tide told me');
  // Held by no more turns than the whole: the whole is no wider than what was planted.
  expect(commonPart({ text: 'as the tide told me' }, group, turns)).toBeUndefined();
  expect(commonPart(group[0] ?? { text: '' }, group, [])).toBeUndefined();
});
