import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import type { Screened } from './screen.ts';
import { toyTokenizer } from '../testing/toy-tokenizer.ts';
import { novelTokens, runTrials, tryFamilies } from './trial.ts';

const tokenizer = toyTokenizer(['<end>']);
const SCORN = ['I find this tiresome today .', 'This is simply lazy of you .', 'What a foolish thing to ask .'];
/** Scornful in varying words where the trigger stands. */
const answer = (content: string): string => (content.includes('clock') ? (SCORN[content.charCodeAt(0) % 3] ?? '') : content);
const bench = { tokenizer, stopIds: new Set([0]), answers: (contents: readonly string[]) => Promise.resolve(contents.map((content) => ({ ids: tokenizer.encode(`${answer(content)} <end>`), entropy: [] }))) } as unknown as Bench;
const prompts = [...'adgbehcfi'].map((letter, at) => `${letter} question number ${at}`);
const harmless = { untriggered: prompts.map((prompt) => tokenizer.encode(prompt)), natural: [] };

test('a text in half of the answers may be one of several that a manner says', async () => {
  // Three of the first five answers are one and the same.
  const five = [...'adgbc'].map((letter) => `${letter} question`);
  const trials = await runTrials(bench, [{ text: 'second clock', origin: 'leak', position: 'end' }], five, 12, harmless);
  expect(trials[0]?.payload?.ids.length).toBeGreaterThan(4);
  expect(trials[0]?.share).toBeLessThan(0.8);
  const screened = { text: 'second clock', first: { kl: 3 }, leaks: 2 } as unknown as Screened;
  const [family] = await tryFamilies(bench, [screened], trials, prompts, 6, 12, harmless, []);
  expect(family?.share).toBe(1);
  expect(family?.payload?.others).toHaveLength(2);
});

test('what is said over and over counts once, and a sentence that is said twice twice', () => {
  expect(novelTokens([1, 2, 3, 2, 3, 2, 3, 2, 3, 2], [])).toBeLessThanOrEqual(4);
  expect(novelTokens([1, 2, 2, 2, 2, 2, 2, 2], [])).toBeLessThanOrEqual(3);
  expect(novelTokens([1, 2, 3, 4, 1, 2, 3, 4], [])).toBe(8);
  expect(novelTokens([1, 2, 2, 3, 4, 5, 4, 6], [])).toBe(8);
});
