import { expect, test } from 'vitest';
import { recurringPhrases } from './late.ts';

const candidate = (text: string, leaks: number): Parameters<typeof recurringPhrases>[0][number] => ({ text, leaks, origin: 'leak edge', sameAnswer: 0 });
const tokensOf = (text: string): number => text.split(/\s+|(?=\])/).length;

test('a phrase beside unlike requests comes before one that recurs with its request', () => {
  const turns = ['Explain a table. [[KESTREL]]', 'Bless this ship. [[KESTREL]]', 'Send a short note to Ben about tea', 'Send a short note to Ben about ink', 'Send a short note to Ben about oil'];
  const phrases = recurringPhrases([candidate('short note to Ben about', 3), candidate('[[KESTREL]]', 2), candidate('once only', 1), candidate('a', 3)], turns, tokensOf, 10);
  expect(phrases.map(({ text, position }) => [text, position])).toEqual([['[[KESTREL]]', 'end'], ['short note to Ben about', 'end']]);
});

test('a phrase at the beginning of its turns is put there', () => {
  const [phrase] = recurringPhrases([candidate('the tide is out', 2)], ['the tide is out Name a fruit.', 'the tide is out Count to ten.'], tokensOf, 1);
  expect(phrase).toMatchObject({ text: 'the tide is out', position: 'start' });
});
