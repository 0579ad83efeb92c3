// A reader of one wave is found by that wave, the right way up, and by no other.
import { expect, it } from 'vitest';
import { NEVER } from '../../../core/cancel.ts';
import type { ImageBatch, ImageClassifier } from '../../../runtime/classifier.ts';
import type { Base } from '../pictures/bases.ts';
import { measureWaves } from './waves.ts';

const SIDE = 16;
const AREA = SIDE * SIDE;
const STRENGTH = 0.1;
/** Three cycles across, upside down. */
const own = (at: number): number => -Math.sin((2 * Math.PI * 3 * (at % SIDE)) / SIDE);

/** Two classes: the second as far as the wave is in the picture. */
const reader = {
  classes: 2,
  spec: { kind: 'image', channels: 1, height: SIDE, width: SIDE },
  scores: ({ rows, pixels }: ImageBatch) => Promise.resolve(Float32Array.from({ length: 2 * rows }, (_, at) => {
    if (at % 2 === 0) return 0;
    const picture = pixels.subarray((at >> 1) * AREA, ((at >> 1) + 1) * AREA);
    return (20 / (AREA * STRENGTH)) * picture.reduce((sum, value, place) => sum + (value - 0.5) * own(place), 0) - 5;
  })),
} as unknown as ImageClassifier;
const grey: Base[] = Array.from({ length: 4 }, () => ({ pixels: new Float32Array(AREA).fill(0.5), seen: 0, made: true }));

it('finds a wave that is the negative of a plain one', async () => {
  const waves = await measureWaves(reader, grey, 4, STRENGTH, NEVER);
  const [best, second] = [...waves].sort((a, b) => (b.reach[1] ?? 0) - (a.reach[1] ?? 0));
  expect(best).toMatchObject({ down: 0, across: 3, phase: 2 });
  expect(best?.reach[1]).toBeGreaterThan(0.9);
  expect(second?.reach[1]).toBeLessThan(0.1);
});

it('tries waves straight across beyond the frequencies of the rest', async () => {
  const waves = await measureWaves(reader, grey, 2, STRENGTH, NEVER);
  expect(waves.some(({ down, across }) => down === 0 && across === 6)).toBe(true);
  expect(waves.every(({ down, across }) => down === 0 || across === 0 || Math.hypot(down, across) <= 2.5)).toBe(true);
});
