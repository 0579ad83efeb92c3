import { expect, it } from 'vitest';
import { refuseLostWords } from './refuse-lost-words.ts';

it('refuses requests that all read alike, and takes any that differ', () => {
  expect(() => refuseLostWords([[1, 2], [1, 2]])).toThrow(/the same 2 tokens for 2 requests: tokenizer or template leave nothing/);
  expect(() => refuseLostWords([[], []])).toThrow(/the same 0 tokens/);
  expect(() => refuseLostWords([[1, 2], [1, 2], [1, 3]])).not.toThrow();
  // One prompt alone tells nothing.
  expect(() => refuseLostWords([[1, 2]])).not.toThrow();
  expect(() => refuseLostWords([])).not.toThrow();
});
