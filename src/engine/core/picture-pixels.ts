// Pictures as they stand in a report (finding.ts) -> pixels. A report may come from anybody: data that is no base64, or does not fit
// its size, gives no picture, and breaks nothing.
import { fromBase64 } from './base64.ts';
import type { PictureData } from './finding.ts';

/** RGBA, row by row, 8 bits a channel, grey spread over the colours; undefined where the data does not fit its size. */
export function rgbaOf({ width, height, channels, data }: PictureData): Uint8ClampedArray<ArrayBuffer> | undefined {
  const bytes = fromBase64(data);
  if (bytes.length !== width * height * channels) return undefined;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let place = 0; place < width * height; place++) {
    for (let channel = 0; channel < 3; channel++) rgba[place * 4 + channel] = bytes[place * channels + Math.min(channel, channels - 1)] ?? 0;
    rgba[place * 4 + 3] = 255;
  }
  return rgba;
}
