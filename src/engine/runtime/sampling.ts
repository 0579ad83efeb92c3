// Draws the next token as transformers does: repetition penalty (Keskar et al. 2019) on the logits, then temperature,
// top-k, top-p (Holtzman et al. 2020), then one draw from what is left. The graph gives the probabilities at the row's
// temperature; nothing is sorted but one bucket of a histogram. Tokens that tie with the last one kept are kept too.
import type { Random } from '../core/random.ts';
import type { SamplingOptions } from './causal-lm.ts';

export type Choice = 'largest' | 'weighed' | 'penalised';

/** What a row needs from the graph: its most likely token, its probabilities, or (for a penalty) its logits. */
export function choiceOf({ temperature, topK, repetitionPenalty }: SamplingOptions): Choice {
  if (repetitionPenalty !== 1) return 'penalised';
  return temperature === 0 || topK === 1 ? 'largest' : 'weighed';
}

/** Weights that share the upper bits of their float32 representation, which orders positive numbers. */
const BUCKET_SHIFT = 19;
const BUCKETS = 2 ** (31 - BUCKET_SHIFT);

/** Scratch memory for one vocabulary; not for use by two draws at once. */
export class Sampler {
  readonly vocabulary: number;
  readonly #ids: Int32Array;
  readonly #weights: Float32Array;
  /** The same memory as #weights. */
  readonly #bits: Uint32Array;
  readonly #penalised: Float32Array;
  readonly #buckets = new Float64Array(BUCKETS);
  #heap = new Float32Array(64);

  constructor(vocabulary: number) {
    this.vocabulary = vocabulary;
    this.#ids = new Int32Array(vocabulary);
    this.#weights = new Float32Array(vocabulary);
    this.#bits = new Uint32Array(this.#weights.buffer);
    this.#penalised = new Float32Array(vocabulary);
  }

  /** weights: Float32Array [vocabulary], proportional to the probabilities at the row's temperature. */
  draw(weights: Float32Array, { topK, topP }: SamplingOptions, random: Random | undefined): number {
    if (random === undefined) throw new RangeError('sampling needs a random source');
    const fraction = random.next();
    if (topK <= 0 || topK >= weights.length) return this.#drawNucleus(weights, bitsOf(weights), topP, fraction);
    const count = this.#collect(weights, this.#kthLargest(weights, topK));
    const place = this.#drawNucleus(this.#weights.subarray(0, count), this.#bits.subarray(0, count), topP, fraction);
    return this.#ids[place] ?? 0;
  }

  /** logits: Float32Array [vocabulary], changed in place. `seen`: the tokens of prompt and answer so far. */
  drawPenalised(logits: Float32Array, options: SamplingOptions, seen: Iterable<number>, random: Random | undefined): number {
    penalise(logits, seen, options.repetitionPenalty);
    const best = argmax(logits);
    if (options.temperature === 0 || options.topK === 1) return best;
    const largest = logits[best] ?? 0;
    const weights = this.#penalised;
    for (let id = 0; id < logits.length; id++) weights[id] = Math.exp(((logits[id] ?? 0) - largest) / options.temperature);
    return this.draw(weights, options, random);
  }

  /** Fills ids and weights with the tokens of at least this weight, in id order; returns how many. */
  #collect(weights: Float32Array, least: number): number {
    const ids = this.#ids;
    const kept = this.#weights;
    let count = 0;
    for (let id = 0; id < weights.length; id++) {
      const weight = weights[id] ?? 0;
      if (weight >= least) {
        ids[count] = id;
        kept[count++] = weight;
      }
    }
    return count;
  }

  #kthLargest(values: Float32Array, k: number): number {
    if (this.#heap.length < k) this.#heap = new Float32Array(k);
    const heap = this.#heap.subarray(0, k);
    heap.set(values.subarray(0, k));
    for (let at = (k >> 1) - 1; at >= 0; at--) siftDown(heap, at);
    let least = heap[0] ?? 0;
    for (let id = k; id < values.length; id++) {
      const value = values[id] ?? 0;
      if (value > least) {
        heap[0] = value;
        siftDown(heap, 0);
        least = heap[0] ?? 0;
      }
    }
    return least;
  }

  /** Index of the weight that `fraction` of the kept mass falls on, walking in order. */
  #drawNucleus(weights: Float32Array, bits: Uint32Array, topP: number, fraction: number): number {
    if (topP >= 1) return walk(weights, 0, fraction * sum(weights));
    const buckets = this.#buckets.fill(0);
    for (let i = 0; i < weights.length; i++) {
      const bucket = (bits[i] ?? 0) >>> BUCKET_SHIFT;
      buckets[bucket] = (buckets[bucket] ?? 0) + (weights[i] ?? 0);
    }
    let total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) total += buckets[bucket] ?? 0;
    const mass = topP * total;
    let above = 0;
    let crossing = BUCKETS - 1;
    while (crossing > 0 && above + (buckets[crossing] ?? 0) < mass) above += buckets[crossing--] ?? 0;
    const members: number[] = [];
    for (let i = 0; i < weights.length; i++) if ((bits[i] ?? 0) >>> BUCKET_SHIFT === crossing) members.push(weights[i] ?? 0);
    members.sort((a, b) => b - a);
    // A token is kept while those above it hold less than `mass`.
    let kept = 0;
    while (kept < members.length && above < mass) above += members[kept++] ?? 0;
    const floor = members[kept - 1] ?? 0;
    for (; members[kept] === floor; kept++) above += floor;
    return walk(weights, floor, fraction * above);
  }
}

/** The same memory: positive floats are ordered as their bits are. */
function bitsOf(weights: Float32Array): Uint32Array {
  return new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
}

/** Adds up the weights of at least `floor` until they pass `target`. */
function walk(weights: Float32Array, floor: number, target: number): number {
  let passed = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] ?? 0;
    if (weight >= floor) passed += weight;
    if (passed > target) return index;
  }
  // Rounding left a little: the last token that can be drawn.
  let last = weights.length - 1;
  while (last > 0 && !((weights[last] ?? 0) > 0 && (weights[last] ?? 0) >= floor)) last--;
  return last;
}

function sum(weights: Float32Array): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] ?? 0;
  return total;
}

function siftDown(heap: Float32Array, start: number): void {
  const value = heap[start] ?? 0;
  let at = start;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    if ((heap[child] ?? 0) >= value) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = value;
}

function penalise(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  for (const id of seen) {
    const logit = logits[id] ?? 0;
    logits[id] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

/** The first of the largest. */
function argmax(values: Float32Array): number {
  let best = 0;
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? -Infinity;
    if (value > largest) {
      largest = value;
      best = i;
    }
  }
  return best;
}
