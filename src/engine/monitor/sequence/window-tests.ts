// The plain test that most monitors run: chi-squared over each window of the last N predictions against the baseline's
// shares, alert at p < level. Kept beside the sequential detectors because people know it, and to show its price: on a
// clean stream every window has a chance of `level` to raise an alarm, so alarms come without bound. `adjusted` is
// Benjamini & Hochberg's over all windows of the log, which holds back that inflation, once the log is complete.
import type { RandomState, ResumableRandom } from '../../core/random.ts';
import type { Probability } from '../../core/units.ts';
import { goodnessOfFit, type GoodnessOfFit } from '../statistics/goodness-of-fit.ts';
import { benjaminiHochberg } from '../statistics/multiple-testing.ts';

export interface WindowResult {
  readonly firstRow: number;
  readonly pValue: Probability;
  readonly adjusted: Probability;
  readonly method: GoodnessOfFit['method'];
}

export interface WindowSummary {
  readonly size: number;
  readonly level: Probability;
  readonly windows: number;
  readonly alarms: number;
  readonly alarmsAfterAdjusting: number;
  /** Alarms that clean windows would raise on average. */
  readonly expectedFalse: number;
  readonly results: readonly WindowResult[];
}

export interface WindowState {
  readonly counts: readonly number[];
  readonly raw: readonly { readonly firstRow: number; readonly pValue: number; readonly method: GoodnessOfFit['method'] }[];
  readonly filled: number;
  readonly firstRow: number;
  readonly random: RandomState;
}

export class WindowTests {
  readonly #shares: readonly number[];
  readonly #size: number;
  readonly #level: Probability;
  readonly #inflation: number;
  readonly #random: (from?: RandomState) => ResumableRandom;
  #drawing: ResumableRandom;
  readonly #counts: number[];
  readonly #raw: { firstRow: number; pValue: number; method: GoodnessOfFit['method'] }[] = [];
  #filled = 0;
  #firstRow = 0;

  /** shares: of the known classes; what is none of them counts as one more class with share 0. */
  constructor(shares: readonly number[], size: number, level: Probability, inflation: number, random: (from?: RandomState) => ResumableRandom) {
    this.#shares = [...shares, 0];
    this.#size = size;
    this.#level = level;
    this.#inflation = inflation;
    this.#random = random;
    this.#drawing = random();
    this.#counts = this.#shares.map(() => 0);
  }

  add(output: number, row: number): void {
    if (this.#filled === 0) this.#firstRow = row;
    const at = output < 0 ? this.#counts.length - 1 : Math.min(output, this.#counts.length - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    if (++this.#filled < this.#size) return;
    const { pValue, method } = this.#test();
    this.#raw.push({ firstRow: this.#firstRow, pValue, method });
    this.#counts.fill(0);
    this.#filled = 0;
  }

  #test(): Pick<GoodnessOfFit, 'pValue' | 'method'> {
    // A class that the baseline never saw has no chance at all under it.
    if ((this.#counts.at(-1) ?? 0) > 0) return { pValue: 0, method: 'exact multinomial' };
    const used = this.#shares.flatMap((share, i) => (share > 0 ? [i] : []));
    return goodnessOfFit(used.map((i) => this.#counts[i] ?? 0), used.map((i) => this.#shares[i] ?? 0), this.#drawing, this.#inflation);
  }

  snapshot(): WindowState {
    return { counts: this.#counts, raw: this.#raw, filled: this.#filled, firstRow: this.#firstRow, random: this.#drawing.state() };
  }

  restore({ counts, raw, filled, firstRow, random }: WindowState): void {
    counts.forEach((count, i) => (this.#counts[i] = count));
    this.#raw.splice(0, this.#raw.length, ...raw);
    this.#filled = filled;
    this.#firstRow = firstRow;
    this.#drawing = this.#random(random);
  }

  summary(): WindowSummary {
    const adjusted = benjaminiHochberg(this.#raw.map(({ pValue }) => pValue));
    const results = this.#raw.map((entry, i) => ({ ...entry, adjusted: adjusted[i] ?? 1 }));
    const passes = (p: number): boolean => p < this.#level;
    return {
      size: this.#size, level: this.#level, windows: results.length, results,
      alarms: results.filter(({ pValue }) => passes(pValue)).length,
      alarmsAfterAdjusting: results.filter((entry) => passes(entry.adjusted)).length,
      expectedFalse: results.length * this.#level,
    };
  }
}
