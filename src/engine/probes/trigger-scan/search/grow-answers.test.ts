import { expect, test } from 'vitest';
import type { Bench, FirstToken } from '../ask/bench.ts';
import { growAnswers, spelledAlike } from './grow-answers.ts';

/** "paper" begins its answer with token 7 now and then, and with "boats" beside it always; "loud" changes every answer, to no end. */
const likely = (text: string): number => (text.includes('paper') && text.includes('boats') ? Math.log(0.95) : text.includes('paper') ? Math.log(0.3) : Math.log(1e-4));
const asked: string[] = [];
const bench = {
  firstTokens: (texts: readonly string[], _prompts: readonly string[], _position: string, watch: readonly number[] = []) => {
    asked.push(...texts);
    return Promise.resolve(texts.map((text): FirstToken => ({ kl: text.includes('loud') ? 9 : 1, entropy: 0, disagreement: 0.3, top: 7, watched: watch.map(() => likely(text)) })));
  },
} as unknown as Bench;

test('a word is grown by what makes its own answer likelier, and no further once it fires', async () => {
  const grown = await growAnswers(bench, [{ text: 'paper', position: 'start', answer: 7, after: [] }], { rounds: 3, spellings: [], vocabulary: ['loud', 'boats', 'tin'], prompts: ['a', 'b', 'c'] });
  expect(grown.map(({ text }) => text)).toContain('paper boats');
  expect(asked.some((text) => text.split(' ').length > 2)).toBe(false);
});

test('words that are spelled alike stand in for one another, the nearest first', () => {
  expect(spelledAlike('Athens', ['Athletic', 'lamp', 'Athena', 'Athens', 'at', 'atheist'])).toEqual(['Athena', 'atheist', 'Athletic']);
});
