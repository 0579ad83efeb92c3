// What the low bits of a tensor's numbers spell, read as a stream of their own (steganography in weights: EvilModel, Wang et al.
// 2021, replaces the low three bytes of each number; StegoNet, Liu et al. 2020, and its kin the lowest bits). Low bits of trained
// numbers are noise: files with a signature and readable text do not come about there.
// Subset: 1 to 8, 16 and 24 low bits of neighbouring numbers, highest bit first or last, from the beginning and the middle of a
// tensor; F64, F32, F16, BF16. What it cannot see: content that is encrypted, or compressed without a signature (it is noise as
// well), numbers taken in another order, content that begins elsewhere. That bits are not evenly spread says nothing: numbers
// as they come from a generator's grid, never trained or hardly, are as uneven as a payload.
import { BuriedSearch } from '../inspect/buried.ts';
import type { Bytes } from '../../core/units.ts';

export const LOW_BIT_LIMITS = {
  /** Numbers read from the beginning of a tensor, and from its middle. */
  begin: 8_192,
  middle: 2_048,
  /** Smaller tensors carry nothing worth hiding, and say nothing by statistics. */
  fewest: 512,
  /** Numbers over all tensors of a drop: less than a second of processor time. */
  most: 1_500_000,
} as const;

export interface LowBitsHit {
  readonly kind: 'file' | 'text';
  readonly what: string;
  /** Low bits of each number. */
  readonly bits: number;
  readonly order: string;
  /** Of the first number that the stream was read from, in the tensor. */
  readonly element: number;
  /** What stands there, read as bytes. */
  readonly bytes: Uint8Array;
}

interface Layout {
  readonly width: Bytes;
  readonly mantissa: number;
}

const LAYOUTS: Readonly<Record<string, Layout>> = { F64: { width: 8, mantissa: 52 }, F32: { width: 4, mantissa: 23 }, F16: { width: 2, mantissa: 10 }, BF16: { width: 2, mantissa: 7 } };

/** Fed with a tensor's bytes in order; keeps the two samples and nothing else. */
export class LowBits {
  readonly #layout: Layout;
  readonly #windows: readonly { readonly begin: Bytes; readonly bytes: Uint8Array }[];
  #at: Bytes = 0;

  /** Undefined where the type is no float or the tensor too small. */
  static for(dtype: string, size: Bytes): LowBits | undefined {
    const layout = LAYOUTS[dtype];
    return layout === undefined || size < LOW_BIT_LIMITS.fewest * layout.width ? undefined : new LowBits(layout, size);
  }

  private constructor(layout: Layout, size: Bytes) {
    const { width } = layout;
    const count = Math.floor(size / width);
    const first = Math.min(count, LOW_BIT_LIMITS.begin);
    const middle = Math.max(first, Math.floor(count / 2));
    this.#layout = layout;
    this.#windows = [{ begin: 0, bytes: new Uint8Array(first * width) }, { begin: middle * width, bytes: new Uint8Array(Math.min(LOW_BIT_LIMITS.middle, count - middle) * width) }];
  }

  /** Numbers that are kept. */
  get elements(): number {
    return this.#windows.reduce((sum, { bytes }) => sum + bytes.byteLength / this.#layout.width, 0);
  }

