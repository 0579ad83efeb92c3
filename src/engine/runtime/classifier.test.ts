// Classifiers against transformers' and torch's logits (zoo/fixtures/classifiers.py made them), whatever file they come in.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../adapters/onnxruntime-node.ts';
import { openPath } from '../../adapters/node-files.ts';
import { openArtifact } from '../artifact/open.ts';
import { findAttentionProbabilities } from '../graph/softmax-taps.ts';
import { halfBits } from './classifier-feeds.ts';
import { softmaxRows } from './classifier.ts';
import { openRunnable } from './open-runnable.ts';

const folder = (name: string): string => fileURLToPath(new URL(`../graph/fixtures/classifiers/${name}`, import.meta.url));
const expected = (name: string) => JSON.parse(readFileSync(folder(`${name}.expect.json`), 'utf8')) as { rows: number[][]; logits: number[][]; probabilities: number[][] };
const runtime = await openNodeRuntime({ threads: 1 });

async function open<T extends 'text-classification' | 'image-classification'>(name: string, task: T) {
  const runnable = await openRunnable(await openArtifact(await openPath(folder(name))), runtime);
  if (runnable.task !== task) throw new Error(`${name} was opened for ${runnable.task}`);
  return runnable as Extract<typeof runnable, { task: T }>;
}

function expectClose(actual: Float32Array, wanted: readonly (readonly number[])[], tolerance = 2e-5): void {
  expect(actual.length).toBe(wanted.flat().length);
  wanted.flat().forEach((value, at) => expect(Math.abs((actual[at] ?? NaN) - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value))));
}

describe('text classifiers', () => {
  it.each(['bert', 'roberta', 'distilbert'])('%s over its safetensors', async (name) => {
    const { model, tokenizer } = await open(name, 'text-classification');
    const { rows, logits } = expected(name);
    expectClose(await model.scores({ kind: 'text', rows }), logits);
    expect(model.labels).toEqual(['red', 'green', 'blue']);
    expect(model.output.kind).toBe('logits');
    expect(tokenizer.encode('t7 t9')).toEqual([7, 9]);
    await model.dispose();
  });

  it('reads the logits under a Softmax, and taps attention', async () => {
    const { model } = await open('bert-onnx-softmax', 'text-classification');
    const { rows, logits } = expected('bert');
    expect(model.output.kind).toBe('softmax');
    expect(model.spec).toMatchObject({ prefix: [2], suffix: [3], padId: 0 });
    expectClose(await model.scores({ kind: 'text', rows }), logits);
    const [first, second] = findAttentionProbabilities(model.graph.info);
    const taps = await model.tap({ kind: 'text', rows }, [first ?? '', second ?? '']);
    expect(taps[first ?? '']?.dims).toEqual([3, 2, 7, 7]);
    await model.dispose();
  });
});

describe('image classifiers', () => {
  const ramp = (rows: number, size: number) => ({ kind: 'image', rows, pixels: Float32Array.from({ length: rows * size }, (_, at) => (at % 97) / 96) }) as const;

  it('ViT over its safetensors, normalised as its preprocessor says', async () => {
    const { model } = await open('vit', 'image-classification');
    expect(model.spec.preprocessing.origin).toBe('preprocessor_config.json');
    expectClose(await model.scores(ramp(2, 3 * 8 * 8)), expected('vit').logits);
    await model.dispose();
  });

  it('bytes in NHWC with a batch of one and a Softmax', async () => {
    const { model } = await open('nhwc-bytes', 'image-classification');
    expect(model.spec).toMatchObject({ layout: 'nhwc', channels: 3, height: 7, width: 6, type: 'uint8' });
    expect(model.maxRows).toBe(1);
    const logits = await model.scores(ramp(2, 3 * 7 * 6));
    // torch rounds the bytes of pixels that lie half-way to even, Assay upwards.
    expectClose(softmaxRows(logits, 3), expected('nhwc-bytes').probabilities, 5e-4);
    await model.dispose();
  });
});

it('rounds to the nearest half', () => {
  expect([0, 1, -2, 65504, 1e6, 1 / 3, 2 ** -24, 6.1035e-5].map(halfBits)).toEqual([0, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0x3555, 1, 0x0400]);
});
