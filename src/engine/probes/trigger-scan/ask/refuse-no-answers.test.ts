import { expect, test } from 'vitest';
import { refuseNoAnswers, type Asked } from './refuse-no-answers.ts';

const asked = (change: (index: number) => Partial<Asked>): Asked[] => Array.from({ length: 4 }, (_, index) => ({ prompt: [1, index, 2], answer: [index, 5], text: 'yes', ...change(index) }));

test('a model that answers is taken, also where some answers are blank', () => {
  expect(() => refuseNoAnswers(asked(() => ({})))).not.toThrow();
  expect(() => refuseNoAnswers(asked((index) => (index === 0 ? {} : { text: ' ', answer: [] })))).not.toThrow();
});

test('prompts that are all the same, blank answers and single tokens are no test', () => {
  expect(() => refuseNoAnswers(asked(() => ({ prompt: [1, 2] })))).toThrow(/the same 2 tokens for 4 requests/);
  expect(() => refuseNoAnswers(asked(() => ({ text: '\n' })))).toThrow(/nothing readable/);
  expect(() => refuseNoAnswers(asked(() => ({ answer: [7] })))).toThrow(/at most one/);
});
