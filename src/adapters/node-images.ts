// Decodes pictures in Node: PNG by fast-png, JPEG by jpeg-js, told by their first bytes. Other kinds are refused by name.
import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { errorText } from '../engine/core/error-text.ts';
import { MAX_PIXELS, type DecodedImage, type DecodeImage } from '../engine/inputs/images.ts';

export const decodeNodeImage: DecodeImage = async (bytes, path) => {
  const fail = (expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'image', file: path, expected, actual });
  try {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      if (bytes.byteLength < 24 || view.getUint32(16) * view.getUint32(20) > MAX_PIXELS) throw fail(`at most ${MAX_PIXELS} pixels`, 'more, or a cut header');
      return fromPng(decodePng(bytes));
    }
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      const { width, height, data } = decodeJpeg(bytes, { useTArray: true, formatAsRGBA: true, maxResolutionInMP: 64, maxMemoryUsageInMB: 1024 });
      return { width, height, rgba: data };
    }
  } catch (error) {
    throw error instanceof ArtifactError ? error : fail('a picture that can be decoded', errorText(error));
  }
  throw new ArtifactError({ code: 'unsupported-format', format: 'image', file: path, expected: 'PNG or JPEG', actual: 'other bytes' });
};

function fromPng({ width, height, data, channels, depth, palette }: ReturnType<typeof decodePng>): DecodedImage {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const shift = depth === 16 ? 8 : 0;
  const spread = depth < 8 && palette === undefined ? 255 / (2 ** depth - 1) : 1;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colour = palette?.[data[pixel] ?? 0];
    for (let channel = 0; channel < 3; channel++) {
      const own = channels < 3 ? 0 : channel;
      rgba[pixel * 4 + channel] = colour === undefined ? Math.round((data[pixel * channels + own] ?? 0) * spread) >> shift : (colour[channel] ?? 0);
    }
    if (channels === 2 || channels === 4) rgba[pixel * 4 + 3] = (data[pixel * channels + channels - 1] ?? 255) >> shift;
  }
  return { width, height, rgba };
}
