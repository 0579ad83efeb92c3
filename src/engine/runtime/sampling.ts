// Draws the next token as transformers does: repetition penalty (Keskar et al. 2019) on the logits, then temperature,
// top-k, top-p (Holtzman et al. 2020), then one draw from what is left. No full sort: a heap of k, or a histogram of
// the probabilities with one bucket sorted. Tokens that tie with the last one kept by top-k are kept too, as there.
import type { Random } from '../core/random.ts';
import type { SamplingOptions } from './causal-lm.ts';

/** Scaled logits this far below the largest carry less than 1e-12 of its mass each. */
const HISTOGRAM_NATS = 28;
const BUCKETS = 4096;

export function isGreedy({ temperature, topK }: SamplingOptions): boolean {
  return temperature === 0 || topK === 1;
}

/** The most likely token needs no logits unless a penalty changes them. */
export function needsLogits(options: SamplingOptions): boolean {
  return !isGreedy(options) || options.repetitionPenalty !== 1;
}

/** Scratch memory for one vocabulary; not for use by two draws at once. */
export class Sampler {
  readonly #vocabulary: number;
  readonly #ids: Int32Array;
  readonly #weights: Float64Array;
  readonly #buckets = new Float64Array(BUCKETS);
  #heap = new Float32Array(64);

  constructor(vocabulary: number) {
    this.#vocabulary = vocabulary;
    this.#ids = new Int32Array(vocabulary);
    this.#weights = new Float64Array(vocabulary);
  }

  /** logits: one row of the vocabulary, changed in place by the penalty. `seen`: tokens of prompt and answer so far. */
  draw(logits: Float32Array, options: SamplingOptions, seen: Iterable<number>, random: Random | undefined): number {
    if (options.repetitionPenalty !== 1) penalise(logits, seen, options.repetitionPenalty);
    if (isGreedy(options)) return argmax(logits);
    if (random === undefined) throw new RangeError('sampling needs a random source');
    const count = this.#keep(logits, options);
    let total = 0;
    for (let i = 0; i < count; i++) total += this.#weights[i] ?? 0;
    let rest = random.next() * total;
    for (let i = 0; i < count; i++) {
      rest -= this.#weights[i] ?? 0;
      if (rest < 0) return this.#ids[i] ?? 0;
    }
    return this.#ids[count - 1] ?? 0;
  }

  /** Fills ids and unnormalised weights of the tokens that may be drawn, in id order; returns how many. */
  #keep(logits: Float32Array, { temperature, topK, topP }: SamplingOptions): number {
    const largest = maximum(logits);
    const floor = topK > 0 && topK < this.#vocabulary ? this.#kthLargest(logits, topK) : -Infinity;
    const scale = 1 / temperature;
    const ids = this.#ids;
    const weights = this.#weights;
    let count = 0;
    let total = 0;
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id] ?? 0;
      if (logit < floor) continue;
      const weight = Math.exp((logit - largest) * scale);
      ids[count] = id;
      weights[count++] = weight;
      total += weight;
    }
    return topP < 1 ? this.#cutNucleus(count, topP * total) : count;
  }

  #kthLargest(logits: Float32Array, k: number): number {
    if (this.#heap.length < k) this.#heap = new Float32Array(k);
    const heap = this.#heap.subarray(0, k);
    heap.set(logits.subarray(0, k));
    for (let at = (k >> 1) - 1; at >= 0; at--) siftDown(heap, at);
    for (let id = k; id < logits.length; id++) {
      const logit = logits[id] ?? 0;
      if (logit <= (heap[0] ?? 0)) continue;
      heap[0] = logit;
      siftDown(heap, 0);
    }
    return heap[0] ?? -Infinity;
  }

  /** Keeps the most likely tokens while those above each hold less than `mass`; order is kept. */
  #cutNucleus(count: number, mass: number): number {
    const ids = this.#ids;
    const weights = this.#weights;
    const floor = this.#nucleusFloor(count, mass);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const weight = weights[i] ?? 0;
      if (weight < floor) continue;
      ids[kept] = ids[i] ?? 0;
      weights[kept++] = weight;
    }
    return kept;
  }

  /** The smallest weight that is kept. */
  #nucleusFloor(count: number, mass: number): number {
    const weights = this.#weights;
    const buckets = this.#buckets.fill(0);
    for (let i = 0; i < count; i++) {
      const weight = weights[i] ?? 0;
      const bucket = bucketOf(weight);
      buckets[bucket] = (buckets[bucket] ?? 0) + weight;
    }
    let above = 0;
    let crossing = 0;
    while (crossing < BUCKETS - 1 && above + (buckets[crossing] ?? 0) < mass) above += buckets[crossing++] ?? 0;
    const members: number[] = [];
    for (let i = 0; i < count; i++) {
      const weight = weights[i] ?? 0;
      if (bucketOf(weight) === crossing) members.push(weight);
    }
    members.sort((a, b) => b - a);
    let floor = members[0] ?? 0;
    for (const weight of members) {
      if (above >= mass) break;
      floor = weight;
      above += weight;
    }
    return floor;
  }
}

/** Bucket 0 holds the largest weights (the largest of all is 1), the last one all that is far below. */
function bucketOf(weight: number): number {
  const nats = weight > 0 ? -Math.log(weight) : HISTOGRAM_NATS;
  return Math.min(BUCKETS - 1, Math.floor((nats * BUCKETS) / HISTOGRAM_NATS));
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

function maximum(values: Float32Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] ?? largest);
  return largest;
}

/** The first of the largest. */
export function argmax(values: Float32Array): number {
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
