// Pictures as they stand in a report: at most 64 pixels a side, 8 bits a channel, base64 of [height, width, channels].
import { fromBase64, toBase64 } from '../../../core/base64.ts';
import type { PictureData } from '../../../core/finding.ts';
import type { ImageSpec } from '../../../runtime/classifier.ts';

const LONGEST_SIDE = 64;

/** `pixels`: [channels, height, width], 0 to 1. Large pictures are thinned out to every n-th pixel. */
export function toPicture({ channels, height, width }: Pick<ImageSpec, 'channels' | 'height' | 'width'>, pixels: Float32Array): PictureData {
  const step = Math.max(1, Math.ceil(Math.max(height, width) / LONGEST_SIDE));
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const shown = channels === 1 ? 1 : 3;
  const bytes = new Uint8Array(rows * columns * shown);
  let at = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < shown; channel++) {
        const value = pixels[Math.min(channel, channels - 1) * height * width + y * width + x] ?? 0;
        bytes[at++] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return { width: columns, height: rows, channels: shown, data: toBase64(bytes) };
}

/** The picture again, [channels, height, width], 0 to 1, at the size of `spec`: thinned-out pixels are repeated. */
export function fromPicture({ width, height, channels, data }: PictureData, spec: Pick<ImageSpec, 'channels' | 'height' | 'width'>): Float32Array {
  const bytes = fromBase64(data);
  const area = spec.height * spec.width;
  return Float32Array.from({ length: spec.channels * area }, (_, at) => {
    const [y, x] = [Math.floor((at % area) / spec.width), at % spec.width];
    const [row, column] = [Math.min(height - 1, Math.floor((y * height) / spec.height)), Math.min(width - 1, Math.floor((x * width) / spec.width))];
    return (bytes[(row * width + column) * channels + Math.min(channels - 1, Math.floor(at / area))] ?? 0) / 255;
  });
}
