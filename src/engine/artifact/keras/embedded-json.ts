// Keras configurations inside binary files: HDF5 attributes and TensorFlow's keras_metadata.pb hold them as JSON in one
// piece. Found by their text, wherever they stand, so that a damaged or unusual structure around them hides nothing.
// What it can miss: text that the file holds compressed or in several pieces (HDF5's dense attributes past 64 KB).
import { breathe } from '../../core/cancel.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { shown } from '../../core/shown.ts';
import type { Bytes } from '../../core/units.ts';
import type { Desk } from '../inspect/inspection.ts';
import { parseJson } from '../text.ts';

export interface EmbeddedJson {
  readonly begin: Bytes;
  readonly end: Bytes;
  /** Undefined where the text around the mark is no JSON; then `text` is what stands there. */
  readonly value: unknown;
  readonly text: string;
}

const LIMITS = {
  chunk: 2 ** 22,
  /** Bytes of one configuration; the largest in the field have some megabytes. */
  maxConfig: 2 ** 24,
  /** How far before the mark a configuration may begin. */
  maxLead: 2 ** 16,
  maxFound: 10_000,
  maxDepth: 256,
  /** Braces before a mark that are tried as the beginning, and bytes passed over by all that are tried (CWE-407). */
  maxTried: 32,
  leastRead: 2 ** 16,
  maxWork: 2 ** 28,
} as const;

/** Keras writes the first key in every object it serialises, the second where it keeps how a model is trained. */
const MARKS = ['"class_name"', '"loss":'].map((text) => new TextEncoder().encode(text));
/** A letter written as a number, which nobody does but to hide a key. */
const WRITTEN = new TextEncoder().encode('\\u00');
const isLetter = (digit: number | undefined): boolean => digit !== undefined && digit >= 0x34 && digit <= 0x37;
/** The key of a class, or one that is written in numbers, and not a word in some other text. */
const IS_KEY = /^(?:"class_name"|[\w\\]{4,60}")\s{0,20}:/;
const LONGEST_MARK = 16;
const STEP = 16;

export async function findConfigs(source: ByteSource, desk: Desk): Promise<EmbeddedJson[]> {
  const found: EmbeddedJson[] = [];
  const work = { left: LIMITS.maxWork as Bytes };
  let at = 0;
  while (at < source.size && found.length < LIMITS.maxFound) {
    await breathe(desk.signal);
    const chunk = await source.slice(at, at + LIMITS.chunk);
    const index = Math.min(...[...MARKS.map((mark) => indexOf(chunk, mark)), indexOf(chunk, WRITTEN, isLetter)].filter((place) => place >= 0), chunk.byteLength);
    if (index === chunk.byteLength) {
      at += Math.max(1, chunk.byteLength - LONGEST_MARK + 1);
      if (chunk.byteLength < LIMITS.chunk) break;
      continue;
    }
    const config = await configAround(source, at + index, work);
    found.push(config);
    // Whoever loads it reads it as JSON: what no JSON can be made of stands there to be passed over.
    if (config.value === undefined && IS_KEY.test(config.text)) desk.problem({ code: 'malformed', offset: at + index, field: 'Keras configuration', expected: 'JSON', actual: shown(config.text, 80) });
    at = Math.max(config.end, at + index + 1);
  }
  return found;
}

async function configAround(source: ByteSource, mark: Bytes, work: { left: Bytes }): Promise<EmbeddedJson> {
  const leadBegin = Math.max(0, mark - LIMITS.maxLead);
  const lead = await source.slice(leadBegin, mark);
  let textBegin = lead.length;
  while (textBegin > 0 && isText(lead[textBegin - 1] ?? 0)) textBegin--;
  let rest = new Uint8Array(0);
  // Most are short: more is read only where the braces do not close.
  for (let size = LIMITS.leastRead; size <= LIMITS.maxConfig && (size === LIMITS.leastRead || rest.length === size / STEP) && work.left > 0; size *= STEP) {
    rest = await source.slice(mark, mark + size);
    const found = outermost(lead, textBegin, rest, rest.length === size && size < LIMITS.maxConfig, source.path, work);
    if (found !== undefined) return { ...found, begin: leadBegin + found.begin, end: leadBegin + found.end };
  }
  let end = 0;
  while (end < rest.length && end < LIMITS.maxLead && isText(rest[end] ?? 0)) end++;
  return { begin: leadBegin + textBegin, end: mark + end, value: undefined, text: new TextDecoder('utf-8').decode(rest.subarray(0, end)) };
}

/** The object around the mark, which is where `rest` begins; places count from the lead's first byte. `more`: there are bytes behind `rest`. */
function outermost(lead: Uint8Array, textBegin: number, rest: Uint8Array, more: boolean, file: string, work: { left: Bytes }): EmbeddedJson | undefined {
  let tried = 0;
  // The outermost '{' first: it may be a stray byte before the text, so that the next ones are tried as well.
  for (let i = lead.indexOf(0x7b, textBegin); i >= 0 && tried++ < LIMITS.maxTried && work.left > 0; i = lead.indexOf(0x7b, i + 1)) {
    const length = objectEnd(lead.subarray(i), rest);
    work.left -= typeof length === 'number' ? length : lead.length - i + rest.length;
    if (length === 'on' && more) return undefined;
    if (typeof length !== 'number') continue;
    const text = textOf(lead.subarray(i), rest.subarray(0, Math.max(0, length - (lead.length - i))));
    try {
      return { begin: i, end: i + length, value: parseJson(text, { format: 'json', file }, LIMITS.maxDepth).value, text };
    } catch {
      // Not the beginning of it; the next brace may be.
    }
  }
  return undefined;
}

/** Length of the object that begins with `head` and goes on in `rest`, by its braces outside of strings; 'on' where they do not close. */
function objectEnd(head: Uint8Array, rest: Uint8Array): number | 'on' | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < head.length + rest.length; i++) {
    const byte = (i < head.length ? head[i] : rest[i - head.length]) ?? 0;
    if (quoted) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b) depth++;
    else if (byte === 0x7d) {
      depth--;
      if (depth === 0) return i + 1;
    } else if (byte < 0x09) return undefined;
  }
  return 'on';
}

function textOf(head: Uint8Array, rest: Uint8Array): string {
  const bytes = new Uint8Array(head.length + rest.length);
  bytes.set(head);
  bytes.set(rest, head.length);
  return new TextDecoder('utf-8').decode(bytes);
}

function isText(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function indexOf(bytes: Uint8Array, mark: Uint8Array, next?: (byte: number | undefined) => boolean): number {
  const first = mark[0] ?? 0;
  for (let i = bytes.indexOf(first); i >= 0 && i + mark.length <= bytes.length; i = bytes.indexOf(first, i + 1)) {
    let k = 1;
    while (k < mark.length && bytes[i + k] === mark[k]) k++;
    if (k === mark.length && next?.(bytes[i + k]) !== false) return i;
  }
  return -1;
}
