// bzip2 decompression (Julian Seward's format as Joe Tsai's specification of 2016 writes it down). Blocks of at most 900,000
// bytes before the run-length step are decoded one by one, each when all of it is there; a block that is cut short is tried
// again when twice as much has come. Checksums are passed over. Malformed data throws.
import type { Decoder, MakeDecoder } from '../containers/expanded-source.ts';
import { Feed } from './feed.ts';

const BLOCK = 0x314159265359;
const END = 0x177245385090;
const MAX_CODE = 20;
const GROUP = 50;

/** Bytes made of one piece (CWE-409). */
const MOST_AT_ONCE = 2 ** 27;

class NeedMore extends Error {}

class Bits {
  #held = 0;
  #count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    skip: number,
  ) {
    if (skip > 0) this.read(skip);
  }

  /** Bits of the current byte that are used. */
  get used(): number {
    return (8 - (this.#count % 8)) % 8;
  }

  /** Byte that the next bit stands in. */
  get byteAt(): number {
    return this.at - Math.ceil(this.#count / 8);
  }

  bit(): number {
    if (this.#count === 0) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new NeedMore('bzip2 data ends early');
      this.at++;
      this.#held = byte;
      this.#count = 8;
    }
    this.#count--;
    return (this.#held >> this.#count) & 1;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }
}

class Bzip2Decoder implements Decoder {
  readonly #feed = new Feed();
  #level = 0;
  #skip = 0;
  #tryAt = 0;
  #done = false;

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    const feed = this.#feed;
    feed.add(piece, final);
    const made: Uint8Array[] = [];
    let size = 0;
    while (!this.#done && feed.left > 0 && (final || feed.left >= this.#tryAt)) {
      try {
        const block = this.#step();
        this.#tryAt = 0;
        if (block === undefined) continue;
        made.push(block);
        if ((size += block.byteLength) > MOST_AT_ONCE) throw new Error('bzip2 data that expands without end');
      } catch (error) {
        if (!(error instanceof NeedMore) || final) throw error;
        this.#tryAt = 2 * feed.left;
        break;
      }
    }
    return made;
  }

  #step(): Uint8Array | undefined {
    const feed = this.#feed;
    if (this.#level === 0) {
      if (feed.left < 4) throw new NeedMore('bzip2 header');
      const level = feed.byte(3) - 0x30;
      if (feed.byte() !== 0x42 || feed.byte(1) !== 0x5a || feed.byte(2) !== 0x68 || level < 1 || level > 9) {
        // Behind a whole stream anything may stand; it is not bzip2's.
        this.#done = true;
        return undefined;
      }
      this.#level = level;
      feed.at += 4;
      return undefined;
    }
    const bits = new Bits(feed.bytes, feed.at, this.#skip);
    const magic = bits.read(48);
    bits.read(32);
    if (magic === END) {
      // The next stream begins at a whole byte.
      feed.at = bits.used === 0 ? bits.byteAt : bits.byteAt + 1;
      this.#skip = 0;
      this.#level = 0;
      return undefined;
    }
    if (magic !== BLOCK) throw new Error('no bzip2 block');
    const block = readBlock(bits, this.#level * 100_000);
    feed.at = bits.byteAt;
    this.#skip = bits.used;
    return block;
  }
}

function readBlock(bits: Bits, most: number): Uint8Array {
  if (bits.bit() === 1) throw new Error('bzip2 of before 1.0');
  const origin = bits.read(24);
  const symbols: number[] = [];
  const ranges = bits.read(16);
  for (let i = 0; i < 16; i++) {
    if (((ranges >> (15 - i)) & 1) === 0) continue;
    const used = bits.read(16);
    for (let j = 0; j < 16; j++) if (((used >> (15 - j)) & 1) === 1) symbols.push(16 * i + j);
  }
  const size = symbols.length + 2;
  const groups = bits.read(3);
  const count = bits.read(15);
  if (symbols.length === 0 || groups < 2 || groups > 6 || count < 1) throw new Error('bzip2 tables out of range');
  const selectors = readSelectors(bits, groups, count);
  const tables = Array.from({ length: groups }, () => readTable(bits, size));
  const { data, length } = readSymbols(bits, { selectors, tables, symbols, most });
  if (origin >= length) throw new Error('bzip2 origin out of range');
  return unsort(data, length, origin);
}

function readSelectors(bits: Bits, groups: number, count: number): Uint8Array {
  const order = [0, 1, 2, 3, 4, 5];
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let j = 0;
    while (bits.bit() === 1) if (++j >= groups) throw new Error('bzip2 selector out of range');
    const [value = 0] = order.splice(j, 1);
    order.unshift(value);
    selectors[i] = value;
  }
  return selectors;
}

interface Table {
  readonly limit: Int32Array;
  readonly base: Int32Array;
  readonly permutation: Uint16Array;
  readonly least: number;
}

function readTable(bits: Bits, size: number): Table {
  const lengths = new Uint8Array(size);
  let length = bits.read(5);
  for (let i = 0; i < size; i++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE) throw new Error('bzip2 code length out of range');
      if (bits.bit() === 0) break;
      length += bits.bit() === 0 ? 1 : -1;
    }
    lengths[i] = length;
  }
  const permutation = new Uint16Array(size);
  const [limit, base] = [new Int32Array(MAX_CODE + 2).fill(-1), new Int32Array(MAX_CODE + 2)];
  let [next, code] = [0, 0];
  let least = MAX_CODE;
  for (let n = 1; n <= MAX_CODE; n++) {
    base[n] = next - code;
    for (let symbol = 0; symbol < size; symbol++) {
      if (lengths[symbol] !== n) continue;
      permutation[next++] = symbol;
      code++;
      least = Math.min(least, n);
    }
    limit[n] = code - 1;
    code <<= 1;
  }
  return { limit, base, permutation, least };
}

function readSymbols(bits: Bits, { selectors, tables, symbols, most }: { readonly selectors: Uint8Array; readonly tables: readonly Table[]; readonly symbols: readonly number[]; readonly most: number }): { data: Uint32Array; length: number } {
  const data = new Uint32Array(most);
  const order = Uint8Array.from(symbols);
  const end = symbols.length + 1;
  let [length, group, left, run, weight] = [0, -1, 0, 0, 1];
  let table: Table | undefined;
  for (;;) {
    if (left === 0) {
      table = tables[selectors[++group] ?? tables.length];
      left = GROUP;
    }
    if (table === undefined) throw new Error('bzip2 runs out of selectors');
    left--;
    const symbol = decode(bits, table);
    if (symbol <= 1) {
      run += weight << symbol;
      weight *= 2;
      if (run > most - length) throw new Error('bzip2 block larger than it says');
      continue;
    }
    if (run > 0) {
      data.fill(order[0] ?? 0, length, length + run);
      length += run;
      [run, weight] = [0, 1];
    }
    if (symbol === end) return { data, length };
    if (length >= most) throw new Error('bzip2 block larger than it says');
    const index = symbol - 1;
    const byte = order[index] ?? 0;
    order.copyWithin(1, 0, index);
    order[0] = byte;
    data[length++] = byte;
  }
}

function decode(bits: Bits, { limit, base, permutation, least }: Table): number {
  let code = bits.read(least);
  for (let n = least; n <= MAX_CODE; n++) {
    if (code <= (limit[n] ?? -1)) return permutation[code + (base[n] ?? 0)] ?? 0;
    code = code * 2 + bits.bit();
  }
  throw new Error('bzip2 code out of range');
}

/** Burrows and Wheeler's transform backwards, and the runs of four and more after it. */
function unsort(data: Uint32Array, length: number, origin: number): Uint8Array {
  const starts = new Uint32Array(256);
  for (let i = 0; i < length; i++) {
    const byte = (data[i] ?? 0) & 0xff;
    starts[byte] = (starts[byte] ?? 0) + 1;
  }
  let sum = 0;
  for (let i = 0; i < 256; i++) {
    const count = starts[i] ?? 0;
    starts[i] = sum;
    sum += count;
  }
  for (let i = 0; i < length; i++) {
    const byte = (data[i] ?? 0) & 0xff;
    const to = starts[byte] ?? 0;
    starts[byte] = to + 1;
    data[to] = (data[to] ?? 0) | (i << 8);
  }
  let made = new Uint8Array(Math.max(64, length * 2));
  let [at, same, last] = [0, 0, -1];
  let place = (data[origin] ?? 0) >>> 8;
  for (let i = 0; i < length; i++) {
    const entry = data[place] ?? 0;
    place = entry >>> 8;
    const byte = entry & 0xff;
    const count = same === 4 ? byte : 1;
    if (at + count > made.length) {
      const larger = new Uint8Array(made.length * 2 + count);
      larger.set(made);
      made = larger;
    }
    if (same === 4) {
      made.fill(last, at, at + count);
      at += count;
      [same, last] = [0, -1];
      continue;
    }
    made[at++] = byte;
    same = byte === last ? same + 1 : 1;
    last = byte;
  }
  return made.slice(0, at);
}

export const expandBzip2: MakeDecoder = () => new Bzip2Decoder();
