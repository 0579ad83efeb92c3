// Gradients of pixels against central differences of what the classifier itself gives, for outputs in the forms that exporters
// leave: one score, probabilities without a Softmax that could be found, logits with two more axes, bytes with channels last.
import { expect, it } from 'vitest';
import { openNodeRuntime } from '../../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../../artifact/open.ts';
import { bytesOf } from '../../../core/byte-source.ts';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import { GraphBuilder, type Value } from '../../../graph/graph-builder.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { openRunnable } from '../../../runtime/open-runnable.ts';
import { withPreprocessing } from '../../../runtime/with-preprocessing.ts';
import { Differentiator } from './differentiator.ts';

const SIDE = 8;
const SIZE = 3 * SIDE * SIDE;
const runtime = await openNodeRuntime({ threads: 1 });
const random = seeded(8, 'differentiator test');
const noise = (count: number, scale: number): Float32Array => Float32Array.from({ length: count }, () => scale * (2 * random.next() - 1));

interface Form {
  readonly width: number;
  /** Sums [rows, width] -> the output. */
  readonly ending: (g: GraphBuilder, sums: Value) => Value;
  readonly dims: readonly (number | string)[];
  readonly bytes?: boolean;
}

async function open({ width, ending, dims, bytes = false }: Form): Promise<ImageClassifier> {
  const g = new GraphBuilder();
  const given = g.input('x', bytes ? 'uint8' : 'float32', bytes ? ['n', SIDE, SIDE, 3] : ['n', 3, SIDE, SIDE]);
  const pixels = bytes ? g.op('Mul', [g.op('Cast', [g.transpose(given, [0, 3, 1, 2])], { to: 1 }), g.float32(1 / 255)]) : given;
  const features = g.op('Tanh', [g.op('Conv', [pixels, g.floats(noise(6 * 27, 0.4), [6, 3, 3, 3])], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })]);
  const sums = g.op('Gemm', [g.op('Flatten', [features]), g.floats(noise(width * 96, 0.3), [width, 96]), g.floats(noise(width, 1), [width])], { transB: 1 });
  g.output(ending(g, sums), 'y', 'float32', dims);
  const runnable = await openRunnable(await openArtifact({ name: 'form', files: [bytesOf('model.onnx', g.finish('model', new Map()).bytes)] }), runtime);
  if (runnable.task !== 'image-classification') throw new Error(runnable.task);
  return runnable.model;
}

const FORMS: Readonly<Record<string, Form>> = {
  'a table of logits': { width: 4, ending: (g, z) => g.op('Identity', [z]), dims: ['n', 4] },
  'a Sigmoid': { width: 1, ending: (g, z) => g.op('Sigmoid', [z]), dims: ['n', 1] },
  'a Sigmoid without an axis of classes': { width: 1, ending: (g, z) => g.op('Squeeze', [g.op('Sigmoid', [z]), g.int64([1])]), dims: ['n'] },
  'one logit': { width: 1, ending: (g, z) => g.op('Mul', [z, g.float32(5)]), dims: ['n', 1] },
  'one probability': { width: 1, ending: (g, z) => g.op('Clip', [g.op('Sigmoid', [z]), g.float32(1e-6), g.float32(1)]), dims: ['n', 1] },
  'probabilities of two': { width: 1, ending: (g, z) => g.concat([g.op('Sub', [g.float32(1), g.op('Sigmoid', [z])]), g.op('Sigmoid', [z])], 1), dims: ['n', 2] },
  'a Softmax clipped': { width: 4, ending: (g, z) => g.op('Clip', [g.op('Softmax', [z], { axis: 1 }), g.float32(1e-6), g.float32(1)]), dims: ['n', 4] },
  'a Softmax by hand': { width: 4, ending: (g, z) => g.op('Div', [g.op('Exp', [z]), g.op('ReduceSum', [g.op('Exp', [z]), g.int64([1])])]), dims: ['n', 4] },
  'logits with two more axes': { width: 4, ending: (g, z) => g.reshape(z, [-1, 4, 1, 1]), dims: ['n', 4, 1, 1] },
  'bytes, channels last': { width: 4, ending: (g, z) => g.op('Identity', [z]), dims: ['n', 4], bytes: true },
};

const ROWS = 3;
it.each(Object.entries(FORMS))('%s', async (_, form) => {
  const model = await open(form);
  const opened = await Differentiator.open(model, 2, NEVER);
  if (opened.kind !== 'ok') throw new Error(opened.reasons.join());
  const { classes } = model;
  expect(classes).toBe(Math.max(2, form.width));
  // Bytes are rounded: pixels and steps are whole ones.
  const step = (form.bytes === true ? 1 : 0.51) / 255;
  const pixels = Float32Array.from({ length: ROWS * SIZE }, () => (20 + random.below(200)) / 255);
  const direct = noise(ROWS * classes, 1);
  const { logits, gradient } = await opened.differentiator.pull(pixels, ROWS, direct, new Float32Array(ROWS * classes), NEVER);
  expect(opened.differentiator.multiplyAdds).toBeCloseTo(4 * opened.differentiator.multiplyAddsPerRow);
  const scores = await model.scores({ kind: 'image', rows: ROWS, pixels });
  for (const [at, value] of scores.entries()) expect(logits[at]).toBeCloseTo(value, 4);
  const loss = async (moved: Float32Array): Promise<number> => (await model.scores({ kind: 'image', rows: ROWS, pixels: moved })).reduce((sum, value, at) => sum + value * (direct[at] ?? 0), 0);
  for (let trial = 0; trial < 5; trial++) {
    const at = random.below(pixels.length);
    const moved = (by: number): Float32Array => pixels.map((value, i) => (i === at ? value + by : value));
    const difference = ((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step);
    expect(Math.abs((gradient[at] ?? 0) - difference), `pixel ${at}: ${gradient[at]} and ${difference}`).toBeLessThan(0.003 + 0.02 * Math.abs(difference));
  }
  await opened.differentiator.dispose();
  await model.dispose();
});

it('says so where the runtime does not run the graph with its gradient', async () => {
  const model = await open(FORMS['a table of logits'] as Form);
  const broken: ImageClassifier = { ...withPreprocessing(model, model.spec.preprocessing), classes: 5 };
  expect(await Differentiator.open(broken, 2, NEVER)).toMatchObject({ kind: 'unsupported' });
  await model.dispose();
});
