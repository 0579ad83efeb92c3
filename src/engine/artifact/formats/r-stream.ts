// R's serialisation in any of its forms (R Internals, section 1.8; src/main/serialize.c; versions 2 and 3): one item after another, each with a word of flags. Walked without recursion and without keeping numbers. Told are calls by the name they
// begin with, promises (values that are computed when somebody looks at them, CVE-2024-27322) with what they would run, and
// compiled code. What it can miss: what a function's body does when somebody calls it.
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import { RInput, type RForm } from './r-input.ts';

export interface RCall {
  readonly offset: Bytes;
  /** The function's name; undefined where a call's result is called. */
  readonly name: string | undefined;
  /** Inside of a promise. */
  readonly promised: boolean;
  /** Inside of a function's body. */
  readonly inFunction: boolean;
}

export interface RContent {
  readonly version: number;
  readonly calls: readonly RCall[];
  /** `outermost`: the value itself, or a variable of a saved workspace. */
  readonly promises: readonly { readonly offset: Bytes; readonly outermost: boolean }[];
  readonly texts: readonly { readonly offset: Bytes; readonly text: string }[];
  /** Vectors of plain bytes. */
  readonly raws: readonly { readonly begin: Bytes; readonly end: Bytes }[];
  readonly end: Bytes;
}

const R_LIMITS = {
  /** Items of one file (CWE-400). */
  maxItems: 20_000_000,
  /** Items that wait to be read (CWE-674). */
  maxWaiting: 1_000_000,
  maxListed: 4096,
  maxText: 4096,
} as const;

/** What is to be read next, in which surroundings. `word`: an item of compiled code, behind a word that says of what type. */
interface Task {
  readonly kind: 'item' | 'word' | 'code' | 'constants';
  /** What a call begins with. */
  readonly head: boolean;
  readonly promised: boolean;
  readonly inFunction: boolean;
  readonly outermost: boolean;
}

/** `begin`: behind the two bytes that say in which form it is written. */
export async function readR(source: ByteSource, begin: Bytes, form: RForm, signal: CancelSignal): Promise<RContent> {
  return new RReader(new RInput(source, begin, form, signal), signal).read();
}

class RReader {
  readonly #calls: RCall[] = [];
  readonly #promises: RContent['promises'][number][] = [];
  readonly #texts: RContent['texts'][number][] = [];
  readonly #raws: RContent['raws'][number][] = [];
  /** Behind '::': symbols until the function's name. */
  #namespaced = 0;
  /** Symbols, by the number that references to them carry; '' for environments and the like. */
  readonly #references: string[] = [];
  readonly #tasks: Task[] = [];

  constructor(
    private readonly input: RInput,
    private readonly signal: CancelSignal,
  ) {}

  async read(): Promise<RContent> {
    const { input } = this;
    const version = await input.word();
    if (version !== 2 && version !== 3) throw input.odd('version', '2 or 3', String(version));
    await input.skip(2, 4);
    if (version === 3) await input.text(await this.#count(1), 64);
    this.#push({ kind: 'item', head: false, promised: false, inFunction: false, outermost: true });
    let items = 0;
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (items % 16_384 === 0) await breathe(this.signal);
      if (++items > R_LIMITS.maxItems) throw this.input.odd('items', `at most ${R_LIMITS.maxItems}`, 'more');
      if (task.kind === 'item') await this.#item(task);
      else await this.#compiled(task);
    }
    return { version, calls: this.#calls, promises: this.#promises, texts: this.#texts, raws: this.#raws, end: input.at };
  }

  /** Compiled code (R_ReadBC): instructions, then constants, of which calls are written in a way of their own. */
  async #compiled(task: Task): Promise<void> {
    const inside: Task = { ...task, kind: 'item', head: false, outermost: false };
    if (task.kind === 'code') return this.#then(inside, { ...inside, kind: 'constants' });
    if (task.kind === 'constants') return this.#repeat({ ...inside, kind: 'word' }, await this.#count(4));
    let type = await this.input.word();
    if (type === 243) return this.input.skip(1, 4);
    if (type === 21) return this.#push({ ...inside, kind: 'code' });
    if (type === 244) {
      await this.input.skip(1, 4);
      type = await this.input.word();
    }
    const called = type === 6 || type === 240;
    if (!called && type !== 2 && type !== 239) return this.#push({ ...inside, head: task.head });
    const word: Task = { ...inside, kind: 'word' };
    this.#then((type === 239 || type === 240) && inside, inside, { ...word, head: called }, word);
  }

