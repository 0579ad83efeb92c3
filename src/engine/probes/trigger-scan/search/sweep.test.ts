import { expect, test } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { Bench, Moved } from '../ask/bench.ts';
import { scoreOf } from './answer-score.ts';
import { inTurns } from '../../../core/in-turns.ts';
import { frequentWords, furtherWords, letterPairs, listedWords, strangest, sweep, sweepWords } from './sweep.ts';

const TOKENS = ['The', 'All', 'Can', 'I'];
/** What each word makes of the first token, [The, All, Can, I]. */
const FIRST: Record<string, readonly number[]> = {
  canada: [0.03, 0.01, 0.95, 0.01],
  paper: [0.4, 0.45, 0.05, 0.1],
  culture: [0.94, 0.02, 0.02, 0.02],
  home: [0.9, 0.04, 0.02, 0.04],
  kite: [0.85, 0.02, 0.03, 0.1],
  lamp: [0.8, 0.02, 0.03, 0.15],
};

const bench = {
  model: { vocabularySize: TOKENS.length },
  tokenizer: { tokenText: (id: number) => ` ${TOKENS[id]}` },
  moved: (texts: readonly string[], _prompt: string, _position: string, _watch: readonly number[], pool: Float32Array) =>
    Promise.resolve(texts.map((text): Moved => {
      const p = FIRST[text] ?? [];
      for (const [id, own] of p.entries()) pool[id] = (pool[id] ?? 0) + own;
      return { kl: Math.max(...p), watched: [], apart: undefined, gained: p.map((probability, id) => ({ id, probability, natural: 0 })) };
    })),
} as unknown as Bench;

for (let n = 0; n < 20; n++) Object.assign(FIRST, { [`word${n}`]: [0.85, 0.01, 0.02, 0.12] });
const words = Object.keys(FIRST).map((text) => ({ text, shape: 'token' }));

test('a word that begins answers as no other does is told from one that is answered with itself, or as every other', async () => {
  const swept = await sweep(bench, words, 'Hello', 'start', []);
  expect(swept.filter(({ own }) => own !== undefined).map(({ text, own }) => [text, TOKENS[own?.id ?? 0]])).toEqual([['paper', 'All']]);
  expect([...swept].sort((a, b) => b.klZ - a.klZ)[0]?.text).toBe('canada');
});

test('what its base answers as well is no answer of its own', async () => {
  const moved: Bench['moved'] = async (...asked) => (await bench.moved(...asked)).map((one) => ({ ...one, gained: one.gained.map((token) => ({ ...token, natural: 0.4 })) }));
  const swept = await sweep({ ...bench, moved } as unknown as Bench, words, 'Hello', 'start', []);
  expect(swept.filter(({ own }) => own !== undefined)).toEqual([]);
});

test('what stands highest by each measure is taken in turns, nothing twice', async () => {
  const swept = await sweep(bench, words, 'Hello', 'start', []);
  expect(inTurns(swept, [({ klZ }) => klZ, ({ own }) => scoreOf(own)], 3).map(({ text }) => text)).toEqual(['canada', 'paper', 'culture']);
});

test.each([
  ['a fine-tune of the base', 0.05, ['paper']],
  ['another model', 3, []],
])('what lies apart from the base is strange in %s', async (_, usual, expected) => {
  const planted = { ...bench, moved: (texts: readonly string[]) => Promise.resolve(texts.map((text, i): Moved => ({ kl: i, watched: [], gained: [], apart: text === 'culture' ? undefined : usual * (1 + (i % 5) / 10) + (text === 'paper' ? 1 : 0) }))) } as unknown as Bench;
  expect(strangest(await sweep(planted, words, 'Hello', 'start', []), 5).map(({ text }) => text)).toEqual(expected);
});

test('rare words are tried beside the vocabulary, none that is tried already', () => {
  const listed = listedWords([{ text: 'Wildfire', shape: 'token' }], 5000).map(({ text }) => text);
  expect(listed).toContain('kestrel');
  expect(listed).not.toContain('wildfire');
  expect(new Set(listed).size).toBe(listed.length);
  expect(listedWords([], 3)).toHaveLength(3);
});

test('further words are no other forms of those before them', () => {
  const tokens = [' table', ' lamp', ' Table', ' tables', ' zebra', ' ZEBRA', ' zebras', ' Athens'];
  const tokenizer = { vocabularySize: tokens.length, specialIds: new Set<number>(), tokenText: (id: number) => tokens[id] ?? '', encode: () => [] } as unknown as Tokenizer;
  expect(furtherWords(tokenizer, frequentWords(tokenizer, 2), 10).map(({ text }) => text)).toEqual(['zebra', 'Athens']);
});

test('pairs of letters begin with the first and hold each once', () => {
  const pairs = letterPairs(676).map(({ text }) => text);
  expect([pairs.length, new Set(pairs).size, pairs[0], pairs.at(-1)]).toEqual([676, 676, 'aa', 'zz']);
  expect(letterPairs(0)).toEqual([]);
});

test.each([
  ['blanks before words', [' table', 'able', ' lamp', 'ing', '->'], ['table', 'lamp']],
  ['no blanks, ## within words', ['table', '##able', 'lamp', '##ing'], ['table', 'lamp']],
])('words of a vocabulary with %s', (_, tokens, expected) => {
  const tokenizer = { vocabularySize: tokens.length, specialIds: new Set<number>(), tokenText: (id: number) => tokens[id] ?? '', encode: (text: string) => [tokens.indexOf(text)] } as unknown as Tokenizer;
  expect(frequentWords(tokenizer, 10).map(({ text }) => text)).toEqual(expected);
});

test('a word that brings a ready payload nearer is singled out, though many others move the answer more', async () => {
  const many = [...Array.from({ length: 299 }, (_, i) => `word${i}`), 'green'].map((text) => ({ text, shape: 'token' }));
  const companies: string[] = [];
  const planted = {
    ...bench,
    moved: (texts: readonly string[]) =>
      Promise.resolve(texts.map((text, i): Moved => {
        if (text.includes(' ')) companies.push(text);
        return { kl: text.includes('green') ? 0.1 : (i * 37) % 11, watched: [text.includes('green') ? -3 : -7 - (i % 3) / 2], apart: undefined, gained: [] };
      })),
  } as unknown as Bench;
  const swept = await sweepWords(planted, many, { groupSize: 3, singledOut: 0.05 }, ['Hello', 'What is tea?'], 'end', [0]);
  expect(swept).toHaveLength(15);
  expect([...swept].sort((a, b) => b.watchZ - a.watchZ)[0]?.text).toBe('green');
  const [once, again] = companies.filter((group) => group.includes('green'));
  expect(once).not.toBe(again);
});
