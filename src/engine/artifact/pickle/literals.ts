// Strings and bytes inside a pickle that are themselves a file: another pickle, a zip, compressed data, or one of those as
// base64 or hexadecimal digits. Recognised by their first bytes; what they hold is for the readers of those formats.
import type { Bytes } from '../../core/units.ts';
import type { Literal } from './program.ts';
import type { Value } from './value.ts';

const MIN_LENGTH = 8;

export function literalIn(value: Value, offset: Bytes, length?: Bytes): Literal | undefined {
  if (value.kind === 'bytes') return value.length >= MIN_LENGTH && looksLikeFile(value.head) ? { offset, length: value.length, as: 'bytes' } : undefined;
  if (value.kind !== 'text' || value.value.length < 2 * MIN_LENGTH) return undefined;
  const size = length ?? value.value.length;
  // Protocol 0 to 2 write bytes as text of the same characters.
  const start = value.value.slice(0, 16);
  if (looksLikeFile(Uint8Array.from(start, (character) => character.charCodeAt(0) & 0xff)) && start.charCodeAt(0) < 256) return { offset, length: size, as: 'bytes' };
  if (/^[0-9a-fA-F]{16}$/.test(start) && looksLikeFile(fromHex(start))) return { offset, length: size, as: 'hex' };
  if (/^[A-Za-z0-9+/_-]{16}$/.test(start) && looksLikeFile(fromBase64(start))) return { offset, length: size, as: 'base64' };
  return undefined;
}

function looksLikeFile(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0x80 && b !== undefined && b >= 2 && b <= 5) return PICKLE_STARTS.has(c ?? 0);
  if (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04) return true;
  if (a === 0x1f && b === 0x8b && c === 0x08) return true;
  if (a === 0x42 && b === 0x5a && c === 0x68) return true;
  if (a === 0x78 && (b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda)) return true;
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58) return true;
  if (a === 0x63 && head.subarray(1, 16).every((byte) => byte === 0x0a || (byte >= 0x2e && byte < 0x7f)) && head.includes(0x0a)) return true;
  return (a === 0x4d && b === 0x5a && head[3] === 0) || (a === 0x7f && b === 0x45 && c === 0x4c && d === 0x46);
}

/** What follows PROTO in pickles: FRAME, containers, strings, GLOBAL, MARK. */
const PICKLE_STARTS = new Set([...'\x95]})(cXUC\x8cBNKJMG'].map((character) => character.charCodeAt(0)));

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/[0-9a-fA-F]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS = new Map<string, number>([...ALPHABET].map((character, i): [string, number] => [character, i]).concat([['-', 62], ['_', 63]]));

/** RFC 4648, both alphabets; white space is skipped, decoding ends at the first other character. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [filled, bits, held] = [0, 0, 0];
  for (const character of text) {
    if (character === '\n' || character === '\r' || character === ' ') continue;
    const digit = DIGITS.get(character);
    if (digit === undefined) break;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[filled++] = (held >> bits) & 0xff;
    }
  }
  return bytes.slice(0, filled);
}
