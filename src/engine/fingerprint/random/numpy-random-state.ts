// NumPy's legacy RandomState(seed): the same numbers, bit for bit (legacy-distributions.c, mtrand.pyx). Subset: what the
// reference inputs and scikit-learn's detectors draw. NumPy promises that these streams never change (NEP 19).
// How it can mislead: a Gaussian takes a logarithm, and JavaScript's rounds otherwise than the C library's now and then: such a
// double differs in its last bit. In single precision, as models are fed, 200,000 stored Gaussians are the same bit for bit.
import { MersenneTwister } from './mersenne-twister.ts';

export class NumpyRandomState {
  readonly #bits: MersenneTwister;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#bits = new MersenneTwister(seed);
  }

  /** random_sample(): uniform in [0, 1), 53 bits. */
  random(): number {
    const high = this.#bits.next() >>> 5;
    const low = this.#bits.next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** uniform(low, high, size). */
  uniform(size: number, low = 0, high = 1): Float64Array {
    const values = new Float64Array(size);
    const range = high - low;
    for (let i = 0; i < size; i++) values[i] = low + range * this.random();
    return values;
  }

  /** randn(size), standard_normal(size), normal(size=size): Marsaglia's polar method, a pair at a time. */
  normal(size: number): Float64Array {
    const values = new Float64Array(size);
    for (let i = 0; i < size; i++) values[i] = this.#gauss();
    return values;
  }

  /** randint(0, bound) for the default integer type, bound up to 2^32: masked rejection over 32 bits. */
  integer(bound: number): number {
    const largest = bound - 1;
    if (largest === 0) return 0;
    const mask = maskOf(largest);
    for (;;) {
      const value = (this.#bits.next() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  /** permutation(size): Fisher and Yates from the end. */
  permutation(size: number): Int32Array {
    const order = Int32Array.from({ length: size }, (_, i) => i);
    this.shuffle(order);
    return order;
  }

  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.#interval(i);
      const kept = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = kept;
    }
  }

  /** choice(len(weights), p=weights): one draw. */
  choice(probabilities: Float64Array): number {
    const cumulative = new Float64Array(probabilities.length);
    let sum = 0;
    probabilities.forEach((p, i) => (cumulative[i] = sum += p));
    const drawn = this.random();
    const found = cumulative.findIndex((value) => value / sum > drawn);
    return found < 0 ? probabilities.length - 1 : found;
  }

  /** random_interval(largest): uniform in [0, largest]. */
  #interval(largest: number): number {
    const mask = maskOf(largest);
    for (;;) {
      const value = (this.#bits.next() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  #gauss(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.random() - 1;
      const y = 2 * this.random() - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.#spare = factor * x;
      return factor * y;
    }
  }
}

function maskOf(largest: number): number {
  let mask = largest;
  for (let shift = 1; shift < 32; shift *= 2) mask |= mask >>> shift;
  return mask >>> 0;
}
