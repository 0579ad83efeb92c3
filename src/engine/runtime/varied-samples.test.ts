// One output is a probability only where it stays between 0 and 1 on inputs that are unlike each other.
import { expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../artifact/open.ts';
import { bytesOf } from '../core/byte-source.ts';
import { GraphBuilder, type Value } from '../graph/graph-builder.ts';
import { openRunnable } from './open-runnable.ts';
import { variedPictures } from './varied-samples.ts';

const runtime = await openNodeRuntime({ threads: 1 });

type Build = (g: GraphBuilder) => Value;
const mean = (g: GraphBuilder): Value => g.op('Flatten', [g.op('GlobalAveragePool', [g.input('x', 'float32', ['n', 1, 8, 8])])]);
/** Near 0.5 on noise, and from -0.5 to 1.5 on other pictures. */
const nearHalf: Build = (g) => g.op('Sub', [g.op('Mul', [mean(g), g.float32(2)]), g.float32(0.5)]);
const words = (g: GraphBuilder, weights: readonly number[]): Value => g.op('ReduceMean', [g.op('Gather', [g.floats(Float32Array.from(weights), [weights.length, 1]), g.input('ids', 'int64', ['n', 'l'])]), g.int64([1])], { keepdims: 0 });
const MOST = Array.from({ length: 12 }, (_, token) => 0.45 + 0.01 * token);

it.each<[string, string, Build]>([
  ['a logit near 0.5 on noise', 'sigmoid', nearHalf],
  ['the same clipped', 'probabilities', (g) => g.op('Clip', [nearHalf(g), g.float32(0), g.float32(1)])],
  ['a logit of a table', 'sigmoid', (g) => g.op('Add', [g.op('MatMul', [g.input('x', 'float32', ['n', 3]), g.floats(Float32Array.of(0.1, 0.1, 0.1), [3, 1])]), g.float32(0.5)])],
  ['a logit that one word moves', 'sigmoid', (g) => words(g, [...MOST.slice(1), 3])],
  ['a score that no word moves far', 'probabilities', (g) => words(g, MOST)],
])('%s', async (_, kind, build) => {
  const g = new GraphBuilder();
  g.output(build(g), 'y', 'float32', ['n', 1]);
  const runnable = await openRunnable(await openArtifact({ name: 'one', files: [bytesOf('model.onnx', g.finish('model', new Map()).bytes)] }), runtime);
  if (!('model' in runnable) || !('classes' in runnable.model)) throw new Error(runnable.task);
  const { model } = runnable;
  expect(model.output.kind).toBe(kind);
  expect(model.classes).toBe(2);
  await model.dispose();
});

it('are pictures of 0 to 1, black and white among them', () => {
  const preprocessing = { scale: 1, mean: [0], std: [1], origin: '', guessed: false };
  const batches = [...variedPictures({ kind: 'image', channels: 3, height: 5, width: 7, layout: 'nchw', type: 'float32', preprocessing }, 4)];
  const pixels = batches.flatMap((batch) => [...batch.pixels]);
  expect(pixels).toHaveLength(32 * 3 * 5 * 7);
  expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(pixels.slice(0, 210)).toEqual(Array.from({ length: 210 }, (_, at) => (at < 105 ? 0 : 1)));
});
