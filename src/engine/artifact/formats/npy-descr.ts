// NumPy's description of an element type as it stands in a header (numpy/lib/format.py, descr_to_dtype): a type code, a code
// with a shape, or a list of named fields. Read strictly: whatever is written in another way (escapes, texts side by side,
// names of types) is not guessed at, since it may stand for an array of objects, which is a pickle.
import type { Bytes } from '../../core/units.ts';

export interface ElementType {
  /** Of one element; undefined where only the size of a code is unknown. */
  readonly bytes: Bytes;
  readonly objects: boolean;
}

/** Fields inside fields (CWE-674). */
const MAX_DEPTH = 16;
const CODE = /^'[<>|=]?([?bBhHiIlLqQuefdgFDGSUVaOmMtcpPnN])(\d{0,6})(?:\[[\w/]{1,16}\])?'/;
const NAME = /^'[^'\\]{0,1000}'/;
/** Codes of one letter by their own sizes; with digits the digits are the size. */
const LETTERS: Readonly<Record<string, number>> = { h: 2, H: 2, e: 2, i: 4, I: 4, f: 4, l: 8, L: 8, q: 8, Q: 8, d: 8, F: 8, D: 16, g: 16, G: 32, m: 8, M: 8, p: 8, P: 8, n: 8, N: 8, O: 8 };

export function elementType(descr: string): ElementType | undefined {
  const reader = new Reader(descr);
  const type = reader.type(0);
  return reader.done ? type : undefined;
}

class Reader {
  #rest: string;

  constructor(text: string) {
    this.#rest = text.trim();
  }

  get done(): boolean {
    return this.#rest === '';
  }

  type(depth: number): ElementType | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (this.#take('[')) return this.#fields(depth);
    if (!this.#take('(')) return this.#code();
    const inner = this.type(depth + 1);
    const times = this.#take(',') ? this.#shape() : undefined;
    if (inner === undefined || times === undefined) return undefined;
    this.#take(',');
    return this.#take(')') ? { ...inner, bytes: inner.bytes * times } : undefined;
  }

  #code(): ElementType | undefined {
    const match = CODE.exec(this.#rest);
    if (match === null) return undefined;
    this.#skip(match[0].length);
    const [, letter = '', digits = ''] = match;
    const size = digits === '' || letter === 'm' || letter === 'M' ? (LETTERS[letter] ?? 1) : Number(digits);
    return { bytes: letter === 'U' ? 4 * size : size, objects: letter === 'O' };
  }

  /** Behind '['. */
  #fields(depth: number): ElementType | undefined {
    let [bytes, objects] = [0, false];
    while (!this.#take(']')) {
      if (!this.#take('(') || !this.#name() || !this.#take(',')) return undefined;
      const type = this.type(depth + 1);
      if (type === undefined) return undefined;
      const times = this.#take(',') && !this.#rest.startsWith(')') ? this.#shape() : 1;
      this.#take(',');
      if (times === undefined || !this.#take(')')) return undefined;
      bytes += type.bytes * times;
      objects ||= type.objects;
      if (!this.#take(',') && !this.#rest.startsWith(']')) return undefined;
    }
    return { bytes, objects };
  }

  /** A name, or a title and a name. */
  #name(): boolean {
    const pair = this.#take('(');
    const match = NAME.exec(this.#rest);
    if (match === null) return false;
    this.#skip(match[0].length);
    return !pair || (this.#take(',') && this.#name() && this.#take(')'));
  }

  /** The product of a shape, or of one number. */
  #shape(): number | undefined {
    const match = /^\(\s{0,100}((?:\d{1,15}\s{0,100},?\s{0,100}){0,64})\)|^(\d{1,15})/.exec(this.#rest);
    if (match === null) return undefined;
    this.#skip(match[0].length);
    return ((match[1] ?? match[2] ?? '').match(/\d+/g) ?? []).reduce((product, extent) => product * Number(extent), 1);
  }

  #take(character: string): boolean {
    if (!this.#rest.startsWith(character)) return false;
    this.#skip(1);
    return true;
  }

  #skip(length: number): void {
    this.#rest = this.#rest.slice(length).trimStart();
  }
}
