// Pictures to search on where the user has none and the model sees no colours: seeded, in the analyst's units (0 to 1, [channels, height, width]).
// Three families, since classifiers see different worlds: textures with the spectrum of photographs (amplitude 1/f), plain
// shapes on a ground, and strokes on an empty ground (digits, letters). How they mislead: none is a real input; a trigger that
// works on all of them works on nearly anything, but one that needs real content can be missed.
import type { Random } from '../../../core/random.ts';

export interface PictureShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function syntheticPicture(shape: PictureShape, family: number, random: Random): Float32Array {
  return family === 0 ? texture(shape, random) : family === 1 ? shapes(shape, random) : strokes(shape, random);
}

export const FAMILIES = 3;

/** Sum of random waves whose amplitude falls with frequency; channels mostly agree, as in photographs. */
function texture({ channels, height, width }: PictureShape, random: Random): Float32Array {
  const waves = 24;
  const area = height * width;
  const picture = new Float32Array(channels * area);
  const common = 0.75;
  for (let wave = 0; wave < waves; wave++) {
    const frequency = 0.4 * 1.25 ** (wave % 12);
    const angle = 2 * Math.PI * random.next();
    const phase = 2 * Math.PI * random.next();
    const [fy, fx] = [Math.sin(angle) * frequency, Math.cos(angle) * frequency];
    const gains = Array.from({ length: channels }, () => common + (1 - common) * 4 * (random.next() - 0.5));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = Math.sin(2 * Math.PI * ((fy * y) / height + (fx * x) / width) + phase) / frequency;
        for (let channel = 0; channel < channels; channel++) picture[channel * area + y * width + x] = (picture[channel * area + y * width + x] ?? 0) + value * (gains[channel] ?? 1);
      }
    }
  }
  return stretch(picture, channels, 0.25 + 0.35 * random.next(), 0.1 + 0.15 * random.next(), random);
}

/** To a mean and a contrast, with a colour cast, clipped to [0, 1]. */
function stretch(picture: Float32Array, channels: number, mean: number, contrast: number, random: Random): Float32Array {
  const centre = picture.reduce((sum, value) => sum + value, 0) / picture.length;
  const deviation = Math.sqrt(picture.reduce((sum, value) => sum + (value - centre) ** 2, 0) / picture.length) || 1;
  const area = picture.length / channels;
  const casts = Array.from({ length: channels }, () => 0.15 * (random.next() - 0.5));
  return picture.map((value, at) => clamp(mean + (casts[Math.floor(at / area)] ?? 0) + (contrast * (value - centre)) / deviation));
}

function shapes(shape: PictureShape, random: Random): Float32Array {
  const { channels, height, width } = shape;
  const area = height * width;
  const picture = new Float32Array(channels * area);
  const colour = (): number[] => Array.from({ length: channels }, () => random.next());
  const [top, bottom] = [colour(), colour()];
  for (let channel = 0; channel < channels; channel++) {
    for (let at = 0; at < area; at++) picture[channel * area + at] = (top[channel] ?? 0) + ((bottom[channel] ?? 0) - (top[channel] ?? 0)) * (Math.floor(at / width) / height);
  }
  for (let count = 1 + random.below(4); count > 0; count--) {
    const fill = colour();
    const [cy, cx] = [random.next() * height, random.next() * width];
    const [ry, rx] = [(0.08 + 0.3 * random.next()) * height, (0.08 + 0.3 * random.next()) * width];
    const round = random.next() < 0.6;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dy, dx] = [Math.abs(y - cy) / ry, Math.abs(x - cx) / rx];
        if (round ? dy * dy + dx * dx > 1 : Math.max(dy, dx) > 1) continue;
        for (let channel = 0; channel < channels; channel++) picture[channel * area + y * width + x] = fill[channel] ?? 0;
      }
    }
  }
  return picture;
}

/** A few bent strokes, bright on dark as in MNIST; now and then dark on bright. */
function strokes({ channels, height, width }: PictureShape, random: Random): Float32Array {
  const area = height * width;
  const ink = new Float32Array(area);
  const radius = Math.max(0.6, (0.03 + 0.03 * random.next()) * Math.min(height, width));
  for (let count = 1 + random.below(3); count > 0; count--) {
    const point = (): [number, number] => [(0.15 + 0.7 * random.next()) * height, (0.15 + 0.7 * random.next()) * width];
    const [a, b, c] = [point(), point(), point()];
    for (let step = 0; step <= 40; step++) {
      const t = step / 40;
      const [y, x] = [0, 1].map((axis) => (1 - t) ** 2 * (a[axis] ?? 0) + 2 * t * (1 - t) * (b[axis] ?? 0) + t * t * (c[axis] ?? 0)) as [number, number];
      for (let py = Math.max(0, Math.floor(y - radius - 1)); py <= Math.min(height - 1, y + radius + 1); py++) {
        for (let px = Math.max(0, Math.floor(x - radius - 1)); px <= Math.min(width - 1, x + radius + 1); px++) {
          ink[py * width + px] = Math.max(ink[py * width + px] ?? 0, clamp(radius + 0.7 - Math.hypot(py + 0.5 - y, px + 0.5 - x)));
        }
      }
    }
  }
  const inverted = random.next() < 0.15;
  const picture = new Float32Array(channels * area);
  for (let at = 0; at < picture.length; at++) picture[at] = inverted ? 1 - (ink[at % area] ?? 0) : (ink[at % area] ?? 0);
  return picture;
}

export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
