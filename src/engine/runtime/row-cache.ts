// What a decoding batch adds to as it goes: keys and values of each row's own tokens, after the shared prefix.
import { cacheOutputs, disposeBlock, emptyBlock, floats, joinSlots, keepRows, readBlock, type CacheBlock, type CacheDimensions } from './key-value-cache.ts';
import type { Feed, HostTensor, SessionOutputs } from './session.ts';

export interface RowCache {
  readonly block: CacheBlock;
  /** Takes a run's new positions for rows [firstRow, firstRow + lengths.length); lengths[i] of `sequence` positions are real. */
  absorb(outputs: SessionOutputs, firstRow: number, sequence: number, lengths: readonly number[]): void;
  /** Ends one step: the next positions go into the slots after these, for every row. */
  advance(slots: number): void;
  keepRows(keep: readonly number[]): Promise<void>;
  dispose(): void;
}

/** Spare slots made at a time: masked room costs compute, making room costs a copy of the cache. */
const SPARE_SLOTS = 16;

/** In host memory, written in place; graphs with CacheMode 'append'. */
export class HostRowCache implements RowCache {
  readonly #dimensions: CacheDimensions;
  readonly #names: readonly string[];
  #block: CacheBlock;
  #used = 0;

  /** `slots`: what the rows' first run fills. */
  constructor(dimensions: CacheDimensions, rows: number, slots: number) {
    this.#dimensions = dimensions;
    this.#names = cacheOutputs(dimensions);
    this.#block = roomFor(dimensions, rows, slots + SPARE_SLOTS);
  }

  get block(): CacheBlock {
    return this.#block;
  }

  absorb({ host }: SessionOutputs, firstRow: number, sequence: number, lengths: readonly number[]): void {
    const { kvHeads, headDim } = this.#dimensions;
    if (this.#used + sequence > this.#block.slots) {
      const room = roomFor(this.#dimensions, this.#block.rows, Math.max(SPARE_SLOTS, sequence));
      this.#block = joinSlots(this.#dimensions, this.#block, room);
    }
    const { rows, slots, valid, tensors } = this.#block;
    const run = sequence * headDim;
    for (const [index, name] of this.#names.entries()) {
      const from = floats(host[name]);
      const to = floats(tensors[index]);
      for (let head = 0; head < kvHeads; head++) {
        for (let row = 0; row < lengths.length; row++) {
          const source = (head * lengths.length + row) * run;
          const target = ((head * rows + firstRow + row) * slots + this.#used) * headDim;
          for (let i = 0; i < run; i++) to[target + i] = from[source + i] ?? 0;
        }
      }
    }
    for (const [index, length] of lengths.entries()) {
      const begin = (firstRow + index) * slots + this.#used;
      valid.fill(1, begin, begin + length);
    }
  }

  advance(slots: number): void {
    this.#used += slots;
  }

  keepRows(keep: readonly number[]): Promise<void> {
    this.#block = keepRows(this.#dimensions, this.#block, keep);
    return Promise.resolve();
  }

  dispose(): void {
    this.#block = { tensors: [], rows: 0, slots: 0, valid: new Uint8Array() };
  }
}

function roomFor(dimensions: CacheDimensions, rows: number, slots: number): CacheBlock {
  const { kvHeads, headDim, layers } = dimensions;
  const tensors = Array.from({ length: 2 * layers }, (): HostTensor => ({
    type: 'float32',
    dims: [kvHeads, rows, slots, headDim],
    data: new Float32Array(kvHeads * rows * slots * headDim),
  }));
  return { tensors, rows, slots, valid: new Uint8Array(rows * slots) };
}

/** Held on the device, where each run returns old and new slots together; graphs with CacheMode 'concat'. */
export class DeviceRowCache implements RowCache {
  readonly #dimensions: CacheDimensions;
  #block: CacheBlock;

  constructor(dimensions: CacheDimensions, rows: number) {
    this.#dimensions = dimensions;
    this.#block = emptyBlock(dimensions, rows);
  }

  get block(): CacheBlock {
    return this.#block;
  }

  absorb({ held }: SessionOutputs, firstRow: number, sequence: number, lengths: readonly number[]): void {
    const { rows, slots, valid } = this.#block;
    if (firstRow !== 0 || lengths.length !== rows) throw new RangeError('a cache on the device takes all rows at once');
    const tensors = cacheOutputs(this.#dimensions).map((name): Feed => {
      const tensor = held[name];
      if (tensor === undefined) throw new TypeError(`the run did not hold ${name}`);
      return tensor;
    });
    const grown = new Uint8Array(rows * (slots + sequence));
    for (const [row, length] of lengths.entries()) {
      const begin = row * (slots + sequence);
      grown.set(valid.subarray(row * slots, (row + 1) * slots), begin);
      grown.fill(1, begin + slots, begin + slots + length);
    }
    disposeBlock(this.#block);
    this.#block = { tensors, rows, slots: slots + sequence, valid: grown };
  }

  advance(): void {
    // absorb() made the slots.
  }

  async keepRows(keep: readonly number[]): Promise<void> {
    const whole = await readBlock(this.#block);
    disposeBlock(this.#block);
    this.#block = keepRows(this.#dimensions, whole, keep);
  }

  dispose(): void {
    disposeBlock(this.#block);
  }
}
