// A uniform sample of a stream (Vitter's algorithm R, seeded): rows for what cannot be done on millions of them.
import type { RandomState, ResumableRandom } from '../../core/random.ts';
import type { LogBatch } from '../log/encode.ts';

/** One accepted row, taken out of its batch. */
export interface SampledRow {
  readonly row: number;
  readonly time: number;
  readonly output: number;
  readonly value: number;
  readonly confidence: number;
  readonly latency: number;
  readonly source: number;
  readonly features: Float32Array | undefined;
  readonly prompt: string | undefined;
}

export interface ReservoirState {
  readonly rows: readonly SampledRow[];
  readonly seen: number;
  readonly random: RandomState;
}

export class Reservoir {
  readonly rows: SampledRow[] = [];
  readonly #size: number;
  readonly #random: (from?: RandomState) => ResumableRandom;
  #drawing: ResumableRandom;
  #seen = 0;

  constructor(size: number, random: (from?: RandomState) => ResumableRandom) {
    this.#size = size;
    this.#random = random;
    this.#drawing = random();
  }

  get seen(): number {
    return this.#seen;
  }

  add(batch: LogBatch): void {
    for (let i = 0; i < batch.rows; i++) {
      this.#seen++;
      if (this.rows.length < this.#size) this.rows.push(rowAt(batch, i));
      else {
        const at = Math.floor(this.#drawing.next() * this.#seen);
        if (at < this.#size) this.rows[at] = rowAt(batch, i);
      }
    }
  }

  snapshot(): ReservoirState {
    return { rows: this.rows, seen: this.#seen, random: this.#drawing.state() };
  }

  restore({ rows, seen, random }: ReservoirState): void {
    this.rows.splice(0, this.rows.length, ...rows);
    this.#seen = seen;
    this.#drawing = this.#random(random);
  }

  /** In the log's order. */
  sorted(): SampledRow[] {
    return [...this.rows].sort((a, b) => a.row - b.row);
  }
}

function rowAt({ row, time, output, value, confidence, latency, source, features, dimensions, prompt }: LogBatch, i: number): SampledRow {
  return {
    row: row[i] ?? 0,
    time: time?.[i] ?? Number.NaN,
    output: output?.[i] ?? -1,
    value: value?.[i] ?? Number.NaN,
    confidence: confidence?.[i] ?? Number.NaN,
    latency: latency?.[i] ?? Number.NaN,
    source: source?.[i] ?? -1,
    // A copy: the batch would be kept alive otherwise.
    features: features?.slice(i * dimensions, (i + 1) * dimensions),
    prompt: prompt?.[i],
  };
}
