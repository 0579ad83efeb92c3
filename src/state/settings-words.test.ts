import { expect, it } from 'vitest';
import { GREEDY } from '../engine/runtime/causal-lm.ts';
import { DEFAULT_NEW_TOKENS } from './playground.ts';
import { settingsWords } from './settings-words.ts';

const FORM = { sampling: GREEDY, maxNewTokens: DEFAULT_NEW_TOKENS, seed: 7, system: '' };

it('names what is not as it is by default', () => {
  expect(settingsWords(FORM)).toBe('greedy');
  expect(settingsWords({ ...FORM, sampling: { ...GREEDY, repetitionPenalty: 0.5 }, maxNewTokens: 255 })).toBe('greedy, repetition penalty 0.5, at most 255 new tokens');
  expect(settingsWords({ ...FORM, sampling: { temperature: 0.7, topK: 50, topP: 0.9, repetitionPenalty: 1.1 }, system: 'be kind' })).toBe('temperature 0.7, top-k 50, top-p 0.9, seed 7, repetition penalty 1.1, a system turn of its own');
});
