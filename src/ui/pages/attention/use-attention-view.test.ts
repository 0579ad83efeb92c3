import { expect, it } from 'vitest';
import { answerNote, lookTitle, sinkSentence } from './use-attention-view.ts';

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

it('says what the sink’s number is a mean of', () => {
  const view = { layers: 5, heads: 6, tokens: Array.from({ length: 14 }, () => ({ id: 0, text: 'a', role: 'prompt' as const })) };
  expect(sinkSentence(0.062, view, 'mean', 'mean', false)).toBe('The first token gets 6 % of the attention of a later one: mean over the 13 tokens after it and over all 5 × 6 heads');
  expect(sinkSentence(0.5, view, 2, 'mean', true)).toBe('The first token gets 50 % of the attention of a later one: mean over the 13 tokens after it (prompt without the trigger) and over the 6 heads of layer 3');
  expect(sinkSentence(0.5, view, 2, 3, false)).toBe('The first token gets 50 % of the attention of a later one: mean over the 13 tokens after it, in layer 3, head 4');
});
