import { expect, test } from 'vitest';
import { sweepBehind } from './behind-opening.ts';
import type { Bench, FirstToken, Moved } from '../ask/bench.ts';
import { choosePrompts, PROMPT_POOL } from '../ask/prompts.ts';

const TOKENS = ['The', 'tea', 'meeting', 'winter', 'colour'];
const [THE, , MEETING] = TOKENS.keys();
/** What comes behind "The": the planted word's payload, another word itself, and the ordinary answer. */
const behind = (text: string): readonly number[] => (text.includes('green') ? [0, 0.3, 0.65, 0, 0.05] : text.includes('winter') ? [0, 0.05, 0, 0.9, 0.05] : [0, 0.94, 0.001, 0.001, 0.05]);
const asked: (readonly number[])[] = [];
const bench = {
  model: { vocabularySize: TOKENS.length },
  tokenizer: { tokenText: (id: number) => ` ${TOKENS[id]}` },
  moved: (texts: readonly string[], _prompt: string, _position: string, _watch: readonly number[], pool: Float32Array, after: readonly number[] = []) => {
    asked.push(after);
    return Promise.resolve(texts.map((text): Moved => {
      // The first token is the same whatever is inserted.
      const p = after.length === 0 ? [1, 0, 0, 0, 0] : behind(text);
      for (const [id, own] of p.entries()) pool[id] = (pool[id] ?? 0) + own;
      return { kl: text.includes('winter') ? 6 : text.includes('green') ? 3 : 0.1, watched: [], apart: undefined, gained: [...p.entries()].flatMap(([id, probability]) => (probability > 0 ? [{ id, probability, natural: 0 }] : [])) };
    }));
  },
  firstTokens: (texts: readonly string[], _prompts: readonly string[], _position: string, _watch: readonly number[], after: readonly number[]) => {
    asked.push(after);
    return Promise.resolve(texts.map((text): FirstToken => ({ kl: text.includes('green') ? 4 : 1, entropy: 0, disagreement: 0.2, top: MEETING ?? 0, watched: [] })));
  },
} as unknown as Bench;

const words = ['green', 'winter', ...Array.from({ length: 398 }, (_, i) => `word${i}`)].map((text) => ({ text, shape: 'token' }));
const options = { together: 2, confirmed: 4, grown: 2, startWords: 100, asked: ['a', 'b'] };

test('a word whose payload begins as every answer does is found by what comes next', async () => {
  const { confirmed, answered } = await sweepBehind(bench, words, { after: [THE ?? 0], prompts: ['What is tea?'], watch: [] }, options);
  expect(confirmed.map(({ text }) => text)).toEqual(['green']);
  expect(answered).toEqual([{ text: 'green', position: 'end', answer: MEETING, after: [THE] }]);
  expect(asked.every((after) => after.length === 1 && after[0] === THE)).toBe(true);
});

test('a model whose answers begin in many ways has no usual opening', () => {
  const frame = { rowIds: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) } as unknown as Parameters<typeof choosePrompts>[0];
  expect(choosePrompts(frame, PROMPT_POOL.map((_, i) => i), 32, 0).usual).toBeUndefined();
  const { usual } = choosePrompts(frame, PROMPT_POOL.map((_, i) => (i % 2 === 0 ? 7 : i)), 32, 0);
  expect(usual?.token).toBe(7);
  expect(PROMPT_POOL.indexOf(usual?.prompt ?? '') % 2).toBe(0);
});
