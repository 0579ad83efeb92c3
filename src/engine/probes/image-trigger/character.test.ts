// A reader of one pixel: its trigger is bound to that place; a reader of the mean is moved by what lies anywhere.
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../core/cancel.ts';
import type { ImageBatch, ImageClassifier } from '../../runtime/classifier.ts';
import type { Addition } from './additions.ts';
import type { Base } from './bases.ts';
import { characterOf, steepness } from './character.ts';

const SIDE = 8;
const AREA = SIDE * SIDE;

/** Two classes: the second as far as `read` says. */
function reader(read: (pixels: Float32Array) => number): ImageClassifier {
  const scores = (batch: ImageBatch): Promise<Float32Array> => Promise.resolve(Float32Array.from({ length: 2 * batch.rows }, (_, at) => (at % 2 === 0 ? 0 : 12 * read(batch.pixels.subarray((at >> 1) * AREA, ((at >> 1) + 1) * AREA)) - 6)));
  return { classes: 2, spec: { kind: 'image', channels: 1, height: SIDE, width: SIDE }, scores } as unknown as ImageClassifier;
}

function addition(pattern: Float32Array, reaches: readonly number[]): Addition {
  return { target: 1, band: 'low', rungs: reaches.map((reach, at) => ({ strength: 0.05 * 2 ** at, reach, stamp: { family: 'blend', mask: undefined, pattern } })) };
}

const held: Base[] = Array.from({ length: 6 }, (_, at) => ({ pixels: new Float32Array(AREA).fill(0.02 * at), seen: 0, made: true }));

describe('the character of an addition', () => {
  it('is bound where one place is read, and not where all are', async () => {
    const corner = new Float32Array(AREA);
    corner[1] = 0.9;
    const [atPlace] = await characterOf(reader((pixels) => pixels[1] ?? 0), { all: [addition(corner, [0.9])], low: [addition(corner, [0.9])] }, held, NEVER);
    const everywhere = corner.map(() => 0.9);
    const [anywhere] = await characterOf(reader((pixels) => pixels.reduce((sum, value) => sum + value, 0) / AREA), { all: [addition(everywhere, [0.9])], low: [addition(everywhere, [0.9])] }, held, NEVER);
    expect(atPlace?.bound).toBeGreaterThan(3);
    expect(anywhere?.bound).toBeCloseTo(-Math.log(1.02), 3);
  });

  it('is steep where the effect comes at once', () => {
    const none = new Float32Array(AREA);
    expect(steepness(addition(none, [0.02, 0.95, 1]))).toBeGreaterThan(steepness(addition(none, [0.2, 0.4, 0.6])));
    expect(steepness(addition(none, [0.4]))).toBe(0);
  });

  it('is not told of classes without additions', async () => {
    expect(await characterOf(reader(() => 0), { all: [], low: [] }, held, NEVER)).toEqual([]);
  });
});
