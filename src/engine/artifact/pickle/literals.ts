// Strings and bytes inside a pickle that are themselves a file: another pickle, a zip, compressed data, a program, or one of
// those as base64, base85, base32, hexadecimal digits or escapes, also around one another. Recognised by their first bytes; what they
// hold is for the readers of those formats. A pickle that imports something is found further inside as well. What it can
// miss: other encodings, ciphers, other files that begin further inside.
import type { Bytes } from '../../core/units.ts';
import { fromBase64 } from '../../core/base64.ts';
import { base85Of, fromBase85, type Base85 } from './base85.ts';
import { importInside, looksLikePickle } from './match-pickle.ts';
import type { Value } from './value.ts';

const MIN_LENGTH = 8;
/** Encodings around one another that are taken off (CWE-674). */
const MAX_LAYERS = 4;
/** Characters that are tried before a whole literal is decoded. */
const TRIED = 256;

/** How a literal's text stands in the stream: as it is, or with the escapes of UNICODE or STRING. */
export type Spelling = 'plain' | 'unicode-escapes' | 'string-escapes';

/** An encoding of bytes as text. */
export type Layer = 'base64' | 'base32' | Base85 | 'hex' | 'escapes';

/** Bytes or text inside a pickle that may themselves be a file: handed on as members. */
export interface Literal {
  readonly offset: Bytes;
  /** Bytes it takes in the stream. */
  readonly length: Bytes;
  /** Encodings around the file, outermost first; none where it stands as it is. */
  readonly layers: readonly Layer[];
  readonly of: 'bytes' | 'text';
  readonly spelling: Spelling;
  /** Bytes that stand in front of the file, once everything is decoded. */
  readonly skip: Bytes;
}

/** `raw`: bytes of the literal in the stream, its spelling included; `kept`: as many of its bytes as are at hand. */
export function literalIn(value: Value, offset: Bytes, raw: Bytes, spelling: Spelling = 'plain', kept?: Uint8Array): Literal | undefined {
  const at = { offset, length: raw, layers: [], spelling, skip: 0 };
  if (value.kind === 'bytes') {
    if (value.length < MIN_LENGTH) return undefined;
    if (looksLikeFile(value.head)) return { ...at, of: 'bytes' };
    const skip = importInside(kept ?? value.head);
    if (skip !== undefined) return { ...at, of: 'bytes', skip };
    const text = asciiOf(value.head.subarray(0, TRIED));
    const found = text === undefined ? undefined : layersOf(text);
    return found === undefined ? undefined : { ...at, ...found, of: 'bytes' };
  }
  if (value.kind !== 'text' || value.value.length < MIN_LENGTH) return undefined;
  // Protocol 0 to 2 write bytes as text of the same characters.
  const start = value.value.slice(0, TRIED);
  const head = latinOf(start);
  if (head !== undefined && looksLikeFile(head)) return { ...at, of: 'text' };
  const bytes = MAY_IMPORT.test(value.value) ? latinOf(value.value) : undefined;
  const skip = bytes === undefined ? undefined : importInside(bytes);
  if (skip !== undefined) return { ...at, of: 'text', skip };
  const found = layersOf(start);
  return found === undefined ? undefined : { ...at, ...found, of: 'text' };
}

/** What a pickle that imports something cannot do without: PROTO, or the line of a GLOBAL. */
const MAY_IMPORT = /\x80[\x02-\x05]|c[\w.]{1,100}\n/;

/** Encodings to take off, outermost first, until something begins as a file does or imports; undefined where nothing does. */
function layersOf(start: string): { readonly layers: Layer[]; readonly skip: Bytes } | undefined {
  const base85 = base85Of(start, (bytes) => looksLikeFile(bytes) || importInside(bytes) !== undefined);
  return layersFrom(start) ?? (base85 === undefined ? undefined : layersFrom(start, base85));
}

/** A text in letters and digits only may be of more than one encoding: `first` says of which, otherwise the likeliest. */
function layersFrom(start: string, first = layerOf(start)): { readonly layers: Layer[]; readonly skip: Bytes } | undefined {
  const layers: Layer[] = [];
  let text: string | undefined = start;
  while (text !== undefined && layers.length < MAX_LAYERS) {
    const layer = layers.length === 0 ? first : layerOf(text);
    if (layer === undefined) return undefined;
    layers.push(layer);
    const bytes: Uint8Array = decodeLayer(layer, text);
    const skip = bytes.length < MIN_LENGTH ? undefined : looksLikeFile(bytes) ? 0 : importInside(bytes);
    if (skip !== undefined) return { layers, skip };
    text = asciiOf(bytes);
  }
  return undefined;
}

/** In words, what a text is that stands for a file; undefined for any other text. Pictures and sounds are not files here. */
export function hiddenFile(text: string): string | undefined {
  const found = layersOf(text.slice(0, TRIED));
  return found === undefined ? undefined : `a file written as ${found.layers.join(' of ')}`;
}

function layerOf(text: string): Layer | undefined {
  const start = text.slice(0, 16);
  if (start.length < 16) return undefined;
  if (/^(?:\\x[0-9a-fA-F]{2}){4}$/.test(start)) return 'escapes';
  if (/^[0-9a-fA-F]{16}$/.test(start)) return 'hex';
  if (/^[A-Z2-7]{16}$/.test(start) && looksLikeFile(fromBase32(text))) return 'base32';
  return /^[A-Za-z0-9+/_-]{16}$/.test(start) ? 'base64' : undefined;
}

/** Decodes as far as the encoding goes. */
export function decodeLayer(layer: Layer, text: string): Uint8Array<ArrayBuffer> {
  if (layer === 'hex') return fromHex(text);
  if (layer === 'escapes') return fromHex(text.replaceAll('\\x', ''));
  if (layer === 'base32') return fromBase32(text);
  return layer === 'base64' ? fromBase64(text) : fromBase85(layer, text);
}

export function latinOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

/** ISO 8859-1, byte for character (TextDecoder's 'latin1' is Windows-1252). */
export function latinText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

function asciiOf(bytes: Uint8Array): string | undefined {
  return bytes.length >= 16 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? new TextDecoder('latin1').decode(bytes) : undefined;
}

function looksLikeFile(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0x80 && b !== undefined && b >= 2 && b <= 5) return PICKLE_STARTS.has(c ?? 0);
  if (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04) return true;
  if (a === 0x1f && b === 0x8b && c === 0x08) return true;
  if (a === 0x42 && b === 0x5a && c === 0x68) return true;
  if (a === 0x78 && (b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda)) return true;
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58) return true;
  // Without PROTO: an import and a call, as text.
  if ((a === 0x63 || a === 0x28) && looksLikePickle(head, Number.MAX_SAFE_INTEGER)) return true;
  return (a === 0x4d && b === 0x5a && head[3] === 0) || (a === 0x7f && b === 0x45 && c === 0x4c && d === 0x46);
}

/** What follows PROTO in pickles: FRAME, containers, strings, GLOBAL, MARK, numbers (torch.save before 1.6 begins with a long one). */
const PICKLE_STARTS = new Set([...'\x95]})(cXUC\x8cBNKJMG\x8a'].map((character) => character.charCodeAt(0)));

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/[0-9a-fA-F]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** RFC 4648, without padding; ends at the first other character. */
function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const character of text) {
    const digit = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character);
    if (digit < 0) break;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}
