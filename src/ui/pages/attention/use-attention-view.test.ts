import { expect, it } from 'vitest';
import { answerNote, lookTitle } from './use-attention-view.ts';

const NAMES = ['Without trigger', 'With trigger'];

it('says whose look is drawn: one token’s, or of each view its own', () => {
  expect(lookTitle(['↵', '↵'], NAMES)).toBe('Where “↵” looks');
  expect(lookTitle(['?'], ['Prompt'])).toBe('Where “?” looks');
  // A token that one view alone has leaves the other at the token that chooses its answer.
  expect(lookTitle(['↵', 'DEPLOY'], NAMES)).toBe('Where “↵” (without trigger) and “DEPLOY” (with trigger) look');
});

it('says whether an answer is whole, and how much of it the maps hold', () => {
  const answer = { text: 'a', tokens: 7, ended: true, mapped: 7 };
  expect(answerNote(answer)).toBe('whole answer');
  expect(answerNote({ ...answer, tokens: 48, ended: false, mapped: 12 })).toBe('cut after 48 tokens, the answer goes on; its first 12 tokens stand in the maps');
  expect(answerNote({ ...answer, tokens: 20, mapped: 12 })).toBe('whole answer; its first 12 tokens stand in the maps');
});
