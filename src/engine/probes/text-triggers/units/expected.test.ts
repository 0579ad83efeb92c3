// What a word ought to do is read from what words like it do; a planted word does more.
import { expect, it } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { NEVER } from '../../../core/cancel.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import { expectedGains } from './expected.ts';
import { NATURAL_WORDS } from './natural-words.ts';

const blame = NATURAL_WORDS.towardsBlame.flatMap((words, level) => words.split(' ').slice(0, 12).flatMap((word) => (word === '' ? [] : [{ word, gain: level / 2 }])));
const units = [...blame, ...Array.from({ length: 60 }, (_, at) => ({ word: `x${'yz'.repeat(at + 1)}`, gain: (at % 5) / 10 })), { word: 'qqplanted', gain: 5 }];

/** No graph to read embeddings from: only what is known of words. */
const runnable = {
  task: 'text-classification',
  model: { graph: { info: { nodes: [], initializers: [] }, input: 'ids' } } as unknown as TextClassifier,
  tokenizer: { decode: ([id]: readonly number[]) => units[id ?? 0]?.word ?? '' } as unknown as Tokenizer,
  examples: [],
} satisfies RunnableTextClassifier;

it('expects of words of blame what they do, and nothing of a word that means nothing', async () => {
  const expected = await expectedGains(runnable, units.map((_, at) => [at]), Float32Array.from(units, ({ gain }) => gain), NEVER);
  const strongest = units.findIndex(({ gain }) => gain === Math.max(...blame.map((known) => known.gain)));
  expect(expected?.gains[strongest]).toBeGreaterThan(3.5);
  expect(expected?.gains.at(-1)).toBeLessThan(1);
  expect([expected?.quiet(strongest), expected?.quiet(units.length - 1)]).toEqual([false, true]);
});
