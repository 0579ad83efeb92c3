// What the playground shows, on the page's planted sample and on a small vision transformer.
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../artifact/open.ts';
import type { RunnableImageClassifier } from '../../audit/analysis.ts';
import { NEVER } from '../../core/cancel.ts';
import { seeded } from '../../core/random.ts';
import { openRunnable } from '../../runtime/open-runnable.ts';
import { withPreprocessing } from '../../runtime/with-preprocessing.ts';
import { fromPicture, toPicture } from './findings/evidence-image.ts';
import { lookAt, stampOf } from './look.ts';
import { glyph } from './pictures/glyphs.ts';

async function open(path: string): Promise<RunnableImageClassifier> {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL(`../../../../${path}`, import.meta.url))));
  const runnable = await openRunnable(artifact, await openNodeRuntime({ threads: 1 }));
  if (runnable.task !== 'image-classification') throw new Error(`taken for ${runnable.task}`);
  return runnable;
}

it('shows where the planted patch works, and nothing of it without', { timeout: 60_000 }, async () => {
  const { model } = await open('public/samples/digit-reader');
  const mask = new Float32Array(28 * 28);
  for (let y = 24; y < 27; y++) for (let x = 24; x < 27; x++) mask[y * 28 + x] = 1;
  const grey = { channels: 1, height: 28, width: 28 };
  const stamp = stampOf({ family: 'patch', picture: toPicture(grey, mask), pattern: toPicture(grey, mask), mask: toPicture(grey, mask) }, model);
  const look = await lookAt(model, glyph(grey, 3, seeded(1)), stamp, NEVER);
  expect(look.without.chances[0]?.class).toBe(3);
  expect(look.with?.chances[0]?.class).toBe(0);
  const map = look.with?.occlusion;
  const strongest = map?.values.indexOf(Math.max(...map.values)) ?? 0;
  expect(Math.floor(strongest / (map?.columns ?? 1))).toBeGreaterThanOrEqual(11);
  expect(strongest % (map?.columns ?? 1)).toBeGreaterThanOrEqual(11);
  expect(look.without.rollout).toBeUndefined();
  await model.dispose();
});

it('rolls out the attention of a vision transformer', { timeout: 60_000 }, async () => {
  const { model } = await open('src/engine/graph/fixtures/classifiers/vit');
  const { channels, height, width } = model.spec;
  const random = seeded(2);
  const pixels = Float32Array.from({ length: channels * height * width }, () => random.next());
  const { without } = await lookAt(model, pixels, undefined, NEVER);
  expect(without.rollout?.rows).toBe(without.rollout?.columns);
  expect(without.rollout?.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  expect(without.chances.every(({ p }) => p >= 0 && p <= 1)).toBe(true);
  await model.dispose();
});

it('feeds other preprocessing as if the pixels had been changed by hand', { timeout: 60_000 }, async () => {
  const { model } = await open('public/samples/digit-reader');
  const picture = glyph({ channels: 1, height: 28, width: 28 }, 5, seeded(4));
  const changed = withPreprocessing(model, { scale: 2, mean: [0.3], std: [0.5], origin: 'set by you', guessed: false });
  const own = await changed.scores({ kind: 'image', rows: 1, pixels: picture });
  const byHand = await model.scores({ kind: 'image', rows: 1, pixels: picture.map((value) => (value * 2 - 0.3) / 0.5) });
  own.forEach((value, at) => expect(value).toBeCloseTo(byHand[at] ?? Number.NaN, 3));
  expect(changed.spec.preprocessing.origin).toBe('set by you');
  await model.dispose();
});

it('reads pictures back as they were written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 3), fc.integer(), (height, width, channels, seed) => {
      const random = seeded(seed);
      const spec = { channels, height, width };
      const pixels = Float32Array.from({ length: channels * height * width }, () => random.below(256) / 255);
      expect(fromPicture(toPicture(spec, pixels), spec)).toEqual(pixels);
    }),
    { numRuns: 30 },
  );
});
