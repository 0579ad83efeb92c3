// Cuttings are pictures like photographs: varied, of full range, the same for the same seed, and whole at every size.
import { expect, it } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { cutting } from './photographs.ts';

const SHAPE = { channels: 3, height: 32, width: 32 };
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const many = (seed: number): Float32Array[] => {
  const random = seeded(seed, 'cuttings');
  return Array.from({ length: 60 }, (_, at) => cutting(SHAPE, at, random));
};

it('are the same for the same seed, and others for another', () => {
  expect(many(1)).toEqual(many(1));
  expect(many(1)[0]).not.toEqual(many(2)[0]);
});

it('have means and contrasts as photographs do', () => {
  const pictures = many(1);
  const deviations = pictures.map((picture) => {
    const centre = mean(picture);
    return Math.sqrt(mean(picture.map((value) => (value - centre) ** 2)));
  });
  expect(pictures.every((picture) => picture.every((value) => value >= 0 && value <= 1))).toBe(true);
  expect(mean(pictures.map(mean))).toBeGreaterThan(0.3);
  expect(mean(pictures.map(mean))).toBeLessThan(0.6);
  expect(mean(deviations)).toBeGreaterThan(0.1);
  expect(mean(deviations)).toBeLessThan(0.3);
});

it.each([[1, 28, 28], [3, 8, 8], [3, 224, 160]])('fill %i x %i x %i', (channels, height, width) => {
  const picture = cutting({ channels, height, width }, 3, seeded(1, 'cuttings'));
  expect(picture).toHaveLength(channels * height * width);
  expect(Math.max(...picture) - Math.min(...picture)).toBeGreaterThan(0.1);
});
