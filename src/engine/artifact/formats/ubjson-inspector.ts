// UBJSON (draft 12; ubjson.org), in which XGBoost writes its models since 1.6: the structure is walked, texts are kept for the
// rules, numbers are left. Lengths are checked against the file before anything is stepped over, nothing is allocated by them.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import type { FormatMatch } from '../artifact.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import type { Probe } from './reader.ts';

export interface UbjsonText {
  /** Of objects only: 'learner.attributes'. */
  readonly path: string;
  readonly text: string;
  readonly offset: Bytes;
}

export interface UbjsonContent {
  /** Names of the outermost object. */
  readonly keys: readonly string[];
  readonly texts: readonly UbjsonText[];
}

/** CWE-674, CWE-770. */
const LIMITS = {
  depth: 64,
  values: 5_000_000,
  /** Longer texts are read up to here. */
  text: 2 ** 16,
  texts: 10_000,
  key: 4096,
  window: 2 ** 20,
} as const;

/** Bytes of a value by its marker; texts and containers have none. */
const SIZES: ReadonlyMap<string, number> = new Map([['Z', 0], ['N', 0], ['T', 0], ['F', 0], ['i', 1], ['U', 1], ['C', 1], ['I', 2], ['l', 4], ['d', 4], ['L', 8], ['D', 8]]);

export const ubjsonInspector: Inspector<UbjsonContent> = {
  format: 'ubjson',
  match: matchUbjson,
  async inspect(source, desk) {
    const walk = new Walk(source, desk);
    const keys = await walk.outermost();
    desk.parsed(0, source.size, 'UBJSON');
    return { keys, texts: walk.texts };
  },
};

/** '{', the length of a first name as UBJSON writes one, and that name in plain letters. */
function matchUbjson({ source, head }: Probe): FormatMatch | undefined {
  const type = String.fromCharCode(head[1] ?? 0);
  const width = { i: 1, U: 1, I: 2, l: 4, L: 8 }[type];
  if (head[0] === 0x7b && width !== undefined) {
    const bytes = head.subarray(2, 2 + width);
    const length = bytes.reduce((value, byte) => value * 256 + byte, 0);
    const name = head.subarray(2 + width, 2 + width + length);
    if (length > 0 && length < 256 && name.byteLength === length && name.every((byte) => byte >= 0x20 && byte < 0x7f)) return { format: 'ubjson', sure: 'likely', why: 'starts as an object of UBJSON does' };
  }
  return /\.ubj(?:son)?$/i.test(source.path) ? { format: 'ubjson', sure: 'name', why: 'the name is that of UBJSON' } : undefined;
}

class Walk {
  readonly texts: UbjsonText[] = [];
  readonly #source: ByteSource;
  readonly #desk: Desk;
  #window = new Uint8Array(0);
  #begin: Bytes = 0;
  #at: Bytes = 0;
  #values = 0;

  constructor(source: ByteSource, desk: Desk) {
    this.#source = source;
    this.#desk = desk;
  }