  async #item(task: Task): Promise<void> {
    const offset = this.input.at;
    const flags = await this.input.word();
    const [type, attributes, tagged] = [flags & 0xff, (flags & 0x200) !== 0, (flags & 0x400) !== 0];
    const inside: Task = { ...task, head: false, outermost: false };
    switch (type) {
      case 1: // symbol
        this.#references.push(await this.#characters());
        return this.#symbol(offset, this.#references.at(-1), task);
      case 255: {
        const packed = flags >>> 8;
        const index = packed === 0 ? await this.input.word() : packed;
        return this.#symbol(offset, this.#references[index - 1], task);
      }
      case 2: // a pair: attributes, tag, value, and the rest; a workspace is a list of its variables
        return this.#then(attributes && inside, tagged && inside, { ...inside, outermost: task.outermost && tagged }, { ...task, head: false });
      case 6: // a call: what is called, and a list of what it is given
        return this.#then(attributes && inside, tagged && inside, { ...inside, head: true }, inside);
      case 5: // a promise: an environment (unless it was computed), the value, the expression
        if (this.#promises.length < R_LIMITS.maxListed) this.#promises.push({ offset, outermost: task.outermost });
        return this.#then(attributes && inside, tagged && inside, inside, { ...inside, promised: true });
      case 3: // a function: its environment, its arguments, its body
        return this.#then(attributes && inside, tagged && inside, { ...inside, inFunction: true }, { ...inside, inFunction: true });
      case 17: return this.#then(attributes && inside, tagged && inside, inside, inside);
      case 4: // an environment: locked, enclosure, frame, hash table, attributes
        this.#references.push('');
        await this.input.skip(1, 4);
        return this.#then(inside, inside, inside, inside);
      case 7: case 8:
        await this.input.text(await this.#count(1), R_LIMITS.maxText);
        return;
      case 9:
        await this.#text(offset, await this.input.word());
        return;
      case 10: case 13: return this.#vector(4, attributes, inside);
      case 14: return this.#vector(8, attributes, inside);
      case 15: return this.#vector(16, attributes, inside);
      case 24: {
        const size = await this.#count(1);
        const { at, form } = this.input;
        if (form !== 'text' && this.#raws.length < R_LIMITS.maxListed && size > 0) this.#raws.push({ begin: at, end: at + size });
        await this.input.skip(size, 1);
        return this.#then(attributes && inside);
      }
      case 16: case 19: case 20: { // texts, lists, expressions
        const count = await this.#count(4);
        this.#then(attributes && inside);
        return this.#repeat(inside, count);
      }
      case 21:
        await this.input.skip(1, 4);
        return this.#then({ ...inside, kind: 'code' }, attributes && inside);
      case 22: // a pointer: protected value, tag
        this.#references.push('');
        return this.#then(inside, inside, attributes && inside);
      case 23:
        this.#references.push('');
        return this.#then(attributes && inside);
      case 25: return this.#then(attributes && inside);
      case 238: return this.#then(inside, inside, inside);
      case 247: case 248: case 249:
        this.#references.push('');
        await this.input.skip(1, 4);
        return this.#repeat(inside, await this.#count(4));
      case 241: case 242: case 250: case 251: case 252: case 253: case 254: return;
      default: throw this.input.odd('type of an item', 'one that R writes', String(type));
    }
  }

  /** In this order. */
  #then(...tasks: readonly (Task | false)[]): void {
    for (const next of [...tasks].reverse()) if (next !== false) this.#push(next);
  }

  #repeat(task: Task, count: number): void {
    if (this.#tasks.length + count > R_LIMITS.maxWaiting) throw this.input.odd('items of a list', `at most ${R_LIMITS.maxWaiting}`, String(count));
    for (let i = 0; i < count; i++) this.#push(task);
  }

  async #vector(size: Bytes, attributes: boolean, inside: Task): Promise<void> {
    const count = await this.#count(size);
    if (this.input.form === 'text' && count > R_LIMITS.maxItems) throw this.input.odd('items', `at most ${R_LIMITS.maxItems}`, String(count));
    // A complex number is written as two.
    await this.input.skip(this.input.form === 'text' && size === 16 ? 2 * count : count, size);
    this.#then(attributes && inside);
  }

  /** 'system(…)' and 'base::system(…)' are calls of system. */
  #symbol(offset: Bytes, name: string | undefined, { head, promised, inFunction }: Task): void {
    if (head && (name === '::' || name === ':::')) {
      this.#namespaced = 2;
      return;
    }
    const called = head || (this.#namespaced > 0 && --this.#namespaced === 0);
    if (called && this.#calls.length < R_LIMITS.maxListed) this.#calls.push({ offset, name, promised, inFunction });
  }

  /** A symbol's name: one item of characters. */
  async #characters(): Promise<string> {
    const offset = this.input.at;
    const flags = await this.input.word();
    if ((flags & 0xff) !== 9) throw this.input.odd('name of a symbol', 'characters', `an item of type ${flags & 0xff}`);
    return this.#text(offset, await this.input.word());
  }

  async #text(offset: Bytes, length: number): Promise<string> {
    if (length === -1) return '';
    const text = await this.input.text(length, R_LIMITS.maxText);
    if (text.length >= 8 && this.#texts.length < R_LIMITS.maxListed) this.#texts.push({ offset, text });
    return text;
  }

  /** Elements of so many bytes each; as many as the file has room for. */
  async #count(size: Bytes): Promise<number> {
    let count = await this.input.word();
    if (count === -1) count = (await this.input.word()) * 2 ** 32 + ((await this.input.word()) >>> 0);
    const least = this.input.form === 'text' ? 1 : size;
    if (count < 0 || count * least > this.input.left) throw this.input.odd('length', `at most ${this.input.left} bytes`, `${count} x ${size}`);
    return count;
  }

  #push(task: Task): void {
    if (this.#tasks.length >= R_LIMITS.maxWaiting) throw this.input.odd('items that wait', `at most ${R_LIMITS.maxWaiting}`, 'more');
    this.#tasks.push(task);
  }
}
