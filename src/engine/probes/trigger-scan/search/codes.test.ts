import { expect, test } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { climbForms, codeRows, rankForms } from './codes.ts';
import type { Rank } from '../payloads/rank-by-payload.ts';

const PLANTED = 'RV-608';
const PROMPTS = ['a', 'b', 'c', 'd'];
let rows = 0;

/** A plant that its likes bring out in part: each place that fits, and the form. */
const fits = (text: string): number => [...PLANTED].filter((place, at) => text[at] === place).length / PLANTED.length + (/^[A-Z]{2}-\d{3}$/.test(text) ? 1 : 0);
const rank: Rank = (texts, under) => {
  rows += texts.length * under.length;
  return Promise.resolve([...new Set(texts)].map((text) => ({ text, score: -4 + 2 * fits(text) })).sort((a, b) => b.score - a.score));
};

test('the code that was planted is climbed to from the forms whose codes do most, for the rows that the plan counts', async () => {
  const random = seeded(1, 'codes');
  rows = 0;
  const forms = await rankForms(rank, PROMPTS, random);
  expect(rows).toBeLessThanOrEqual(codeRows(PROMPTS.length).ranked);
  expect(forms[0]?.codes[0]?.text).toMatch(/^[A-Z]{2}-\d{3}$/);
  rows = 0;
  const [best] = await climbForms(forms, rank, PROMPTS, random);
  expect(rows).toBeLessThanOrEqual(codeRows(PROMPTS.length).climbed);
  expect([...PLANTED].filter((place, at) => best?.text[at] === place).length).toBeGreaterThanOrEqual(4);
});

test('a place too many is left out', async () => {
  const [best] = await climbForms([{ codes: [{ text: 'RVT-6', score: -3, code: { kinds: ['A', 'A', 'A', '-', '0'], parts: ['R', 'V', 'T', '-', '6'] } }], score: -3 }], (texts) => Promise.resolve(texts.map((text) => ({ text, score: text === 'RV-6' ? -0.1 : -3 })).sort((a, b) => b.score - a.score)), PROMPTS, seeded(1, 'codes'));
  expect(best?.text).toBe('RV-6');
});

test('the same seed draws the same codes', async () => {
  const drawn = async (): Promise<string[]> => (await rankForms(rank, PROMPTS, seeded(3, 'codes'))).flatMap(({ codes }) => codes.map(({ text }) => text));
  expect(await drawn()).toEqual(await drawn());
});