  async outermost(): Promise<readonly string[]> {
    const keys: string[] = [];
    const marker = await this.#marker();
    if (marker !== '{' && marker !== '[') throw this.#malformed('an object or a list', marker);
    await this.#container(marker, '', 0, keys);
    if (this.#at < this.#source.size) this.#desk.problem({ code: 'malformed', offset: this.#at, field: 'end', expected: 'nothing behind the outermost value', actual: `${this.#source.size - this.#at} bytes` });
    return keys;
  }

  async #container(kind: string, path: string, depth: number, keys?: string[]): Promise<void> {
    if (depth > LIMITS.depth) throw this.#error('limit-exceeded', `at most ${LIMITS.depth} containers inside one another`, 'more');
    const type = (await this.#peek()) === '$' ? await this.#typed() : undefined;
    const count = (await this.#peek()) === '#' ? await this.#counted() : undefined;
    if (type !== undefined && count === undefined) throw this.#malformed('a count behind a type', 'none');
    const size = type === undefined ? undefined : SIZES.get(type);
    if (kind === '[' && size !== undefined && count !== undefined) return this.#skip(size * count, 'numbers');
    const close = kind === '[' ? ']' : '}';
    for (let i = 0; count === undefined || i < count; i++) {
      if (count === undefined && (await this.#peek()) === close) {
        this.#at++;
        return;
      }
      if (++this.#values > LIMITS.values) throw this.#error('limit-exceeded', `at most ${LIMITS.values} values`, 'more');
      if (this.#values % 4096 === 0) await breathe(this.#desk.signal);
      let inside = path;
      if (kind === '{') {
        const name = await this.#text(LIMITS.key);
        keys?.push(name);
        inside = path === '' ? name : `${path}.${name}`.slice(-LIMITS.key);
      }
      await this.#value(type ?? (await this.#marker()), inside, depth + 1);
    }
  }

  async #value(marker: string, path: string, depth: number): Promise<void> {
    const size = SIZES.get(marker);
    if (size !== undefined) return this.#skip(size, 'a value');
    if (marker === '{' || marker === '[') return this.#container(marker, path, depth);
    if (marker !== 'S' && marker !== 'H') throw this.#malformed('a type of UBJSON', JSON.stringify(marker));
    const offset = this.#at;
    const text = await this.#text(LIMITS.text);
    if (this.texts.length < LIMITS.texts) this.texts.push({ path, text, offset });
    else this.#desk.incomplete(`more than ${LIMITS.texts} texts`);
  }

  async #typed(): Promise<string> {
    this.#at++;
    return this.#marker();
  }

  async #counted(): Promise<number> {
    this.#at++;
    return this.#length();
  }

  /** Its length, and as much of it as asked for. */
  async #text(most: number): Promise<string> {
    const length = await this.#length();
    if (length > this.#source.size - this.#at) throw this.#error('truncated', `${length} bytes of text`, `${this.#source.size - this.#at}`);
    const kept = Math.min(length, most);
    const bytes = await this.#source.slice(this.#at, this.#at + kept);
    this.#at += length;
    return new TextDecoder().decode(bytes);
  }

  async #length(): Promise<number> {
    const at = this.#at;
    const marker = await this.#marker();
    const bytes = await this.#bytes(marker === 'i' || marker === 'U' ? 1 : marker === 'I' ? 2 : marker === 'l' ? 4 : marker === 'L' ? 8 : 0);
    if (bytes.byteLength === 0) throw this.#malformed('the type of a length', JSON.stringify(marker), at);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    // The highest bit is a sign everywhere but in 'U'.
    if ((marker !== 'U' && (bytes[0] ?? 0) > 127) || !Number.isSafeInteger(value)) throw this.#malformed('a length', marker === 'L' ? 'one that no file has' : 'less than nothing', at);
    return value;
  }

  async #marker(): Promise<string> {
    let [byte] = await this.#bytes(1);
    // No-operations stand anywhere.
    while (byte === 0x4e) [byte] = await this.#bytes(1);
    return String.fromCharCode(byte ?? 0);
  }

  async #peek(): Promise<string> {
    const at = this.#at;
    const marker = await this.#marker();
    this.#at = marker === '' ? at : this.#at - 1;
    return marker;
  }

  #skip(size: Bytes, what: string): void {
    if (size > this.#source.size - this.#at) throw this.#error('truncated', `${size} bytes of ${what}`, `${this.#source.size - this.#at}`);
    this.#at += size;
  }

  async #bytes(size: Bytes): Promise<Uint8Array> {
    if (size > this.#source.size - this.#at) throw this.#error('truncated', `${size} more bytes`, `${this.#source.size - this.#at}`);
    if (this.#at < this.#begin || this.#at + size > this.#begin + this.#window.byteLength) {
      this.#begin = this.#at;
      this.#window = await this.#source.slice(this.#at, Math.min(this.#source.size, this.#at + LIMITS.window));
    }
    const from = this.#at - this.#begin;
    this.#at += size;
    return this.#window.subarray(from, from + size);
  }

  #malformed(expected: string, actual: string, offset = this.#at): ArtifactError {
    return this.#error('malformed', expected, actual, offset);
  }

  #error(code: 'malformed' | 'truncated' | 'limit-exceeded', expected: string, actual: string, offset = this.#at): ArtifactError {
    return new ArtifactError({ code, format: 'ubjson', file: this.#source.path, offset, field: 'UBJSON', expected, actual });
  }
}
