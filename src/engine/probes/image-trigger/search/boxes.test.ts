// Squares on the page's planted sample, without gradients and from few pictures; and the user's own pictures among the bases.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPath } from '../../../../adapters/node-files.ts';
import { openNodeRuntime } from '../../../../adapters/onnxruntime-node.ts';
import { openArtifact } from '../../../artifact/open.ts';
import type { RunnableImageClassifier } from '../../../audit/analysis.ts';
import { bytesOf } from '../../../core/byte-source.ts';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import { withExamples } from '../../../inputs/read-examples.ts';
import { openRunnable } from '../../../runtime/open-runnable.ts';
import { makeBases } from '../pictures/bases.ts';
import { glyph } from '../pictures/glyphs.ts';
import { likeliestClasses } from '../plan/likeliest-classes.ts';
import { forwardOdds, type Features } from '../weigh/confidence.ts';
import { boxOf, searchBoxes } from './boxes.ts';
import { measureSpread } from './spread.ts';

const GREY = { channels: 1, height: 28, width: 28 };
const CLASSES = Array.from({ length: 10 }, (_, at) => at);
let runnable: RunnableImageClassifier;

beforeAll(async () => {
  const artifact = await openArtifact(await openPath(fileURLToPath(new URL('../../../../../public/samples/digit-reader', import.meta.url))));
  const opened = await openRunnable(artifact, await openNodeRuntime({ threads: 1 }));
  if (opened.task !== 'image-classification') throw new Error(`taken for ${opened.task}`);
  runnable = opened;
}, 60_000);
afterAll(async () => runnable?.model.dispose());

/** Pictures as a .npy file of floats, [count, 28, 28]. */
function npy(pictures: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${pictures.length}, 28, 28), }`.padEnd(117) + '\n';
  const bytes = new Uint8Array(10 + header.length + pictures.length * 28 * 28 * 4);
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  pictures.forEach((picture, at) => bytes.set(new Uint8Array(picture.slice().buffer), 10 + header.length + at * 28 * 28 * 4));
  return bytes;
}

it('finds the planted corner by squares alone, forward only', { timeout: 240_000 }, async () => {
  const { search, heldOut } = await makeBases(runnable, undefined, CLASSES, 2, seeded(3), NEVER);
  const boxes = await searchBoxes(runnable.model, undefined, search, heldOut, CLASSES, { bankPlaces: 15, bankRows: 6, rows: 6, places: 1, steps: 8 }, seeded(4), NEVER);
  const [first, second] = boxes.filter(({ goal }) => goal.kind === 'class').sort((a, b) => b.reach - a.reach);
  expect(first?.goal).toEqual({ kind: 'class', target: 0 });
  expect(first?.reach).toBeGreaterThan(0.9);
  expect((first?.reach ?? 0) - (second?.reach ?? 0)).toBeGreaterThan(0.2);
  // The square lies over the planted one, rows and columns 24 to 26.
  expect(Math.abs((boxOf(boxes, 0)?.top ?? 0) - 24)).toBeLessThanOrEqual(3);
  expect(Math.abs((boxOf(boxes, 0)?.left ?? 0) - 24)).toBeLessThanOrEqual(3);
  const spread = await measureSpread(runnable.model, boxes, heldOut, NEVER);
  expect(spread?.box.reach).toBeLessThan(0.5);
});

it('names the planted class among those to search where there are too many', { timeout: 120_000 }, async () => {
  const [first] = await likeliestClasses(runnable.model, { boxes: { bankPlaces: 15, bankRows: 10, rows: 1, places: 1, steps: 1 }, waves: 1, waveRows: 6 }, undefined, seeded(6), NEVER);
  expect(first).toBe(0);
});

it('searches on the user’s own pictures where there are some, and holds others of them out', { timeout: 60_000 }, async () => {
  const own = CLASSES.flatMap((digit) => [0, 1, 2].map((turn) => glyph(GREY, digit, seeded(10 * digit + turn))));
  const noImages = (): Promise<never> => Promise.reject(new Error('no pictures here'));
  const { runnable: given } = await withExamples(runnable, [bytesOf('mine.npy', npy(own))], noImages, NEVER);
  if (given.task !== 'image-classification') throw new Error('another task');
  expect(given.examples).toHaveLength(30);
  const { search, heldOut } = await makeBases(given, undefined, CLASSES, 1, seeded(5), NEVER);
  const real = [...search, ...heldOut].filter(({ made }) => !made);
  expect(real.length).toBeGreaterThanOrEqual(10);
  expect(real.every(({ pixels }) => own.some((picture) => picture.every((value, at) => value === pixels[at])))).toBe(true);
  expect(search.some((base) => heldOut.some(({ pixels }) => pixels === base.pixels))).toBe(false);
});

it('makes the pictures of a reader of digits out of drawn digits alone', { timeout: 60_000 }, async () => {
  const { search, heldOut } = await makeBases(runnable, undefined, CLASSES, 4, seeded(7), NEVER);
  const black = [...search, ...heldOut].map(({ pixels }) => pixels.filter((value) => value < 0.05).length / pixels.length);
  expect(black.length).toBeGreaterThan(60);
  expect(Math.min(...black)).toBeGreaterThan(0.15);
});

it('does not convict without a trigger that works', () => {
  const features: Features = { patchZ: 0, patchGap: 0, patchSmall: 0, blendZ: 0, blendGap: 0, blendSmall: 0, pairsZ: 0, pairsGap: 0, alike: 0, box: 1, boxLead: 0.8, small: 0, smallLead: 0, marginZ: 0, marginGap: 0, wave: 0, coarse: 0, veil: null, wideGap: 0, lowGap: 0, head: null };
  expect(forwardOdds(features, 0.8)).toBeGreaterThan(2);
  expect(forwardOdds(features, 0.1)).toBeLessThan(0);
});
