// Text classifiers as other exporters write them: int32 ids, a fixed length, a fixed batch, inputs and outputs of any name,
// probabilities in place of logits, ids beyond the table, no tokenizer at all.
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../artifact/open.ts';
import { bytesOf } from '../core/byte-source.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { openRunnable } from './open-runnable.ts';

const runtime = await openNodeRuntime({ threads: 1 });
const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'good', 'bad', 'film'];

interface Export {
  readonly type: 'int32' | 'int64';
  readonly dims: readonly (number | string)[];
  readonly input: string;
  readonly output: string;
  readonly mask?: string;
  readonly softmax?: boolean;
}

/** Logit of class 1: the sum of its words' weights, `good` 2 and `bad` -2. */
function exported({ type, dims, input, output, mask, softmax = false }: Export): Uint8Array<ArrayBuffer> {
  const g = new GraphBuilder();
  const ids = g.input(input, type, dims);
  const table = g.floats(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1, -1, 0, 0), [WORDS.length, 2]);
  let rows = g.op('Gather', [table, ids], { axis: 0 });
  if (mask !== undefined) rows = g.op('Mul', [rows, g.op('Unsqueeze', [g.op('Cast', [g.input(mask, type, dims)], { to: 1 }), g.int64([2])])]);
  const sum = g.op('ReduceSum', [rows, g.int64([1])], { keepdims: 0 });
  g.output(softmax ? g.op('Softmax', [sum], { axis: -1 }) : g.op('Identity', [sum]), output, 'float32', ['batch', 2]);
  return g.finish('model', new Map()).bytes;
}

async function open(form: Export, files: Readonly<Record<string, string>> = { 'vocab.txt': WORDS.join('\n') }) {
  const text = Object.entries(files).map(([path, content]) => bytesOf(path, new TextEncoder().encode(content)));
  const artifact = await openArtifact({ name: 'odd', files: [bytesOf('classifier.onnx', exported(form)), ...text] });
  const runnable = await openRunnable(artifact, runtime);
  if (runnable.task !== 'text-classification') throw new Error(runnable.task);
  return runnable;
}

const FREE: Export = { type: 'int64', dims: ['batch', 'sequence'], input: 'input_ids', output: 'logits', mask: 'attention_mask' };

describe('odd exports of text classifiers', () => {
  it.each<[string, Export]>([
    ['ids and mask', FREE],
    ['no mask', { type: 'int64', dims: ['n', 'l'], input: 'tokens', output: 'y' }],
    ['int32 ids', { ...FREE, type: 'int32' }],
    ['a fixed length', { ...FREE, dims: ['batch', 8] }],
    ['a fixed length and batch', { ...FREE, type: 'int32', dims: [1, 8] }],
    ['other names', { ...FREE, input: 'input.1', mask: 'attn_mask', output: '1234' }],
    ['softmax inside', { ...FREE, softmax: true, output: 'probs' }],
  ])('%s', async (_, form) => {
    const { model, tokenizer } = await open(form);
    const rows = ['good film', 'bad film', 'good good bad film'].map((text) => tokenizer.encode(text));
    const logits = await model.scores({ kind: 'text', rows });
    const differences = [0, 1, 2].map((row) => (logits[2 * row + 1] ?? NaN) - (logits[2 * row] ?? NaN));
    [2, -2, 2].forEach((wanted, row) => expect(differences[row]).toBeCloseTo(wanted, 4));
    await model.dispose();
  });

  it('runs no id beyond the table, whatever the tokenizer lists', async () => {
    const { model } = await open(FREE, { 'vocab.txt': [...WORDS, 'more', 'words'].join('\n') });
    expect(model.spec.vocabularySize).toBe(WORDS.length);
    await model.dispose();
  });

  it('takes ids for words where there is no tokenizer', async () => {
    const { model, tokenizer } = await open(FREE, {});
    expect(model.spec.vocabularySize).toBe(WORDS.length);
    expect(tokenizer.decode([4, 6])).toBe('#4 #6');
    expect(tokenizer.encode('#4 #6')).toEqual([4, 6]);
    await model.dispose();
  });
});
