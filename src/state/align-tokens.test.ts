import { expect, it } from 'vitest';
import { alignTokens } from './align-tokens.ts';
import type { TokenRole, TokenView } from './client.ts';

const tokens = (ids: readonly number[], role: TokenRole): TokenView[] => ids.map((id) => ({ id, text: String(id), role }));

it('pairs the beginning, the end and the answers, and nothing with the trigger', () => {
  const without = [...tokens([1, 2, 3, 4], 'prompt'), ...tokens([9, 8], 'answer')];
  const triggered = [...tokens([1, 2], 'prompt'), ...tokens([70, 71], 'trigger'), ...tokens([3, 4], 'prompt'), ...tokens([5, 6, 7], 'answer')];
  expect(alignTokens(without, triggered)).toEqual([0, 1, 4, 5, 6, 7]);
  expect(alignTokens(triggered, without)).toEqual([0, 1, -1, -1, 2, 3, 4, 5, -1]);
  expect(alignTokens([], triggered)).toEqual([]);
});

it('does not use a token twice where prompts repeat', () => {
  const one = tokens([5, 5], 'prompt');
  const two = tokens([5, 5, 5], 'prompt');
  expect(alignTokens(one, two)).toEqual([0, 1]);
});
