// R's serialisation in its portable form (R Internals, section 1.8; src/main/serialize.c; versions 2 and 3): one item after
// another, each with a word of flags. Walked without recursion and without keeping numbers. Told are calls by the name they
// begin with, promises (values that are computed when somebody looks at them, CVE-2024-27322) with what they would run, and
// compiled code. What it can miss: what a function's body does when somebody calls it.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';

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

export const R_LIMITS = {
  /** Items of one file (CWE-400). */
  maxItems: 20_000_000,
  /** Items that wait to be read (CWE-674). */
  maxWaiting: 1_000_000,
  maxListed: 4096,
  maxText: 4096,
} as const;

const CHUNK: Bytes = 2 ** 18;

/** What is to be read next, in which surroundings. `word`: an item of compiled code, behind a word that says of what type. */
interface Task {
  readonly kind: 'item' | 'word' | 'code' | 'constants';
  /** What a call begins with. */
  readonly head: boolean;
  readonly promised: boolean;
  readonly inFunction: boolean;
  readonly outermost: boolean;
}

export async function readR(source: ByteSource, begin: Bytes, signal: CancelSignal): Promise<RContent> {
  return new RReader(source, begin, signal).read();
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
  #at: Bytes;
  #window = new Uint8Array(0);
  #windowAt: Bytes = 0;

  constructor(
    private readonly source: ByteSource,
    begin: Bytes,
    private readonly signal: CancelSignal,
  ) {
    this.#at = begin;
  }

  async read(): Promise<RContent> {
    await this.#skip(2);
    const version = await this.#word();
    if (version !== 2 && version !== 3) throw this.#odd('version', '2 or 3', String(version));
    await this.#skip(8);
    if (version === 3) await this.#skip(await this.#count(1));
    this.#push({ kind: 'item', head: false, promised: false, inFunction: false, outermost: true });
    let items = 0;
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (items % 16_384 === 0) await breathe(this.signal);
      if (++items > R_LIMITS.maxItems) throw this.#odd('items', `at most ${R_LIMITS.maxItems}`, 'more');
      if (task.kind === 'item') await this.#item(task);
      else await this.#compiled(task);
    }
    return { version, calls: this.#calls, promises: this.#promises, texts: this.#texts, raws: this.#raws, end: this.#at };
  }

  /** Compiled code (R_ReadBC): instructions, then constants, of which calls are written in a way of their own. */
  async #compiled(task: Task): Promise<void> {
    const inside: Task = { ...task, kind: 'item', head: false, outermost: false };
    if (task.kind === 'code') return this.#then(inside, { ...inside, kind: 'constants' });
    if (task.kind === 'constants') return this.#repeat({ ...inside, kind: 'word' }, await this.#count(4));
    let type = await this.#word();
    if (type === 243) return this.#skip(4);
    if (type === 21) return this.#push({ ...inside, kind: 'code' });
    if (type === 244) {
      await this.#skip(4);
      type = await this.#word();
    }
    const called = type === 6 || type === 240;
    if (!called && type !== 2 && type !== 239) return this.#push({ ...inside, head: task.head });
    const word: Task = { ...inside, kind: 'word' };
    this.#then((type === 239 || type === 240) && inside, inside, { ...word, head: called }, word);
  }

  async #item(task: Task): Promise<void> {
    const offset = this.#at;
    const flags = await this.#word();
    const [type, attributes, tagged] = [flags & 0xff, (flags & 0x200) !== 0, (flags & 0x400) !== 0];
    const inside: Task = { ...task, head: false, outermost: false };
    switch (type) {
      case 1: // symbol
        this.#references.push(await this.#characters());
        return this.#symbol(offset, this.#references.at(-1), task);
      case 255: {
        const packed = flags >>> 8;
        const index = packed === 0 ? await this.#word() : packed;
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
        await this.#skip(4);
        return this.#then(inside, inside, inside, inside);
      case 7: case 8: return this.#skip(await this.#count(1));
      case 9:
        await this.#text(offset, await this.#word());
        return;
      case 10: case 13: return this.#vector(4, attributes, inside);
      case 14: return this.#vector(8, attributes, inside);
      case 15: return this.#vector(16, attributes, inside);
      case 24: {
        const size = await this.#count(1);
        if (this.#raws.length < R_LIMITS.maxListed && size > 0) this.#raws.push({ begin: this.#at, end: this.#at + size });
        await this.#skip(size);
        return this.#then(attributes && inside);
      }
      case 16: case 19: case 20: { // texts, lists, expressions
        const count = await this.#count(4);
        this.#then(attributes && inside);
        return this.#repeat(inside, count);
      }
      case 21:
        await this.#skip(4);
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
        await this.#skip(4);
        return this.#repeat(inside, await this.#count(4));
      case 241: case 242: case 250: case 251: case 252: case 253: case 254: return;
      default: throw this.#odd('type of an item', 'one that R writes', String(type));
    }
  }

  /** In this order. */
  #then(...tasks: readonly (Task | false)[]): void {
    for (const next of [...tasks].reverse()) if (next !== false) this.#push(next);
  }

  #repeat(task: Task, count: number): void {
    if (this.#tasks.length + count > R_LIMITS.maxWaiting) throw this.#odd('items of a list', `at most ${R_LIMITS.maxWaiting}`, String(count));
    for (let i = 0; i < count; i++) this.#push(task);
  }

  async #vector(size: Bytes, attributes: boolean, inside: Task): Promise<void> {
    await this.#skip((await this.#count(size)) * size);
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
    const offset = this.#at;
    const flags = await this.#word();
    if ((flags & 0xff) !== 9) throw this.#odd('name of a symbol', 'characters', `an item of type ${flags & 0xff}`);
    return this.#text(offset, await this.#word());
  }

  async #text(offset: Bytes, length: number): Promise<string> {
    if (length === -1) return '';
    if (length < 0 || length > this.source.size - this.#at) throw this.#odd('length of a text', `at most ${this.source.size - this.#at}`, String(length));
    const kept = Math.min(length, R_LIMITS.maxText);
    const text = new TextDecoder().decode(await this.#bytes(kept));
    this.#at += length;
    if (text.length >= 8 && this.#texts.length < R_LIMITS.maxListed) this.#texts.push({ offset, text });
    return text;
  }

  /** Elements of so many bytes each; as many as the file has room for. */
  async #count(size: Bytes): Promise<number> {
    let count = await this.#word();
    if (count === -1) count = (await this.#word()) * 2 ** 32 + ((await this.#word()) >>> 0);
    if (count < 0 || count * size > this.source.size - this.#at) throw this.#odd('length', `at most ${this.source.size - this.#at} bytes`, `${count} x ${size}`);
    return count;
  }

  #push(task: Task): void {
    if (this.#tasks.length >= R_LIMITS.maxWaiting) throw this.#odd('items that wait', `at most ${R_LIMITS.maxWaiting}`, 'more');
    this.#tasks.push(task);
  }

  async #word(): Promise<number> {
    const bytes = await this.#bytes(4);
    if (bytes.byteLength < 4) throw this.#odd('item', '4 bytes', `${bytes.byteLength} bytes`, 'truncated');
    this.#at += 4;
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0);
  }

  /** The next bytes, as many as there are; stays where it is. */
  async #bytes(count: Bytes): Promise<Uint8Array> {
    if (this.#at < this.#windowAt || this.#at + count > this.#windowAt + this.#window.byteLength) {
      this.#window = await this.source.slice(this.#at, Math.min(this.source.size, this.#at + Math.max(CHUNK, count)));
      this.#windowAt = this.#at;
    }
    return this.#window.subarray(this.#at - this.#windowAt, this.#at - this.#windowAt + count);
  }

  async #skip(count: Bytes): Promise<void> {
    if (count > this.source.size - this.#at) throw this.#odd('bytes', `${count}`, `${this.source.size - this.#at}`, 'truncated');
    this.#at += count;
  }

  #odd(field: string, expected: string, actual: string, code: 'malformed' | 'truncated' = 'malformed'): ArtifactError {
    return new ArtifactError({ code, format: 'r', file: this.source.path, offset: this.#at, field, expected, actual });
  }
}
