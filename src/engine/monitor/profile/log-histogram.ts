// A histogram with buckets 1 % wide on a log scale (as DDSketch, Masson et al. 2019): any quantile of millions of values
// within 1 % of its value, in constant memory, mergeable. Zero and values below 1e-9 share one bucket; negative values
// mirror the positive ones. Counts are exact at bucket edges.
import type { Probability } from '../../core/units.ts';

const GAMMA = 1.02;
const SMALLEST = 1e-9;
const PER_SIDE = 2600;
const LOG_GAMMA = Math.log(GAMMA);
const OFFSET = Math.ceil(-Math.log(SMALLEST) / LOG_GAMMA);

/** What a histogram is in JSON: [bucket, count] pairs, sparse, with the moments beside them. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  readonly least: number;
  readonly most: number;
  readonly buckets: readonly (readonly [number, number])[];
}

export class LogHistogram {
  readonly #counts = new Float64Array(2 * PER_SIDE + 1);
  #count = 0;
  #mean = 0;
  #squares = 0;
  #least = Infinity;
  #most = -Infinity;

  static from({ count, mean, variance, least, most, buckets }: Distribution): LogHistogram {
    const histogram = new LogHistogram();
    for (const [bucket, value] of buckets) histogram.#counts[bucket + PER_SIDE] = value;
    histogram.#count = count;
    histogram.#mean = mean;
    histogram.#squares = variance * Math.max(0, count - 1);
    histogram.#least = count === 0 ? Infinity : least;
    histogram.#most = count === 0 ? -Infinity : most;
    return histogram;
  }

  get count(): number {
    return this.#count;
  }
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }
  get variance(): number {
    return this.#count < 2 ? Number.NaN : this.#squares / (this.#count - 1);
  }

  add(x: number): void {
    if (!Number.isFinite(x)) return;
    const index = PER_SIDE + bucketOf(x);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count++;
    const delta = x - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (x - this.#mean);
    if (x < this.#least) this.#least = x;
    if (x > this.#most) this.#most = x;
  }

  /** Within 1 % of the true quantile; NaN where empty. */
  quantile(q: Probability): number {
    if (this.#count === 0) return Number.NaN;
    let left = q * (this.#count - 1);
    for (let i = 0; i < this.#counts.length; i++) {
      left -= this.#counts[i] ?? 0;
      if (left < 0) return Math.min(this.#most, Math.max(this.#least, middleOf(i - PER_SIDE)));
    }
    return this.#most;
  }

  /** A value inside a bucket, at the given part of its width, kept within what was seen. */
  static within(bucket: number, part: number, { least, most }: Pick<LogHistogram, 'least' | 'most'>): number {
    const size = bucket === 0 ? 0 : GAMMA ** (Math.abs(bucket) - OFFSET - 1 + part);
    return Math.min(most, Math.max(least, bucket < 0 ? -size : size));
  }

  get least(): number {
    return this.#least;
  }
  get most(): number {
    return this.#most;
  }

  toDistribution(): Distribution {
    const buckets: [number, number][] = [];
    this.#counts.forEach((count, i) => {
      if (count > 0) buckets.push([i - PER_SIDE, count]);
    });
    return { count: this.#count, mean: this.#count === 0 ? 0 : this.#mean, variance: this.#count < 2 ? 0 : this.variance, least: this.#count === 0 ? 0 : this.#least, most: this.#count === 0 ? 0 : this.#most, buckets };
  }
}

function bucketOf(x: number): number {
  const size = Math.abs(x);
  if (size < SMALLEST) return 0;
  const bucket = Math.min(PER_SIDE, Math.max(1, Math.ceil(Math.log(size) / LOG_GAMMA) + OFFSET));
  return x < 0 ? -bucket : bucket;
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const size = GAMMA ** (Math.abs(bucket) - OFFSET - 0.5);
  return bucket < 0 ? -size : size;
}

/** Counts in equal bins over [low, high], for charts: each bucket counts where its middle lies. */
export function binned({ buckets }: Distribution, low: number, high: number, bins: number, turn: (x: number) => number = (x) => x): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const [bucket, count] of buckets) {
    const bin = Math.floor(((turn(middleOf(bucket)) - low) / (high - low)) * bins);
    const at = Math.min(bins - 1, Math.max(0, bin));
    counts[at] = (counts[at] ?? 0) + count;
  }
  return counts;
}

export function quantileOf(distribution: Distribution, q: Probability): number {
  return LogHistogram.from(distribution).quantile(q);
}