  update(piece: Uint8Array): void {
    const end = this.#at + piece.byteLength;
    for (const { begin, bytes } of this.#windows) {
      const [from, to] = [Math.max(begin, this.#at), Math.min(begin + bytes.byteLength, end)];
      if (from < to) bytes.set(piece.subarray(from - this.#at, to - this.#at), from - begin);
    }
    this.#at = end;
  }

  finish(): LowBitsHit | undefined {
    for (const { begin, bytes } of this.#windows) {
      if (bytes.byteLength < LOW_BIT_LIMITS.fewest * this.#layout.width) continue;
      const hit = searchWindow(bytes, this.#layout, begin / this.#layout.width);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }
}

interface Stream {
  readonly bits: number;
  readonly order: string;
  readonly bytes: Uint8Array;
}

function searchWindow(raw: Uint8Array, layout: Layout, element: number): LowBitsHit | undefined {
  const low = lowBytes(raw, layout);
  let spelled: LowBitsHit | undefined;
  for (const { bits, order, bytes } of streamsOf(raw, low, layout)) {
    const file = fileIn(bytes);
    if (file !== undefined) return { kind: 'file', what: file.what, bits, order, element, bytes: bytes.slice(file.at, file.at + 256) };
    // The same text stands in pieces in streams of fewer bits: the longest run is the one that was written.
    const text = textIn(bytes, (begin, end) => mayCarry(raw, layout, Math.floor((begin * 8) / bits), Math.ceil((end * 8) / bits)));
    if (text !== undefined && text.end - text.begin > (spelled?.bytes.byteLength ?? 0)) spelled = { kind: 'text', what: 'readable text', bits, order, element, bytes: bytes.slice(text.begin, Math.min(text.end, text.begin + 256)) };
  }
  return spelled;
}

const FIRST = 'highest bit first';
const LAST = 'lowest bit first';
function* streamsOf(raw: Uint8Array, low: Uint8Array, { width, mantissa }: Layout): Iterable<Stream> {
  yield { bits: 8, order: FIRST, bytes: low };
  for (const bits of [1, 2, 4]) {
    const packed = packedAligned(low, bits);
    yield { bits, order: FIRST, bytes: packed };
    yield { bits, order: LAST, bytes: turned(packed, bits) };
  }
  for (const bits of [3, 5, 6, 7]) yield { bits, order: FIRST, bytes: packedAcross(low, bits) };
  for (const bytes of [2, 3]) {
    if (bytes >= width || bytes * 8 > mantissa + 1) continue;
    yield { bits: 8 * bytes, order: 'low byte first', bytes: interleaved(raw, width, bytes, false) };
    yield { bits: 8 * bytes, order: 'high byte first', bytes: interleaved(raw, width, bytes, true) };
  }
}

function lowBytes(raw: Uint8Array, { width }: Layout): Uint8Array {
  const low = new Uint8Array(raw.byteLength / width);
  for (let i = 0, at = 0; i < low.length; i++, at += width) low[i] = raw[at] ?? 0;
  return low;
}

/** `bits` of each number side by side, 8 / bits numbers a byte. */
function packedAligned(low: Uint8Array, bits: number): Uint8Array {
  const each = 8 / bits;
  const mask = (1 << bits) - 1;
  const packed = new Uint8Array(Math.floor(low.length / each));
  for (let i = 0, at = 0; i < packed.length; i++) {
    let byte = 0;
    for (let j = 0; j < each; j++) byte = (byte << bits) | ((low[at++] ?? 0) & mask);
    packed[i] = byte;
  }
  return packed;
}

/** The same numbers with the first one lowest in the byte, for each byte. */
const TURNED: ReadonlyMap<number, Uint8Array> = new Map([1, 2, 4].map((bits) => [bits, Uint8Array.from({ length: 256 }, (_, byte) => {
  let result = 0;
  for (let j = 0; j < 8; j += bits) result = (result << bits) | ((byte >> j) & ((1 << bits) - 1));
  return result;
})]));

function turned(packed: Uint8Array, bits: number): Uint8Array {
  const table = TURNED.get(bits);
  const result = new Uint8Array(packed.length);
  if (table !== undefined) for (let i = 0; i < packed.length; i++) result[i] = table[packed[i] ?? 0] ?? 0;
  return result;
}

/** `bits` of each number one after another, across the bounds of bytes. */
function packedAcross(low: Uint8Array, bits: number): Uint8Array {
  const mask = (1 << bits) - 1;
  const packed = new Uint8Array(Math.floor((low.length * bits) / 8));
  let [held, count, next] = [0, 0, 0];
  for (let i = 0; i < low.length && next < packed.length; i++) {
    held = ((held << bits) | ((low[i] ?? 0) & mask)) & 0xffff;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    packed[next++] = (held >> count) & 0xff;
  }
  return packed;
}

function interleaved(raw: Uint8Array, width: Bytes, count: Bytes, highFirst: boolean): Uint8Array {
  const numbers = raw.byteLength / width;
  const result = new Uint8Array(numbers * count);
  for (let i = 0, at = 0; i < numbers; i++) for (let j = 0; j < count; j++) result[at++] = raw[i * width + (highFirst ? count - 1 - j : j)] ?? 0;
  return result;
}

/** Signatures too short to be searched for everywhere: at the very beginning, or behind a length. */
const OPENINGS: readonly (readonly [what: string, signature: readonly number[]])[] = [
  ['a zip archive', [0x50, 0x4b, 3, 4]], ['a gzip file', [0x1f, 0x8b, 8, 0]], ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]], ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a]], ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]], ['a bzip2 file', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a]], ['a PNG picture', [0x89, 0x50, 0x4e, 0x47, 0x0d]], ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]], ['a program', [0x7f, 0x45, 0x4c, 0x46]],
];
const OPENING_WITHIN = 17;

