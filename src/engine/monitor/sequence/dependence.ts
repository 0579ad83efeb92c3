// How much a stream's counts vary beyond independent draws: the variance of block counts over the binomial's, at block
// lengths 64, 128, 256 … predictions. Bursts, sessions and the time of day make it larger than 1; the sequential tests
// take the 1/inflation-th power of their likelihood ratios, the window tests divide their statistic by it.
// How this can mislead: a rhythm longer than an eighth of the baseline is not seen.
const BLOCK = 64;
const SCALES = 24;
const FEWEST_BLOCKS = 8;

/** Hits of several events that share their trials. */
export class DispersionMeter {
  readonly #events: number;
  readonly #hits: Float64Array;
  readonly #blockHits: Float64Array;
  /** [event, scale]: open block's count (or -1), blocks, sum, sum of squares. */
  readonly #open: Float64Array;
  readonly #blocks: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #trials = 0;

  constructor(events: number) {
    this.#events = events;
    this.#hits = new Float64Array(events);
    this.#blockHits = new Float64Array(events);
    this.#open = new Float64Array(events * SCALES).fill(-1);
    this.#blocks = new Float64Array(SCALES);
    this.#sums = new Float64Array(events * SCALES);
    this.#squares = new Float64Array(events * SCALES);
  }

  get trials(): number {
    return this.#trials;
  }
  hits(event: number): number {
    return this.#hits[event] ?? 0;
  }

  hit(event: number): void {
    this.#hits[event] = (this.#hits[event] ?? 0) + 1;
    this.#blockHits[event] = (this.#blockHits[event] ?? 0) + 1;
  }

  /** After the trial's hits. */
  endTrial(): void {
    this.#trials++;
    if (this.#trials % BLOCK !== 0) return;
    for (let event = 0; event < this.#events; event++) this.#push(event, this.#blockHits[event] ?? 0);
    const blocks = this.#trials / BLOCK;
    for (let scale = 0; scale < SCALES && blocks % 2 ** scale === 0; scale++) this.#blocks[scale] = (this.#blocks[scale] ?? 0) + 1;
    this.#blockHits.fill(0);
  }

  #push(event: number, count: number): void {
    let carried = count;
    for (let scale = 0; scale < SCALES; scale++) {
      const at = event * SCALES + scale;
      this.#sums[at] = (this.#sums[at] ?? 0) + carried;
      this.#squares[at] = (this.#squares[at] ?? 0) + carried * carried;
      const waiting = this.#open[at] ?? -1;
      if (waiting < 0) {
        this.#open[at] = carried;
        return;
      }
      this.#open[at] = -1;
      carried += waiting;
    }
  }

  /** At least 1: the largest ratio over the block lengths that is more than the chance of a few blocks explains. */
  inflation(event: number): number {
    const p = this.hits(event) / Math.max(1, this.#trials);
    if (p <= 0 || p >= 1) return 1;
    let most = 1;
    for (let scale = 0; scale < SCALES; scale++) {
      const blocks = this.#blocks[scale] ?? 0;
      if (blocks < FEWEST_BLOCKS) break;
      const length = BLOCK * 2 ** scale;
      // Counts this small are discrete: their variance says little.
      if (length * p < 1) continue;
      const at = event * SCALES + scale;
      const mean = (this.#sums[at] ?? 0) / blocks;
      const variance = ((this.#squares[at] ?? 0) - blocks * mean * mean) / (blocks - 1);
      const ratio = variance / (length * p * (1 - p));
      if (ratio > 1 + 3 * Math.sqrt(2 / (blocks - 1))) most = Math.max(most, ratio);
    }
    return most;
  }
}
