// Keys and values of positions already run. A prefix is shared by all rows; a row cache holds what each row added.
// Layout of each layer's keys and of its values: Float32Array [kvHeads, rows, slots, headDim], row-major. A slot may be
// empty for some rows (padding of shorter rows, spare room, the one slot of an empty cache): `valid` says which to mask.
import type { Dimensions } from '../graph/dimensions.ts';
import type { Feed, HostTensor } from './session.ts';

export type CacheDimensions = Pick<Dimensions, 'layers' | 'kvHeads' | 'headDim'>;

const PARTS = ['k', 'v'] as const;

/** Names of the cache's outputs, in the order in which blocks keep their tensors. */
export function cacheOutputs({ layers }: CacheDimensions): string[] {
  return Array.from({ length: layers }, (_, layer) => PARTS.map((part) => `present_${part}.${layer}`)).flat();
}

/** One tensor for each of cacheOutputs, and which of its slots hold something: Uint8Array [rows, slots] of 0 and 1. */
export interface CacheBlock {
  readonly tensors: readonly Feed[];
  readonly rows: number;
  readonly slots: number;
  readonly valid: Uint8Array;
}

export function feedsOf(block: CacheBlock, input: 'prefix' | 'past'): Record<string, Feed> {
  return Object.fromEntries(block.tensors.map((tensor, index) => [`${input}_${PARTS[index % 2] ?? 'k'}.${index >> 1}`, tensor]));
}

/** One masked slot: runtimes have trouble with axes of size 0. */
export function emptyBlock(dimensions: CacheDimensions, rows: number): CacheBlock {
  const { kvHeads, headDim, layers } = dimensions;
  const zeros: HostTensor = { type: 'float32', dims: [kvHeads, rows, 1, headDim], data: new Float32Array(kvHeads * rows * headDim) };
  return { tensors: Array.from({ length: 2 * layers }, () => zeros), rows, slots: 1, valid: new Uint8Array(rows) };
}

export function disposeBlock(block: CacheBlock): void {
  for (const tensor of block.tensors) if ('dispose' in tensor) tensor.dispose();
}

/** The block on the host, read from the device where it is there. */
export async function readBlock(block: CacheBlock): Promise<CacheBlock> {
  const tensors = await Promise.all(block.tensors.map((tensor) => ('read' in tensor ? tensor.read() : tensor)));
  return { ...block, tensors };
}

/** `first`'s slots, then `second`'s; both with the same rows and on the host. */
export function joinSlots(dimensions: CacheDimensions, first: CacheBlock, second: CacheBlock): CacheBlock {
  const { kvHeads, headDim } = dimensions;
  const { rows } = first;
  const slots = first.slots + second.slots;
  const tensors = first.tensors.map((tensor, index): HostTensor => {
    const joined = new Float32Array(kvHeads * rows * slots * headDim);
    copyRuns(floats(tensor), first.slots * headDim, joined, slots * headDim, 0, kvHeads * rows);
    copyRuns(floats(second.tensors[index]), second.slots * headDim, joined, slots * headDim, first.slots * headDim, kvHeads * rows);
    return { type: 'float32', dims: [kvHeads, rows, slots, headDim], data: joined };
  });
  const valid = new Uint8Array(rows * slots);
  for (let row = 0; row < rows; row++) {
    valid.set(first.valid.subarray(row * first.slots, (row + 1) * first.slots), row * slots);
    valid.set(second.valid.subarray(row * second.slots, (row + 1) * second.slots), row * slots + first.slots);
  }
  return { tensors, rows, slots, valid };
}

export function keepRows(dimensions: CacheDimensions, block: CacheBlock, keep: readonly number[]): CacheBlock {
  const { kvHeads, headDim } = dimensions;
  const { slots } = block;
  const run = slots * headDim;
  const tensors = block.tensors.map((tensor): HostTensor => {
    const from = floats(tensor);
    const kept = new Float32Array(kvHeads * keep.length * run);
    for (let head = 0; head < kvHeads; head++) {
      for (const [to, row] of keep.entries()) kept.set(from.subarray((head * block.rows + row) * run, (head * block.rows + row + 1) * run), (head * keep.length + to) * run);
    }
    return { type: 'float32', dims: [kvHeads, keep.length, slots, headDim], data: kept };
  });
  const valid = new Uint8Array(keep.length * slots);
  for (const [to, row] of keep.entries()) valid.set(block.valid.subarray(row * slots, (row + 1) * slots), to * slots);
  return { tensors, rows: keep.length, slots, valid };
}

export function floats(tensor: Feed | undefined): Float32Array {
  if (tensor !== undefined && 'data' in tensor && tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError('expected float32 values on the host');
}

/** Copies `count` runs of `length` values into runs that are `stride` apart, `at` values into each. */
function copyRuns(from: Float32Array, length: number, to: Float32Array, stride: number, at: number, count: number): void {
  for (let run = 0; run < count; run++) to.set(from.subarray(run * length, (run + 1) * length), run * stride + at);
}
