// Inputs as unlike each other as inputs can be, to see how far one output goes: whether a single score of a graph without a
// Sigmoid ever leaves 0 to 1. How it can mislead: a logit that stays between 0 and 1 on all of them is taken for a probability.
import { seeded, type Random } from '../core/random.ts';
import type { ImageBatch, ImageSpec, TabularBatch, TextBatch, TextSpec } from './classifier.ts';

const SAMPLES = 32;

/** Batches of `rows` rows. */
export function* variedPictures({ channels, height, width }: ImageSpec, rows: number): Generator<ImageBatch> {
  const random = seeded(0, 'varied pictures');
  const area = height * width;
  for (let done = 0; done < SAMPLES; done += rows) {
    const pixels = new Float32Array(rows * channels * area);
    for (let row = 0; row < rows; row++) {
      const draw = PICTURES[(done + row) % PICTURES.length]?.(random, height, width) ?? (() => 0);
      for (let at = 0; at < channels * area; at++) pixels[row * channels * area + at] = draw(Math.floor(at / area), Math.floor((at % area) / width), at % width);
    }
    yield { kind: 'image', rows, pixels };
  }
}

type Draw = (channel: number, y: number, x: number) => number;

/** Black, white, one colour, noise, black and white noise, blocks, stripes, a slope. */
const PICTURES: readonly ((random: Random, height: number, width: number) => Draw)[] = [
  () => () => 0,
  () => () => 1,
  (random) => {
    const colour = Array.from({ length: 4 }, () => random.next());
    return (channel) => colour[channel] ?? 0;
  },
  (random) => () => random.next(),
  (random) => () => (random.next() < 0.5 ? 0 : 1),
  (random, height, width) => {
    const side = 2 + random.below(Math.max(1, Math.floor(Math.min(height, width) / 2)));
    const cells = new Map<number, number>();
    return (channel, y, x) => {
      const cell = (channel * height + Math.floor(y / side)) * width + Math.floor(x / side);
      const value = cells.get(cell) ?? random.next();
      cells.set(cell, value);
      return value;
    };
  },
  (random) => {
    const [down, along, phase] = [3 * random.next(), 3 * random.next(), random.next()];
    return (channel, y, x) => 0.5 + 0.5 * Math.sin(down * y + along * x + phase * channel);
  },
  (random, height, width) => {
    const steep = random.next();
    return (_, y, x) => (steep * y) / height + ((1 - steep) * x) / width;
  },
];

/** All rows have one length, one that is known to run: shorter and longer ones need not. */
export function* variedTexts({ vocabularySize }: TextSpec, rows: number, length: number): Generator<TextBatch> {
  const random = seeded(0, 'varied texts');
  const token = (): number => random.below(Math.max(1, vocabularySize));
  for (let done = 0; done < SAMPLES; done += rows) {
    const row = (): number[] => {
      const same = token();
      return Array.from({ length }, random.next() < 0.5 ? () => same : token);
    };
    yield { kind: 'text', rows: Array.from({ length: rows }, row) };
  }
}

export function* variedTables(features: number, rows: number): Generator<TabularBatch> {
  const random = seeded(0, 'varied tables');
  for (let done = 0; done < SAMPLES; done += rows) {
    const scales = Array.from({ length: rows }, () => 10 ** (4 * random.next() - 2));
    yield { kind: 'tabular', rows, values: Float32Array.from({ length: rows * features }, (_, at) => (scales[Math.floor(at / features)] ?? 1) * (2 * random.next() - 1)) };
  }
}
