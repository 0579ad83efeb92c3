import { expect, test } from 'vitest';
import type { Bench } from '../ask/bench.ts';
import type { Position } from '../ask/insertion.ts';
import type { PayloadHypothesis } from '../payloads/payload-search.ts';
import { growToward, screenToward, WORDS_WEIGHED } from './toward.ts';

const payload: PayloadHypothesis = { ids: [1, 2, 3, 4, 5], text: 'The meeting has moved to Oslo.', readiness: -8, certainty: -0.1, decides: 1, origin: 'stands ready', refusal: false };
const other: PayloadHypothesis = { ...payload, ids: [9, 8, 7], text: 'Once upon a time', decides: 0 };
const afters: (readonly number[])[] = [];
const texts: string[] = [];
/** Nats of a payload's beginning: two words of a phrase bring it out, one helps. */
const likely = (text: string, target: readonly number[]): number => (target[0] !== 1 ? -12 : text.includes('green') && text.includes('umbrella') ? -0.1 : text.includes('green') || text.includes('umbrella') ? -3 : -7);
const bench = {
  frame: { rowIds: (text: string) => [texts.push(text) - 1] },
  logProbability: (rows: readonly (readonly number[])[], targets: readonly (readonly number[])[]) => Promise.resolve(rows.map(([at], i) => likely(texts[at ?? -1] ?? '', targets[i] ?? []))),
  firstTokens: (strings: readonly string[], _prompts: readonly string[], _position: Position, _watch: readonly number[], after: readonly number[]) => {
    afters.push(after);
    return Promise.resolve(strings.map(() => ({ kl: 4, entropy: 0, disagreement: 0, top: 2, watched: [] })));
  },
} as unknown as Bench;

const words = new Map<Position, readonly string[]>([['end', ['meetings', 'matrix', 'green', 'party', 'umbrella', 'lamp']], ['start', ['lamp', 'party']]]);

test('words that make a payload likelier are put beside each other at the end where they do most, its own words aside', async () => {
  const grown = await growToward(bench, [{ payload: other, words }, { payload, words }], { grown: 1, prompts: ['a', 'b', 'c', 'd'] });
  expect(grown[0]?.text.split(' ').sort()).toEqual(['green', 'umbrella']);
  expect(grown.every(({ position, text }) => position === 'end' && !text.includes('meetings'))).toBe(true);
  await screenToward(bench, grown, ['a', 'b']);
  expect(afters.every((after) => after.join() === '1')).toBe(true);
});

test('no more words are weighed than the plan counts', async () => {
  const before = texts.length;
  await growToward(bench, [{ payload, words: new Map([['end', Array.from({ length: 60 }, (_, i) => `word${i}`)]]) }], { grown: 0, prompts: ['a', 'b'] });
  expect(texts.length - before).toBe(2 * WORDS_WEIGHED);
});
