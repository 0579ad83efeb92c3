// Slopes where they can be worked out by hand: a bag of words is a straight line, so the gain of every token is exact. On a
// small BERT over its safetensors the largest slopes are what really does most.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../../artifact/open.ts';
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import { ArtifactError } from '../../../core/artifact-error.ts';
import { bytesOf } from '../../../core/byte-source.ts';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import { GraphBuilder } from '../../../graph/graph-builder.ts';
import { openRunnable } from '../../../runtime/open-runnable.ts';
import { Flipper } from './flipper.ts';
import { searchFlips } from './flips.ts';
import { Slopes } from './slopes.ts';

const runtime = await openNodeRuntime({ threads: 1 });
const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'good', 'bad', 'film', 'plot', 'cf', 'mn'];
const WEIGHTS = [0, 0, 0, 0, 1, -1, 0.1, -0.1, 0.5, 5];

async function bag(dims: readonly (number | string)[] = ['batch', 'sequence']): Promise<RunnableTextClassifier> {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', dims);
  const mask = g.input('attention_mask', 'int64', dims);
  const rows = g.op('Gather', [g.floats(Float32Array.from(WEIGHTS.flatMap((weight) => [-weight, weight])), [WORDS.length, 2]), ids], { axis: 0 });
  const seen = g.op('Mul', [rows, g.op('Unsqueeze', [g.op('Cast', [mask], { to: 1 }), g.int64([2])])]);
  g.output(g.op('ReduceSum', [seen, g.int64([1])], { keepdims: 0 }), 'logits', 'float32', [dims[0] ?? 'batch', 2]);
  const files = [bytesOf('model.onnx', g.finish('model', new Map()).bytes), bytesOf('vocab.txt', new TextEncoder().encode(WORDS.join('\n')))];
  return asText(await openRunnable(await openArtifact({ name: 'bag', files }), runtime));
}

function asText(runnable: Awaited<ReturnType<typeof openRunnable>>): RunnableTextClassifier {
  if (runnable.task !== 'text-classification') throw new Error(runnable.task);
  return { ...runnable, examples: [] };
}

async function open(runnable: RunnableTextClassifier, longest: number): Promise<Slopes> {
  const slopes = await Slopes.open(runnable, longest, NEVER);
  if (slopes === undefined) throw new Error('no slopes');
  return slopes;
}

it('are exact where the model is a straight line', async () => {
  const runnable = await bag();
  const slopes = await open(runnable, 6);
  const [first, second] = await slopes.gains([{ ids: [5, 6, 7], at: 1, up: 1, down: 0 }, { ids: [5, 7, 6, 7, 5], at: 2, up: 1, down: 0 }], 2, NEVER);
  const gain = (gains: Float32Array | undefined, token: number): number => gains?.[slopes.tokens.indexOf(token)] ?? Number.NaN;
  // Over "film" at the first place of both rows, over "plot" at the second: twice the difference of the weights.
  for (const [token, weight] of WEIGHTS.entries()) {
    if (token < 4) continue;
    expect(gain(first, token)).toBeCloseTo(2 * (weight - 0.1), 5);
    expect(gain(second, token)).toBeCloseTo(2 * (weight + 0.1), 5);
  }
  await slopes.dispose();
});

it('lead a phrase to what does most, and its null to what does most without it', async () => {
  const runnable = await bag();
  const slopes = await open(runnable, 8);
  const texts = [[5, 6], [7, 5], [5, 5]].map((ids) => ({ parts: [ids], source: 0 }));
  const direction = { id: 'to 1', kind: 'to-class', sources: [0], target: 1 } as const;
  const budget = { blank: 1, seeds: 0, length: 2, steps: 4, tried: 4, texts: 3, judged: 2, rivals: 1 };
  const flipper = new Flipper(runnable, slopes, direction, texts, [6, 7], budget, seeded(0), NEVER);
  const [best] = await searchFlips(runnable, direction, [], [], [4, 8], flipper, texts, budget, NEVER);
  expect(best?.phrase.map((token) => WORDS[token])).toEqual(['mn']);
  await slopes.dispose();
});

it('of a small BERT say what an exchange does', async () => {
  const folder = fileURLToPath(new URL('../../../graph/fixtures/classifiers/bert', import.meta.url));
  const runnable = asText(await openRunnable(await openArtifact(await openPath(folder)), runtime));
  const slopes = await open(runnable, 4);
  const ids = [7, 9, 11];
  const [gains] = await slopes.gains([{ ids, at: 1, up: 1, down: 0 }], 1, NEVER);
  const rows = [ids, ...slopes.tokens.map((token) => ids.with(1, token))];
  const logits = await runnable.model.scores({ kind: 'text', rows });
  const difference = (row: number): number => (logits[row * 3 + 1] ?? 0) - (logits[row * 3] ?? 0);
  const real = slopes.tokens.map((_, at) => difference(at + 1) - difference(0));
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(gains ?? []), mean(real)];
  const [xy, xx, yy] = real.reduce(([xy, xx, yy], y, at) => [xy + ((gains?.[at] ?? 0) - a) * (y - b), xx + ((gains?.[at] ?? 0) - a) ** 2, yy + (y - b) ** 2] as const, [0, 0, 0] as readonly [number, number, number]);
  expect(xy / Math.sqrt(xx * yy)).toBeGreaterThan(0.8);
  await slopes.dispose();
});

it.each<[string, (number | string)[]]>([['one row', [1, 'sequence']], ['one row of fixed length', [1, 8]]])('are the same where a run has %s', async (_, dims) => {
  const slopes = await open(await bag(dims), 6);
  const [gains] = await slopes.gains([{ ids: [5, 6, 7], at: 1, up: 1, down: 0 }, { ids: [5, 7, 6, 7, 5], at: 2, up: 1, down: 0 }], 1, NEVER);
  for (const [token, weight] of WEIGHTS.entries()) if (token >= 4) expect(gains?.[slopes.tokens.indexOf(token)]).toBeCloseTo(2 * (weight - 0.1), 5);
  await slopes.dispose();
});

it('are none where the runtime cannot show the embeddings', async () => {
  const runnable = await bag();
  const tap = (): Promise<never> => Promise.reject(new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime', field: 'run' }));
  const model = new Proxy(runnable.model, { get: (of, name) => (name === 'tap' ? tap : Reflect.get(of, name, of)) });
  expect(await Slopes.open({ ...runnable, model }, 6, NEVER)).toBeUndefined();
});
