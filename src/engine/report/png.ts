// An 8-bit picture (finding.ts) as a PNG file, grey or RGB. A report may come from anybody: data that does not fit its size gives no file.
import { encode } from 'fast-png';
import { fromBase64, toBase64 } from '../core/base64.ts';
import type { PictureData } from '../core/finding.ts';

export function pngOf({ width, height, channels, data }: PictureData): Uint8Array | undefined {
  const pixels = fromBase64(data);
  const fits = [1, 3].includes(channels) && Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0 && pixels.length === width * height * channels;
  return fits ? encode({ width, height, channels, data: pixels }) : undefined;
}

export function pngUri(picture: PictureData): string | undefined {
  const file = pngOf(picture);
  return file === undefined ? undefined : `data:image/png;base64,${toBase64(file)}`;
}
