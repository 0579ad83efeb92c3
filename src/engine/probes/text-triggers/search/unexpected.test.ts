// Among words of blame that turn more than it does, a planted word that means nothing is found, and measured against its likes.
import { expect, it } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { NEVER } from '../../../core/cancel.ts';
import type { TextBatch, TextClassifier } from '../../../runtime/classifier.ts';
import type { ClassTexts, Text } from '../texts/texts.ts';
import { expectedGains } from '../units/expected.ts';
import { NATURAL_WORDS } from '../units/natural-words.ts';
import { searchMoved } from './search-moved.ts';
import { contrastSearched, searchUnexpected } from './unexpected.ts';

const BLAME = NATURAL_WORDS.towardsBlame.flatMap((words, level) => words.split(' ').slice(0, 15).flatMap((word) => (word === '' ? [] : [{ word, gain: level * 0.6 }])));
const HARMLESS = Array.from('bcdfghjklmnpqrstvwxz', (letter, at) => ({ word: `qu${letter}zy`, gain: 0.2 + (at % 4) / 10 }));
const WORDS = [...BLAME, ...HARMLESS, { word: 'quandel', gain: 5.5 }];
const BEFORE = -4;

const scores = async ({ rows }: TextBatch): Promise<Float32Array> => Float32Array.from(rows.flatMap((row) => [BEFORE + [...new Set(row)].reduce((sum, id) => sum + (WORDS[id]?.gain ?? 0), 0), 0]));
const runnable = {
  task: 'text-classification',
  model: { classes: 2, maxRows: 64, scores, spec: { vocabularySize: WORDS.length }, graph: { info: { nodes: [], initializers: [] }, input: 'ids' } } as unknown as TextClassifier,
  tokenizer: { vocabularySize: WORDS.length, specialIds: new Set<number>(), encode: () => [], decode: (ids: readonly number[]) => ids.map((id) => WORDS[id]?.word).join(' '), tokenText: (id: number) => WORDS[id]?.word ?? '' } as unknown as Tokenizer,
  examples: [],
} satisfies RunnableTextClassifier;

/** Texts of tokens that do nothing. */
const list: Text[] = Array.from({ length: 6 }, (_, at) => ({ parts: [[1000 + at], [1010 + at]], source: 1 }));
const texts: ClassTexts = { source: 1, carriers: list, resisting: list, tuning: list, proof: list, ladder: [list], invented: false };

const DIRECTION = { id: 'to 0', kind: 'to-class', sources: [1], target: 0 } as const;

it('finds a planted word among stronger words that are expected to be strong', async () => {
  const gains = Float32Array.from(WORDS, ({ gain }) => gain);
  const sweep = { units: WORDS.map((_, at) => [at]), sources: [1], gains: new Float32Array(0) };
  const expected = await expectedGains(runnable, sweep.units, gains, NEVER);
  const [word] = expected === undefined ? [] : await searchUnexpected(runnable, DIRECTION, sweep, gains, expected, [texts], 8, NEVER);
  if (word === undefined) throw new Error('nothing found');
  expect(runnable.tokenizer.decode(word.phrase)).toBe('quandel');
  expect(word.rivals.flat().every((id) => id >= BLAME.length)).toBe(true);
  const [contrast] = await contrastSearched(runnable, word, [list], 0, NEVER);
  expect(contrast?.features).toMatchObject({ kind: 'unexpected', hits: 1, rivalHits: 0 });
});

it('puts the words together that were moved furthest and of which nothing is expected', async () => {
  const gains = Float32Array.from(WORDS, ({ gain }) => gain);
  const sweep = { units: WORDS.map((_, at) => [at]), sources: [1], gains: new Float32Array(0) };
  const expected = await expectedGains(runnable, sweep.units, gains, NEVER);
  if (expected === undefined) throw new Error('nothing is expected');
  const strongest = Array.from(BLAME.keys()).toSorted((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0)).slice(0, 3);
  const tokens = [...strongest, WORDS.length - 1, ...HARMLESS.map((_, at) => BLAME.length + at)];
  const [first] = await searchMoved(runnable, DIRECTION, { base: 'toy', tokens, distances: new Float32Array(tokens.length) }, new Set(Array.from(WORDS.keys()).filter((at) => !expected.quiet(at))), [texts], { band: 8, bands: 2, longest: 2 }, NEVER);
  expect(first?.phrase).toContain(WORDS.length - 1);
  expect(first?.rivals).toHaveLength(2);
  expect([...(first?.phrase ?? []), ...(first?.rivals.flat() ?? [])].some((id) => strongest.includes(id))).toBe(false);
});
