// Graphs that leave the length of their rows open and do not run every length: kernels without padding, a short table of positions.
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../artifact/open.ts';
import type { RunnableTextClassifier } from '../audit/analysis.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { bytesOf } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import { seeded } from '../core/random.ts';
import { GraphBuilder, type Value } from '../graph/graph-builder.ts';
import { openEmbeddings } from '../probes/text-triggers/units/embeddings.ts';
import { gatherTexts } from '../probes/text-triggers/texts/texts.ts';
import { openRunnable } from './open-runnable.ts';
import { lengthsThatRun } from './text-lengths.ts';

const runtime = await openNodeRuntime({ threads: 1 });
const WORDS = ['[PAD]', '[UNK]', 'good', 'bad', ...Array.from({ length: 80 }, (_, at) => `word${at}`)];
const WEIGHTS = WORDS.map((_, at) => (at < 2 ? 0 : at === 2 ? 2 : at === 3 ? -2 : Math.sin(at)));

async function open(build: (g: GraphBuilder, ids: Value, embedded: Value) => Value): Promise<RunnableTextClassifier> {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'sequence']);
  const embedded = g.op('Gather', [g.floats(Float32Array.from(WEIGHTS.flatMap((weight) => [-weight, weight])), [WORDS.length, 2]), ids], { axis: 0 });
  g.output(build(g, ids, embedded), 'logits', 'float32', ['batch', 2]);
  const files = [bytesOf('model.onnx', g.finish('model', new Map()).bytes), bytesOf('vocab.txt', new TextEncoder().encode(WORDS.join('\n')))];
  const runnable = await openRunnable(await openArtifact({ name: 'odd', files }), runtime);
  if (runnable.task !== 'text-classification') throw new Error(runnable.task);
  return { ...runnable, examples: [] };
}

/** The largest sum over `width` words side by side, as a convolution after Kim (2014) reads a text. */
const convolved = (width: number) =>
  open((g, _, embedded) => {
    const kernel = Float32Array.from({ length: 2 * 2 * width }, (_, at) => (Math.floor(at / width) % 3 === 0 ? 1 : 0));
    const read = g.op('Conv', [g.transpose(embedded, [0, 2, 1]), g.floats(kernel, [2, 2, width])], { kernel_shape: [width] });
    return g.op('ReduceMax', [read, g.int64([2])], { keepdims: 0 });
  });

/** Positions from 0 to `positions` - 1 are all there are. */
const positioned = (positions: number) =>
  open((g, ids, embedded) => {
    const length = g.op('Gather', [g.op('Shape', [ids]), g.int64([1], true)], { axis: 0 });
    const places = g.op('Range', [g.int64([0], true), length, g.int64([1], true)]);
    const placed = g.op('Add', [embedded, g.op('Gather', [g.floats(new Float32Array(2 * positions), [positions, 2]), places], { axis: 0 })]);
    return g.op('ReduceSum', [placed, g.int64([1])], { keepdims: 0 });
  });

describe('text graphs that do not run every length', () => {
  it.each([5, 9])('rows shorter than a kernel of %i words are filled up', async (width) => {
    const runnable = await convolved(width);
    const { model, tokenizer } = runnable;
    const rows = ['good', 'bad', 'good good bad'].map((text) => tokenizer.encode(text));
    const logits = await model.scores({ kind: 'text', rows });
    const sums = [0, 1, 2].map((row) => logits[2 * row + 1]);
    [2, -2, 2].forEach((wanted, row) => expect(sums[row]).toBeCloseTo(wanted, 4));
    expect((await model.scores({ kind: 'text', rows: [rows.flat()] })).length).toBe(2);
    expect((await gatherTexts(runnable, seeded(0), NEVER)).length).toBeGreaterThan(0);
    await model.dispose();
  });

  it('rows are cut to a table of positions that no file names', async () => {
    const runnable = await positioned(21);
    const { model } = runnable;
    expect(model.spec.maxTokens).toBe(21);
    expect((await openEmbeddings(runnable, NEVER))?.tokens.length).toBe(WORDS.length - 2);
    const texts = await gatherTexts(runnable, seeded(0), NEVER);
    // What is put in at a text's end must not be cut off.
    expect(Math.max(...texts.flatMap(({ proof }) => proof.map(({ parts }) => parts.flat().length)))).toBeLessThanOrEqual(13);
    await model.dispose();
  });

  it('a guess that works costs one run beside that of a single token', async () => {
    const tried: number[] = [];
    const run = async (tokens: number): Promise<void> => void tried.push(tokens);
    expect(await lengthsThatRun({ run, works: 6, most: 126, around: 2, guessed: true })).toEqual({ least: 1, most: 126 });
    expect(tried).toEqual([1, 126]);
  });

  it('counts special tokens, and passes on what is no matter of length', async () => {
    const refuse = (low: number, high: number) => async (tokens: number): Promise<void> => {
      if (tokens < low || tokens > high) throw new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime', field: 'run' });
    };
    expect(await lengthsThatRun({ run: refuse(3, 50), works: 6, most: 126, around: 2, guessed: true })).toEqual({ least: 5, most: 50 });
    expect(await lengthsThatRun({ run: refuse(1, 50), works: 6, most: 126, around: 2, guessed: false })).toEqual({ least: 1, most: 126 });
    const lost = new ArtifactError({ code: 'runtime-failure', format: 'model', field: 'logits' });
    await expect(lengthsThatRun({ run: () => Promise.reject(lost), works: 6, most: 126, around: 2, guessed: true })).rejects.toBe(lost);
  });
});
