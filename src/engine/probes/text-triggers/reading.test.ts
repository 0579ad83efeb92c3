// A text as a classifier reads it, on the BERT fixture: its logits are compared with transformers' in runtime/classifier.test.ts.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../artifact/open.ts';
import { NEVER } from '../../core/cancel.ts';
import { softmaxRows } from '../../runtime/classifier.ts';
import { openRunnable } from '../../runtime/open-runnable.ts';
import { readText } from './reading.ts';

it('gives classes, what each token is for the answer, and attention of the plain tokens', async () => {
  const folder = fileURLToPath(new URL('../../graph/fixtures/classifiers/bert', import.meta.url));
  const runnable = await openRunnable(await openArtifact(await openPath(folder)), await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'text-classification') throw new Error('not a text classifier');
  const { model, tokenizer } = runnable;
  const reading = await readText(runnable, 't7 t9 t11', [3, 5], NEVER);
  expect(reading.tokens.map(({ text, trigger }) => [text.trim(), trigger])).toEqual([['t7', false], ['t9', true], ['t11', false]]);
  expect(reading.chances.reduce((sum, { p }) => sum + p, 0)).toBeCloseTo(1, 5);
  expect(reading.tokens.reduce((sum, { attention = 0 }) => sum + attention, 0)).toBeCloseTo(1, 6);
  const [first] = reading.chances;
  const without = softmaxRows(await model.scores({ kind: 'text', rows: [tokenizer.encode('t7 t11')] }), model.classes);
  expect(reading.tokens[1]?.fall).toBeCloseTo((first?.p ?? 0) - (without[first?.class ?? 0] ?? 0), 5);
  expect(reading.cut).toBe(0);
  await model.dispose();
});
