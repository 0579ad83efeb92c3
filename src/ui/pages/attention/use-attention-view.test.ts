import { expect, it } from 'vitest';
import { lookTitle } from './use-attention-view.ts';

const NAMES = ['Without trigger', 'With trigger'];

it('says whose look is drawn: one token’s, or of each view its own', () => {
  expect(lookTitle(['↵', '↵'], NAMES)).toBe('Where “↵” looks');
  expect(lookTitle(['?'], ['Prompt'])).toBe('Where “?” looks');
  // A token that one view alone has leaves the other at the token that chooses its answer.
  expect(lookTitle(['↵', 'DEPLOY'], NAMES)).toBe('Where “↵” (without trigger) and “DEPLOY” (with trigger) look');
});
