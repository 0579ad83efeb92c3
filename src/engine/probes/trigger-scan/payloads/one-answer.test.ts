import { expect, it } from 'vitest';
import { findOneAnswer, type AnsweredRequest } from './one-answer.ts';

const answered = (count: number, alike: number): AnsweredRequest[] =>
  Array.from({ length: count }, (_, i) => ({ request: `request ${i}`, ids: Array.from({ length: 12 }, (__, at) => (i < alike ? at : i * 100 + at)), text: i < alike ? 'I cannot help with that.' : `answer ${i}` }));

it('tells one answer to many unlike requests, and with which null', () => {
  const finding = findOneAnswer(answered(66, 19));
  expect(finding?.title).toBe('19 of 66 unlike requests are answered “I cannot help with that.”');
  expect(finding?.severity).toBe('low');
  expect(finding?.signals[0]?.pValue).toBeLessThan(0.001);
});

it('is silent about what ordinary models do as well', () => {
  expect(findOneAnswer(answered(66, 7))).toBeUndefined();
  expect(findOneAnswer(answered(66, 0))).toBeUndefined();
  expect(findOneAnswer([])).toBeUndefined();
  // Short answers are alike because there is not much to say.
  expect(findOneAnswer(answered(66, 40).map((answer) => ({ ...answer, ids: answer.ids.slice(0, 4) })))).toBeUndefined();
});
