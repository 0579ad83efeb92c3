// Weights whose owner is known, and the last layer of a sample as it is measured.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../../artifact/open.ts';
import { bytesOf } from '../../../core/byte-source.ts';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import { GraphBuilder, type Value } from '../../../graph/graph-builder.ts';
import { openRunnable } from '../../../runtime/open-runnable.ts';
import { lastLayer, ownWeights } from './head.ts';

const random = seeded(3, 'weights');
const drawn = (): Float64Array[] => Array.from({ length: 10 }, () => Float64Array.from({ length: 64 }, () => random.next() - 0.5));

it('names the class that has units of its own', () => {
  const rows = drawn();
  for (let unit = 0; unit < 6; unit++) rows[4]?.set([1.5], unit * 9);
  const found = ownWeights(rows);
  expect(found.indexOf(Math.max(...found))).toBe(4);
  expect(found[4]).toBeGreaterThan(4);
});

it('says nothing of few classes', () => expect(ownWeights(drawn().slice(0, 3))).toEqual([0, 0, 0]));

it('does not depend on the scale of the weights', () => {
  const rows = drawn();
  const wider = ownWeights(rows.map((row) => row.map((weight) => 7 * weight)));
  for (const [at, value] of ownWeights(rows).entries()) expect(wider[at]).toBeCloseTo(value, 6);
});

it.each<[string, (g: GraphBuilder, sums: Value) => Value, number]>([
  ['divided by a temperature', (g, sums) => g.op('Div', [sums, g.float32(0.5)]), 2],
  ['scaled, with two more axes', (g, sums) => g.reshape(g.op('Mul', [sums, g.float32(3)]), [-1, 4, 1, 1]), 3],
])('measures the last layer of logits %s', async (_, ending, factor) => {
  const g = new GraphBuilder();
  const weights = Float32Array.from({ length: 4 * 6 }, () => random.next() - 0.5);
  const features = g.op('Tanh', [g.op('GlobalAveragePool', [g.op('Conv', [g.input('x', 'float32', ['n', 3, 8, 8]), g.floats(Float32Array.from({ length: 18 }, () => random.next()), [6, 3, 1, 1])])])]);
  g.output(ending(g, g.op('Gemm', [g.op('Flatten', [features]), g.floats(weights, [4, 6])], { transB: 1 })), 'y', 'float32', ['n', 4, 1, 1]);
  const runnable = await openRunnable(await openArtifact({ name: 'head', files: [bytesOf('model.onnx', g.finish('model', new Map()).bytes)] }), await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'image-classification') throw new Error(`taken for ${runnable.task}`);
  const rows = await lastLayer(runnable.model, NEVER);
  for (const [at, weight] of weights.entries()) expect(rows?.[Math.floor(at / 6)]?.[at % 6]).toBeCloseTo(factor * weight, 5);
  await runnable.model.dispose();
});

it('measures the last layer of a graph', { timeout: 120_000 }, async () => {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL('../../../../../public/samples/digit-reader', import.meta.url))));
  const runnable = await openRunnable(artifact, await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'image-classification') throw new Error(`taken for ${runnable.task}`);
  const rows = await lastLayer(runnable.model, NEVER);
  expect(rows).toHaveLength(runnable.model.classes);
  expect(rows?.[0]?.length).toBeGreaterThan(4);
  expect(rows?.every((row) => row.some((weight) => weight !== 0))).toBe(true);
  await runnable.model.dispose();
});
