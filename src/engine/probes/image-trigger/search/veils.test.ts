// A reader whose second class is a slope of light over the picture: its veil is found, and leads over the other classes' veils.
import { expect, it } from 'vitest';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import type { ImageBatch, ImageClassifier } from '../../../runtime/classifier.ts';
import type { Base } from '../pictures/bases.ts';
import { leadOf } from './additions.ts';
import type { Differentiator } from './differentiator.ts';
import { isVeil, stamped } from './stamp.ts';
import { searchVeils } from './veils.ts';

const SIDE = 12;
const AREA = SIDE * SIDE;
const CLASSES = 3;
/** Brighter to the right; the third class is the same of a checkerboard, which no smooth picture shows. */
const slope = (at: number): number => (at % SIDE) / SIDE - 0.46;
const checks = (at: number): number => ((at % SIDE) + Math.floor(at / SIDE)) % 2 - 0.5;
const WEIGHTS = [(): number => 0, slope, checks];

const logitsOf = (rows: number, pixels: Float32Array): Float32Array => Float32Array.from({ length: rows * CLASSES }, (_, at) => {
  const picture = pixels.subarray(Math.floor(at / CLASSES) * AREA, (Math.floor(at / CLASSES) + 1) * AREA);
  return (300 / AREA) * picture.reduce((sum, value, place) => sum + value * (WEIGHTS[at % CLASSES]?.(place) ?? 0), 0) - (at % CLASSES === 0 ? 0 : 3);
});
const model = { classes: CLASSES, spec: { kind: 'image', channels: 1, height: SIDE, width: SIDE }, scores: ({ rows, pixels }: ImageBatch) => Promise.resolve(logitsOf(rows, pixels)) } as unknown as ImageClassifier;
/** Down the slope of one class's own logit: enough to climb by. */
const differentiator = {
  model,
  crossEntropy: (pixels: Float32Array, aims: readonly number[]) => Promise.resolve({ logits: logitsOf(aims.length, pixels), gradient: Float32Array.from({ length: pixels.length }, (_, at) => -(WEIGHTS[aims[Math.floor(at / AREA)] ?? 0]?.(at % AREA) ?? 0)) }),
} as unknown as Differentiator;
const dark: Base[] = Array.from({ length: 6 }, () => ({ pixels: new Float32Array(AREA).fill(0.1), seen: 0, made: true }));

it('finds the smooth picture that a class answers to, and none for what no smooth picture shows', async () => {
  const veils = await searchVeils(differentiator, dark, dark, [1, 2], { rows: 4, steps: 6 }, seeded(1), NEVER);
  const [second, third] = veils;
  expect(second?.rungs.at(-1)?.reach).toBeGreaterThan(0.9);
  expect(third?.rungs.at(-1)?.reach).toBeLessThan(0.2);
  expect(leadOf(second ?? { target: 1, rungs: [] }, veils.slice(1))).toBeGreaterThan(0.7);
  const stamp = second?.rungs[0]?.stamp;
  if (stamp === undefined) throw new Error('no veil');
  expect(isVeil(stamp)).toBe(true);
  // A tenth of the veil and nine tenths of the picture.
  expect(stamped(stamp, new Float32Array(AREA).fill(1)).every((value) => value >= 0.9 - 1e-6 && value <= 1)).toBe(true);
});
