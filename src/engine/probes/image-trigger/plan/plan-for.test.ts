// A model of more classes than are searched: what one kind of trigger shows is searched, however many classes another kind moves.
import { expect, it } from 'vitest';
import { NEVER } from '../../../core/cancel.ts';
import { seeded } from '../../../core/random.ts';
import type { ImageBatch, ImageClassifier } from '../../../runtime/classifier.ts';
import { planFor } from './plan-for.ts';

const [SIDE, CLASSES] = [16, 60];
const AREA = SIDE * SIDE;
const [BY_WAVE, BY_WEIGHTS, USUAL] = [41, 50, 59];

/** Classes up to 39 come of a bright corner, one of a wave of three cycles across, all other pictures are of the last one. */
const reader = {
  classes: CLASSES,
  maxRows: 256,
  spec: { kind: 'image', channels: 1, height: SIDE, width: SIDE, preprocessing: { origin: '', guessed: true } },
  scores: ({ rows, pixels }: ImageBatch) => Promise.resolve(Float32Array.from({ length: CLASSES * rows }, (_, at) => {
    const picture = pixels.subarray(Math.floor(at / CLASSES) * AREA, (Math.floor(at / CLASSES) + 1) * AREA);
    const target = at % CLASSES;
    if (target < 40) return picture[0] === 1 && picture[SIDE + 1] === 1 ? 6 + target / 40 : 0;
    if (target === BY_WAVE) return picture.reduce((sum, value, place) => sum + value * Math.sin((2 * Math.PI * 3 * (place % SIDE)) / SIDE), 0) / 3;
    return target === USUAL ? 4 : 0;
  })),
} as unknown as ImageClassifier;

it('takes turns between squares, waves and the last layer', async () => {
  const weights = Array.from({ length: CLASSES }, (_, at) => (at === BY_WEIGHTS ? 6 : 0));
  const { classes, partial } = await planFor(reader, 'standard', 1e6, [7], async () => weights, seeded(0), NEVER);
  expect(partial).toBe(true);
  expect(classes.length).toBe(24);
  expect(classes).toEqual(expect.arrayContaining([7, 39, BY_WAVE, BY_WEIGHTS]));
});

it('asks for no weights where every class is searched', async () => {
  const few = { ...reader, classes: 10 };
  expect((await planFor(few, 'standard', 1e6, [], () => Promise.reject(new Error('asked')), seeded(0), NEVER)).classes.length).toBe(10);
});
