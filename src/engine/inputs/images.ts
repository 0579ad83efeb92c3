// Pictures of any size as the pixels that an image classifier is given: the middle square, resized by averaging (smaller)
// or between neighbours (larger), 0 to 1, [channels, height, width]. Decoding is the host's.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { ImageSpec } from '../runtime/classifier.ts';
import { readNpy } from './npy.ts';

/** 8 bits a channel, red, green, blue, opacity. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** CWE-409: a small file can declare a picture that fills memory. */
export const MAX_PIXELS = 64 * 2 ** 20;

export type DecodeImage = (bytes: Uint8Array<ArrayBuffer>, path: string) => Promise<DecodedImage>;

type Size = Pick<ImageSpec, 'channels' | 'height' | 'width'>;

export function fitImage({ width, height, rgba }: DecodedImage, spec: Size): Float32Array {
  const share = Math.min(width / spec.width, height / spec.height);
  const [left, top] = [(width - share * spec.width) / 2, (height - share * spec.height) / 2];
  const plane = spec.height * spec.width;
  const pixels = new Float32Array(spec.channels * plane);
  // As many samples a side as source pixels fall on one of the target's: the mean of a box.
  const steps = Math.max(1, Math.ceil(share));
  for (let y = 0; y < spec.height; y++) {
    for (let x = 0; x < spec.width; x++) {
      const sums = [0, 0, 0, 0];
      for (let step = 0; step < steps * steps; step++) {
        const sx = clamp(left + share * (x + ((step % steps) + 0.5) / steps) - 0.5, width);
        const sy = clamp(top + share * (y + (Math.floor(step / steps) + 0.5) / steps) - 0.5, height);
        for (let channel = 0; channel < 4; channel++) sums[channel] = (sums[channel] ?? 0) + between(rgba, width, height, sx, sy, channel) / (255 * steps * steps);
      }
      const [red = 0, green = 0, blue = 0, opacity = 1] = sums;
      const values = spec.channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue, opacity];
      for (let channel = 0; channel < spec.channels; channel++) pixels[channel * plane + y * spec.width + x] = values[channel] ?? 0;
    }
  }
  return pixels;
}

function between(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number, x: number, y: number, channel: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const at = (px: number, py: number): number => rgba[(py * width + px) * 4 + channel] ?? 0;
  const above = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * (x - x0);
  const below = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * (x - x0);
  return above + (below - above) * (y - y0);
}

function clamp(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, value));
}

/** [images, height, width], [images, height, width, channels] or [images, channels, height, width], at the model's size; at most `most` of them. */
export async function imagesOfNpy(source: ByteSource, spec: Size, most: number): Promise<Float32Array[]> {
  const { shape, values, whole } = await readNpy(source, most);
  const { channels, height, width } = spec;
  const size = channels * height * width;
  const [count = 0, ...rest] = shape;
  const same = (dims: readonly number[]): boolean => rest.length === dims.length && rest.every((value, axis) => value === dims[axis]);
  const last = same([height, width, channels]) || (channels === 1 && same([height, width]));
  if (!last && !same([channels, height, width])) throw new ArtifactError({ code: 'shape-mismatch', format: 'npy', file: source.path, field: 'shape', expected: `images of ${height} x ${width} with ${channels} channels`, actual: shape.join(' x ') });
  const scale = whole || values.some((value) => value > 1.5) ? 1 / 255 : 1;
  return Array.from({ length: count }, (_, image) =>
    Float32Array.from({ length: size }, (__, at) => {
      const pixel = at % (height * width);
      const from = last ? pixel * channels + Math.floor(at / (height * width)) : at;
      return (values[image * size + from] ?? 0) * scale;
    }),
  );
}
