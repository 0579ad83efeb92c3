// An 8-bit picture (finding.ts) as a PNG file (ISO/IEC 15948): grey or RGB, no filter, one IDAT, deflated by fflate (MIT). A report
// may come from anybody: data that does not fit its size gives no file.
import { zlibSync } from 'fflate';
import { crc32 } from '../artifact/containers/crc32.ts';
import { fromBase64, toBase64 } from '../core/base64.ts';
import type { PictureData } from '../core/finding.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour type by channels. */
const COLOURS: Readonly<Record<number, number>> = { 1: 0, 3: 2 };
const BIT_DEPTH = 8;

export function pngOf({ width, height, channels, data }: PictureData): Uint8Array<ArrayBuffer> | undefined {
  const colour = COLOURS[channels];
  const pixels = fromBase64(data);
  if (colour === undefined || !Number.isInteger(width) || width < 1 || !Number.isInteger(height) || height < 1 || pixels.length !== width * height * channels) return undefined;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([BIT_DEPTH, colour], 8);
  // Each row begins with the number of its filter: 0, none.
  const stride = width * channels;
  const rows = new Uint8Array(height * (1 + stride));
  for (let row = 0; row < height; row++) rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (1 + stride) + 1);
  return joined([SIGNATURE, chunk('IHDR', header), chunk('IDAT', zlibSync(rows)), chunk('IEND', new Uint8Array())]);
}

export function pngUri(picture: PictureData): string | undefined {
  const file = pngOf(picture);
  return file === undefined ? undefined : `data:image/png;base64,${toBase64(file)}`;
}

/** Length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
