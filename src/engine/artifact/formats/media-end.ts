// Where a picture, sound or document ends by its own account. Formats that do not say are taken to fill the file.
// PNG: chunks up to IEND with their CRCs (ISO/IEC 15948, 5.3). JPEG: segments and scans up to EOI (ITU T.81, annex B). RIFF
// (WebP, WAV): its one length. GIF: its last byte.
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import { crc32 } from '../containers/crc32.ts';

export interface MediaEnd {
  /** Never behind the file's own end. */
  readonly end: Bytes;
  /** Why it is not whole, and where. */
  readonly broken?: { readonly offset: Bytes; readonly field: string; readonly expected: string; readonly actual: string; readonly cut: boolean };
}

const LIMITS = {
  /** Larger pictures are taken to fill the file (JPEG), or their chunks not to be checked (PNG). */
  jpeg: 2 ** 26,
  chunk: 2 ** 24,
} as const;

export async function endOfMedia(source: ByteSource, kind: string): Promise<MediaEnd> {
  if (kind === 'a PNG picture') return endOfPng(source);
  if (kind === 'a JPEG picture') return endOfJpeg(source);
  if (kind === 'a WebP picture' || kind === 'a WAV sound') return endOfRiff(source);
  return kind === 'a GIF picture' ? endOfGif(source) : { end: source.size };
}

function cut(source: ByteSource, offset: Bytes, field: string, expected: string): MediaEnd {
  return { end: source.size, broken: { offset: Math.min(offset, source.size), field, expected, actual: `the end of the file at byte ${source.size}`, cut: true } };
}

const IEND = 0x49454e44;

async function endOfPng(source: ByteSource): Promise<MediaEnd> {
  let at = 8;
  let wrong: MediaEnd['broken'];
  while (at + 12 <= source.size) {
    const head = await source.slice(at, at + 8);
    const chunk = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const [length, type] = [chunk.getUint32(0), chunk.getUint32(4)];
    // Four letters: anything else is no chunk, and what follows no picture.
    if (![24, 16, 8, 0].every((shift) => /[A-Za-z]/.test(String.fromCharCode((type >>> shift) & 0xff)))) return { end: at, ...(wrong === undefined ? {} : { broken: wrong }) };
    const end = at + 12 + length;
    const name = String.fromCharCode(...head.subarray(4, 8));
    if (end > source.size) return wrong === undefined ? cut(source, at, `chunk ${name}`, `${length} bytes and their CRC`) : { end: source.size, broken: wrong };
    if (wrong === undefined && length <= LIMITS.chunk) {
      const bytes = await source.slice(at + 4, end);
      const stored = new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 4, 4).getUint32(0);
      const found = crc32(bytes.subarray(0, -4));
      if (found !== stored) wrong = { offset: at, field: `chunk ${name}`, expected: `CRC ${stored.toString(16).padStart(8, '0')}`, actual: found.toString(16).padStart(8, '0'), cut: false };
    }
    at = end;
    if (type === IEND) return { end: at, ...(wrong === undefined ? {} : { broken: wrong }) };
  }
  return wrong === undefined ? cut(source, at, 'chunk IEND', 'the last chunk') : { end: source.size, broken: wrong };
}

async function endOfJpeg(source: ByteSource): Promise<MediaEnd> {
  if (source.size > LIMITS.jpeg) return { end: source.size };
  const bytes = await source.slice(0, source.size);
  let at = 2;
  while (at + 4 <= bytes.byteLength) {
    if (bytes[at] !== 0xff) return { end: source.size };
    const mark = bytes[at + 1] ?? 0;
    if (mark === 0xff) at++;
    else if (mark === 0xd9) return { end: at + 2 };
    else if (mark === 0x01 || (mark >= 0xd0 && mark <= 0xd8)) at += 2;
    else {
      at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
      if (mark !== 0xda) continue;
      // Inside a scan 0xff is followed by 0 or a restart mark.
      while (at + 1 < bytes.byteLength && !(bytes[at] === 0xff && bytes[at + 1] !== 0 && !((bytes[at + 1] ?? 0) >= 0xd0 && (bytes[at + 1] ?? 0) <= 0xd7))) at++;
    }
  }
  return at + 2 <= bytes.byteLength && bytes[at] === 0xff && bytes[at + 1] === 0xd9 ? { end: at + 2 } : cut(source, at, 'EOI', 'the mark of the end of the picture');
}

/** Written while it is recorded, a sound says nought or the most. */
const UNKNOWN_LENGTH = 0xffff_ff00;

async function endOfRiff(source: ByteSource): Promise<MediaEnd> {
  if (source.size < 12) return cut(source, 0, 'RIFF', '12 bytes');
  const head = await source.slice(0, 8);
  const length = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true);
  return String.fromCharCode(...head.subarray(0, 4)) === 'RIFF' && length > 0 && length < UNKNOWN_LENGTH && 8 + length > source.size ? cut(source, 4, 'RIFF length', `${8 + length} bytes`) : { end: source.size };
}

async function endOfGif(source: ByteSource): Promise<MediaEnd> {
  const last = await source.slice(Math.max(0, source.size - 1), source.size);
  // Some writers pad with zeros.
  return last[0] === 0x3b || last[0] === 0 ? { end: source.size } : cut(source, source.size, 'trailer', 'the byte 3b');
}
