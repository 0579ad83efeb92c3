// Keras configurations inside binary files: HDF5 attributes and TensorFlow's keras_metadata.pb hold them as JSON in one
// piece. Found by their text, wherever they stand, so that a damaged or unusual structure around them hides nothing.
// What it can miss: text that the file holds compressed or in several pieces (HDF5's dense attributes past 64 KB).
import { breathe } from '../../core/cancel.ts';
import type { ByteSource } from '../../core/byte-source.ts';
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
} as const;

/** Keras writes the first key in every object it serialises, the second where it keeps how a model is trained. */
const MARKS = ['"class_name"', '"loss":'].map((text) => new TextEncoder().encode(text));
const LONGEST_MARK = 16;

export async function findConfigs(source: ByteSource, desk: Desk): Promise<EmbeddedJson[]> {
  const found: EmbeddedJson[] = [];
  let at = 0;
  while (at < source.size && found.length < LIMITS.maxFound) {
    await breathe(desk.signal);
    const chunk = await source.slice(at, at + LIMITS.chunk);
    const index = MARKS.reduce((first, mark) => {
      const place = indexOf(chunk, mark);
      return place < 0 || (first >= 0 && first < place) ? first : place;
    }, -1);
    if (index < 0) {
      at += Math.max(1, chunk.byteLength - LONGEST_MARK + 1);
      if (chunk.byteLength < LIMITS.chunk) break;
      continue;
    }
    const config = await configAround(source, at + index);
    found.push(config);
    at = Math.max(config.end, at + index + 1);
  }
  return found;
}

async function configAround(source: ByteSource, mark: Bytes): Promise<EmbeddedJson> {
  const leadBegin = Math.max(0, mark - LIMITS.maxLead);
  const lead = await source.slice(leadBegin, mark);
  let textBegin = lead.length;
  while (textBegin > 0 && isText(lead[textBegin - 1] ?? 0)) textBegin--;
  const rest = await source.slice(mark, mark + LIMITS.maxConfig);
  // The outermost '{' first: it may be a stray byte before the text, so that the next ones are tried as well.
  for (let i = lead.indexOf(0x7b, textBegin); i >= 0; i = lead.indexOf(0x7b, i + 1)) {
    const length = objectEnd(lead.subarray(i), rest);
    if (length === undefined) continue;
    const text = new TextDecoder('utf-8').decode(Uint8Array.of(...lead.subarray(i), ...rest.subarray(0, Math.max(0, length - (lead.length - i)))));
    try {
      const { value } = parseJson(text, { format: 'json', file: source.path }, LIMITS.maxDepth);
      return { begin: leadBegin + i, end: leadBegin + i + length, value, text };
    } catch {
      // Not the beginning of it; the next brace may be.
    }
  }
  let end = 0;
  while (end < rest.length && end < LIMITS.maxLead && isText(rest[end] ?? 0)) end++;
  return { begin: leadBegin + textBegin, end: mark + end, value: undefined, text: new TextDecoder('utf-8').decode(rest.subarray(0, end)) };
}

/** Length of the object that begins with `head` and goes on in `rest`, by its braces outside of strings. */
function objectEnd(head: Uint8Array, rest: Uint8Array): number | undefined {
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
  return undefined;
}

function isText(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function indexOf(bytes: Uint8Array, mark: Uint8Array): number {
  const first = mark[0] ?? 0;
  for (let i = bytes.indexOf(first); i >= 0 && i + mark.length <= bytes.length; i = bytes.indexOf(first, i + 1)) {
    let k = 1;
    while (k < mark.length && bytes[i + k] === mark[k]) k++;
    if (k === mark.length) return i;
  }
  return -1;
}
