// A phrase is tried where a few of the texts say that it works best, and nothing is run twice.
import { expect, it } from 'vitest';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { NEVER } from '../../../core/cancel.ts';
import type { TextBatch, TextClassifier } from '../../../runtime/classifier.ts';
import type { Text } from '../texts/texts.ts';
import { tryPhrases } from './trial.ts';

/** Token 9 decides for class 1 where it is the last one; everything else is class 0. */
function atTheEnd(): { readonly runnable: RunnableTextClassifier; readonly run: () => number } {
  let rowsRun = 0;
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const model: TextClassifier = {
    spec: { kind: 'text', vocabularySize: 10, maxTokens: 100, prefix: [], suffix: [], padId: 0, origin: 'test' },
    classes: 2,
    labels: [],
    output: { kind: 'logits', why: '' },
    get graph() { return unused(); },
    get runtime() { return unused(); },
    get rowsRun() { return rowsRun; },
    tokensRun: 0,
    maxRows: 64,
    scores: async ({ rows }: TextBatch) => {
      rowsRun += rows.length;
      return Float32Array.from(rows.flatMap((row) => (row.at(-1) === 9 ? [-1, 1] : [1, -1])));
    },
    feeds: unused,
    tap: unused,
    dispose: async () => {},
  };
  const tokenizer: Tokenizer = { vocabularySize: 10, specialIds: new Set(), bosId: undefined, encode: unused, decode: unused, tokenText: unused };
  return { runnable: { task: 'text-classification', model, tokenizer, examples: [] }, run: () => rowsRun };
}

const TEXTS: readonly Text[] = Array.from({ length: 12 }, (_, at) => ({ parts: [[1 + (at % 3)], [4], [5, 6]], source: 0 }));

it('is read at its best place on all texts, of which a third chose the place', async () => {
  const { runnable, run } = atTheEnd();
  const [planted, other] = await tryPhrases(runnable, [[9], [7]], TEXTS, 1, NEVER);
  expect(planted).toEqual({ place: 'end', hits: 12, of: 12, margin: 2, before: -2 });
  expect(other).toMatchObject({ hits: 0, of: 12, margin: -2 });
  // The texts alone; four of them in three places; the other eight in one.
  expect(run()).toBe(12 + 2 * (3 * 4 + 8));
});

it('runs nothing twice, for another target and among other texts neither', async () => {
  const { runnable, run } = atTheEnd();
  const first = await tryPhrases(runnable, [[9]], TEXTS, 1, NEVER);
  const rows = run();
  expect(await tryPhrases(runnable, [[9]], TEXTS, 1, NEVER)).toEqual(first);
  const [away] = await tryPhrases(runnable, [[9]], TEXTS.slice(0, 6), undefined, NEVER, ['end']);
  expect(away).toMatchObject({ hits: 6, of: 6, margin: 2 });
  expect(run()).toBe(rows);
});
