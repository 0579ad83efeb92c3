// Reads a text or JSON file out of a hostile artifact: size limit first, UTF-8 checked, nesting bounded before parsing.
// RFC 8259, parsed by the engine's own JSON.parse; duplicate keys, which parsers settle differently, are reported.
import { ArtifactError, type ArtifactErrorFields } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { errorText } from '../core/error-text.ts';
import type { Bytes } from '../core/units.ts';
import { jsonFault } from './json-fault.ts';
import { parsePythonJson } from './python-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface TextLimits {
  readonly maxBytes: Bytes;
  /** CWE-674: recursion over what was parsed must end before the stack does. */
  readonly maxDepth: number;
}

export const CONFIG_LIMITS: TextLimits = { maxBytes: 16 * 2 ** 20, maxDepth: 64 };
/** The largest tokenizer.json in the field (vocabularies of 262,144) are about 35 MB. */
export const TOKENIZER_LIMITS: TextLimits = { maxBytes: 128 * 2 ** 20, maxDepth: 64 };
/** The largest chat templates in the field are about 40 KB. */
export const TEMPLATE_LIMITS: TextLimits = { maxBytes: 256 * 2 ** 10, maxDepth: 64 };

interface JsonPlace {
  readonly format: string;
  readonly file: string;
  readonly offset?: Bytes;
}

export interface ParsedJson {
  readonly value: unknown;
  readonly problems: readonly ArtifactErrorFields[];
}

export async function readText(source: ByteSource, format: string, limits: TextLimits): Promise<string> {
  if (source.size > limits.maxBytes) {
    throw new ArtifactError({ code: 'limit-exceeded', format, file: source.path, field: 'size', expected: `at most ${limits.maxBytes} bytes`, actual: `${source.size} bytes` });
  }
  const bytes = await source.slice(0, source.size);
  const wide = utf16Of(bytes);
  return wide === undefined ? decodeUtf8(bytes, { format, file: source.path }) : new TextDecoder(wide).decode(bytes);
}

/** By the byte order mark alone. */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** Of every text that has to be UTF-8 and is not. */
export const NOT_UTF8 = { code: 'malformed', expected: 'UTF-8 text' } as const;

/** `at.offset`: where in the file the text begins; the error has the place of the first byte that cannot be. */
export function decodeUtf8(bytes: Uint8Array, { offset: begin = 0, ...at }: { readonly format: string; readonly file: string; readonly offset?: number; readonly field?: string }): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const bad = firstNotUtf8(bytes);
    throw new ArtifactError({ ...NOT_UTF8, ...at, offset: begin + bad, actual: bad >= bytes.byteLength ? 'an end within a character' : `byte 0x${(bytes[bad] ?? 0).toString(16).padStart(2, '0')}` });
  }
}

/** The first byte at which the text can be no UTF-8; its length where only its end is missing. */
function firstNotUtf8(bytes: Uint8Array): number {
  const fits = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.byteLength + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Reads a JSON file whose top level must be an object. */
export async function readJsonObject(source: ByteSource, limits: TextLimits): Promise<{ readonly value: JsonObject; readonly problems: readonly ArtifactErrorFields[] }> {
  const text = await readText(source, 'json', limits);
  const { value, problems } = parseJson(text, { format: 'json', file: source.path }, limits.maxDepth);
  if (!isObject(value)) {
    throw new ArtifactError({ code: 'malformed', format: 'json', file: source.path, expected: 'an object', actual: describeType(value) });
  }
  return { value, problems };
}

/** `at.offset`: where in the file the text begins. */
export function parseJson(text: string, at: JsonPlace, maxDepth: number): ParsedJson {
  const problems = scanStructure(text, at, maxDepth);
  try {
    return { value: JSON.parse(text) as unknown, problems };
  } catch (error) {
    const python = pythonJson(text, at);
    if (python !== undefined) return { value: python.value, problems };
    const fault = text.trim() === '' ? undefined : jsonFault(text);
    if (fault === undefined) throw new ArtifactError({ code: 'malformed', ...at, expected: 'JSON', actual: insteadOfJson(text, error) });
    throw new ArtifactError({ code: 'malformed', ...at, offset: (at.offset ?? 0) + fault.offset, expected: fault.expected, actual: fault.actual });
  }
}

function pythonJson(text: string, at: JsonPlace): ReturnType<typeof parsePythonJson> {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new ArtifactError({ code: 'malformed', ...at, expected: 'JSON', actual: errorText(error) });
  }
}

/** What stands where JSON was expected. */
export function insteadOfJson(text: string, error: unknown): string {
  if (text.trim() === '') return text === '' ? 'nothing: it is empty (0 bytes)' : 'nothing but blanks';
  const fault = jsonFault(text);
  return fault === undefined ? errorText(error) : `${fault.actual} at byte ${fault.offset}, where ${fault.expected} belongs`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_DUPLICATES_LISTED = 16;

/** One pass over the characters: nesting depth and duplicate keys. Says nothing of other syntax errors, which JSON.parse finds. */
function scanStructure(text: string, at: JsonPlace, maxDepth: number): ArtifactErrorFields[] {
  const placeOf = (index: number): Bytes => (at.offset ?? 0) + new TextEncoder().encode(text.slice(0, index)).byteLength;
  const problems: ArtifactErrorFields[] = [];
  /** Keys seen at each level; undefined for an array. */
  const levels: (Set<string> | undefined)[] = [];
  let lastString: { begin: number; end: number } | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) {
      const begin = i;
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++;
      lastString = { begin, end: i + 1 };
    } else if (char === 0x7b || char === 0x5b) {
      levels.push(char === 0x7b ? new Set() : undefined);
      if (levels.length > maxDepth) {
        throw new ArtifactError({ code: 'limit-exceeded', ...at, offset: placeOf(i), field: 'nesting', expected: `at most ${maxDepth} levels`, actual: 'more' });
      }
    } else if (char === 0x7d || char === 0x5d) {
      levels.pop();
    } else if (char === 0x3a && lastString !== undefined) {
      const keys = levels.at(-1);
      const key = unescapeKey(text.slice(lastString.begin, lastString.end));
      if (keys?.has(key) && problems.length < MAX_DUPLICATES_LISTED) {
        problems.push({ code: 'malformed', ...at, offset: placeOf(lastString.begin), field: key, expected: 'each key once', actual: 'a duplicate key (the last one is used)' });
      }
      keys?.add(key);
      lastString = undefined;
    }
  }
  return problems;
}

function unescapeKey(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return notFinite(value) ?? (typeof value === 'object' ? 'an object' : `a ${typeof value}`);
}

/** JSON bounds no number (1e999), and Python writes Infinity and NaN: JSON.stringify calls them all null. */
function notFinite(value: unknown): string | undefined {
  if (Number.isNaN(value)) return 'NaN, which is no number';
  return typeof value === 'number' && !Number.isFinite(value) ? 'a number too large to be read (beyond 1.8e308)' : undefined;
}

const MAX_JSON_SHOWN = 80;

/** A value out of a JSON file as it stands there, cut. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  return notFinite(value) ?? (JSON.stringify(value, (_, inner: unknown) => notFinite(inner) ?? inner) ?? describeType(value)).slice(0, MAX_JSON_SHOWN);
}