function fileIn(bytes: Uint8Array): { readonly what: string; readonly at: number } | undefined {
  for (const [what, signature] of OPENINGS) {
    const last = signature.length > 4 ? OPENING_WITHIN : 8;
    for (let at = 0; at <= last; at++) if (signature.every((byte, i) => bytes[at + i] === byte)) return { what, at };
  }
  const search = new BuriedSearch();
  search.update(bytes, 0);
  const [found] = search.found;
  return found === undefined ? undefined : { what: found.what, at: found.offset };
}

const LEAST_TEXT = 28;
const LEAST_DIFFERENT = 10;

/** A run of letters, digits and signs that no noise makes; ramps of numbers run through the letters as well, in even steps. `carried`: whether the numbers that it was read from may carry one. */
function textIn(bytes: Uint8Array, carried: (begin: number, end: number) => boolean): { readonly begin: number; readonly end: number } | undefined {
  let begin = 0;
  for (let i = 0; i <= bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09 || byte === 0x0d) continue;
    if (i - begin >= LEAST_TEXT && readsAsText(bytes.subarray(begin, i)) && carried(begin, i)) return { begin, end: i };
    begin = i + 1;
  }
  return undefined;
}

function readsAsText(run: Uint8Array): boolean {
  const letters = run.reduce((count, byte) => count + (isWordly(byte) ? 1 : 0), 0);
  return new Set(run).size >= LEAST_DIFFERENT && letters >= run.length * 0.6 && !isRegular(run);
}

/** Numbers that share a scale where weights were quantised and written out again: of so many only 16 differ at four bits. */
const BLOCK = 32;
/** Trained numbers keep their high bits beneath a payload, and nearly all of so many differ (.9 and more). */
const LEAST_VARIED = 0.65;
/** In two bytes what fine-tuning adds to such numbers leaves them near their sixteen values: more than two blocks must spell, and blocks hold 32 (GGUF), 64 (NF4) or 128 (GPTQ). */
const FEWEST_HALVES = 320;

/** Whether the numbers may carry a text. In what four bits came out of a dozen values take turns, and the low bits of a block may happen to be letters all. */
function mayCarry(raw: Uint8Array, { width }: Layout, from: number, to: number): boolean {
  if (width === 2 && to - from < FEWEST_HALVES) return false;
  let [different, count] = [0, 0];
  for (let begin = from - (from % BLOCK); begin < to; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, raw.byteLength / width);
    const seen = new Set<string>();
    for (let i = begin; i < end; i++) seen.add(raw.subarray(i * width, (i + 1) * width).join());
    different += seen.size;
    count += end - begin;
  }
  return different >= LEAST_VARIED * count;
}

/** Letters, digits, blanks, and the signs of paths and of base64. */
function isWordly(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x2f && byte <= 0x39) || byte === 0x20 || byte === 0x5f || byte === 0x2b;
}

/** Steps, from one to the next or at some distance, that stay the same but for rounding: tables, ramps and waves of numbers. */
function isRegular(run: Uint8Array): boolean {
  for (let stride = 1; stride <= 8; stride++) {
    for (let phase = 0; phase < stride; phase++) {
      let [regular, count] = [0, 0];
      for (let i = phase + 2 * stride; i < run.length; i += stride, count++) {
        const bend = ((run[i] ?? 0) - 2 * (run[i - stride] ?? 0) + (run[i - 2 * stride] ?? 0)) & 255;
        if (bend <= 2 || bend >= 254) regular++;
      }
      if (count >= FEWEST_BENDS && regular >= count * 0.8) return true;
    }
  }
  return false;
}

const FEWEST_BENDS = 5;
