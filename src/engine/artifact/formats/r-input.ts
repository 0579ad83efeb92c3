// The three forms in which R writes the same items (R Internals, section 1.8; src/main/serialize.c): words of four bytes with
// the highest first (XDR) or as one machine has them, and plain text, in which every number and every text is a word of its own
// and what cannot be printed is written with a backslash.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';

export type RForm = 'xdr' | 'native' | 'text';

const CHUNK: Bytes = 2 ** 18;
/** Bytes of one word of the text form (CWE-770). */
const MAX_WORD: Bytes = 2 ** 20;
/** How R writes a number that is missing. */
const MISSING = -(2 ** 31);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', v: '\v', b: '\b', r: '\r', f: '\f', a: '\x07' };

export class RInput {
  at: Bytes;
  #window = new Uint8Array(0);
  #windowAt: Bytes = 0;

  constructor(
    private readonly source: ByteSource,
    begin: Bytes,
    readonly form: RForm,
    private readonly signal: CancelSignal,
  ) {
    this.at = begin;
  }

  get left(): Bytes {
    return this.source.size - this.at;
  }

  async word(): Promise<number> {
    if (this.form === 'text') {
      const token = await this.#token();
      if (token === 'NA') return MISSING;
      if (!/^-?\d{1,10}$/.test(token)) throw this.odd('number', 'a number', token.slice(0, 40));
      return Number(token);
    }
    const bytes = await this.#bytes(4);
    if (bytes.byteLength < 4) throw this.odd('item', '4 bytes', `${bytes.byteLength} bytes`, 'truncated');
    this.at += 4;
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, this.form === 'native');
  }

  /** A text of so many bytes, of which the first `kept` are returned. */
  async text(length: Bytes, kept: Bytes): Promise<string> {
    if (length < 0 || length > this.left) throw this.odd('length of a text', `at most ${this.left}`, String(length));
    if (this.form === 'text') return length === 0 ? '' : unescape(await this.#token()).slice(0, kept);
    const text = new TextDecoder().decode(await this.#bytes(Math.min(length, kept)));
    this.at += length;
    return text;
  }

  /** `count` numbers of so many bytes each. */
  async skip(count: number, size: Bytes): Promise<void> {
    if (this.form === 'text') return this.#skipTokens(count);
    if (count * size > this.left) throw this.odd('bytes', `${count * size}`, `${this.left}`, 'truncated');
    this.at += count * size;
  }

  odd(field: string, expected: string, actual: string, code: 'malformed' | 'truncated' = 'malformed'): ArtifactError {
    return new ArtifactError({ code, format: 'r', file: this.source.path, offset: this.at, field, expected, actual });
  }

  /** The next bytes, as many as there are; stays where it is. */
  async #bytes(count: Bytes): Promise<Uint8Array> {
    if (this.at < this.#windowAt || this.at + count > this.#windowAt + this.#window.byteLength) {
      this.#window = await this.source.slice(this.at, Math.min(this.source.size, this.at + Math.max(CHUNK, count)));
      this.#windowAt = this.at;
    }
    return this.#window.subarray(this.at - this.#windowAt, this.at - this.#windowAt + count);
  }

  async #skipTokens(count: number): Promise<void> {
    let left = count;
    let inside = false;
    while (left > 0) {
      await breathe(this.signal);
      const bytes = await this.#bytes(1);
      if (bytes.byteLength === 0) {
        if (inside && left === 1) return;
        throw this.odd('items', `${left} more`, 'the end of the file', 'truncated');
      }
      const from = this.at - this.#windowAt;
      let i = from;
      for (; i < this.#window.byteLength; i++) {
        const printed = (this.#window[i] ?? 0) > 0x20;
        if (inside && !printed && --left === 0) break;
        inside = printed;
      }
      this.at += i - from;
    }
  }

  async #token(): Promise<string> {
    let text = '';
    let begun = false;
    for (let bytes = await this.#bytes(1); ; bytes = await this.#bytes(1)) {
      if (bytes.byteLength === 0) {
        if (begun) return text;
        throw this.odd('item', 'a word', 'the end of the file', 'truncated');
      }
      const from = this.at - this.#windowAt;
      let i = from;
      while (!begun && i < this.#window.byteLength && (this.#window[i] ?? 0) <= 0x20) i++;
      const begin = i;
      while (i < this.#window.byteLength && (this.#window[i] ?? 0) > 0x20) i++;
      begun ||= i > begin;
      for (let k = begin; k < i; k += 8192) text += String.fromCharCode(...this.#window.subarray(k, Math.min(i, k + 8192)));
      if (text.length > MAX_WORD) throw this.odd('word', `at most ${MAX_WORD} bytes`, 'more');
      this.at += i - from;
      if (begun && i < this.#window.byteLength) return text;
    }
  }
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) => (/^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : (ESCAPES[code] ?? code)));
}
