// A log in at most 128 stretches of equally many predictions, whatever its length: when they would be more, two become
// one. Each stretch keeps counts only (classes, confidence, latency, hours by source), so that any brushed part of the
// log is a sum over stretches. Bin edges are fixed by the baseline, so both can be drawn side by side.
import type { LogBatch } from './log/encode.ts';
import { hourOf } from './profile/families.ts';

const MOST_BINS = 128;
export const CONFIDENCE_BINS = 25;
export const LATENCY_BINS = 32;
export const SHOWN_CLASSES = 12;
export const SHOWN_SOURCES = 8;

/** Sizes of one stretch's count blocks. Class index `classes - 1` gathers all further classes, as the last source does. */
export interface TimelineShape {
  readonly classes: number;
  readonly sources: number;
  /** log10 of milliseconds at the edges of the latency histogram; undefined where no latency is logged. */
  readonly latency: readonly [number, number] | undefined;
  /** Edges of the value histogram of a regressor. */
  readonly value: readonly [number, number] | undefined;
}

export const VALUE_BINS = 32;

/** Counts of all stretches, each block row-major with the stretch first. Plain arrays: they cross workers. */
export interface Timeline {
  readonly shape: TimelineShape;
  readonly bins: number;
  readonly rowsPerBin: number;
  readonly rows: Float64Array;
  /** First row number, and times of first and last row (NaN where unknown). */
  readonly firstRow: Float64Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** [bin, class] */
  readonly classes: Float64Array;
  /** [bin, class, confidence bin] over 0…1 */
  readonly confidence: Float64Array;
  /** [bin, class, latency bin], log scale */
  readonly latency: Float64Array;
  /** [bin, value bin] */
  readonly value: Float64Array;
  /** [bin, hour, source] */
  readonly hours: Float64Array;
  /** [bin, series]: log10 of the e-value of each sequential monitor at the stretch's end. */
  readonly eValues: Float64Array;
  readonly eSeries: readonly string[];
}

interface Block {
  readonly size: number;
  data: Float64Array;
}

export type TimelineState = Readonly<Record<'rowsPerBin' | 'bins', number>> & Readonly<Record<'rows' | 'firstRow' | 'from' | 'to' | 'classes' | 'confidence' | 'latency' | 'value' | 'hours' | 'eValues', Float64Array>>;

export class TimelineBuilder {
  readonly shape: TimelineShape;
  readonly #series: readonly string[];
  #rowsPerBin = 32;
  #bins = 0;
  #rows = new Float64Array(MOST_BINS);
  #firstRow = new Float64Array(MOST_BINS);
  #from = new Float64Array(MOST_BINS).fill(Number.NaN);
  #to = new Float64Array(MOST_BINS).fill(Number.NaN);
  readonly #classes: Block;
  readonly #confidence: Block;
  readonly #latency: Block;
  readonly #value: Block;
  readonly #hours: Block;
  #eValues: Float64Array;

  constructor(shape: TimelineShape, series: readonly string[]) {
    this.shape = shape;
    this.#series = series;
    const block = (size: number): Block => ({ size, data: new Float64Array(MOST_BINS * size) });
    this.#classes = block(shape.classes);
    this.#confidence = block(shape.classes * CONFIDENCE_BINS);
    this.#latency = block(shape.latency === undefined ? 0 : shape.classes * LATENCY_BINS);
    this.#value = block(shape.value === undefined ? 0 : VALUE_BINS);
    this.#hours = block(24 * shape.sources);
    this.#eValues = new Float64Array(MOST_BINS * series.length).fill(-Infinity);
  }

  /** Rows that still fit into the open stretch. */
  room(): number {
    return this.#bins === 0 ? this.#rowsPerBin : this.#rowsPerBin - (this.#rows[this.#bins - 1] ?? 0) || this.#rowsPerBin;
  }

  /** Adds rows [from, to) of a batch, all into one stretch: ask `room` before. */
  add(batch: LogBatch, from: number, to: number): void {
    if (this.#bins === 0 || (this.#rows[this.#bins - 1] ?? 0) >= this.#rowsPerBin) this.#open(batch.row[from] ?? 0);
    const bin = this.#bins - 1;
    this.#rows[bin] = (this.#rows[bin] ?? 0) + (to - from);
    const { shape } = this;
    for (let i = from; i < to; i++) {
      const at = Math.min(Math.max(0, batch.output?.[i] ?? 0), shape.classes - 1);
      if (batch.output !== undefined) bump(this.#classes, bin, at);
      if (batch.confidence !== undefined) {
        const x = batch.confidence[i] as number;
        if (!Number.isNaN(x)) bump(this.#confidence, bin, at * CONFIDENCE_BINS + Math.min(CONFIDENCE_BINS - 1, Math.floor(x * CONFIDENCE_BINS)));
      }
      if (batch.latency !== undefined && shape.latency !== undefined) {
        const x = batch.latency[i] as number;
        if (!Number.isNaN(x)) bump(this.#latency, bin, at * LATENCY_BINS + binOf(Math.log10(Math.max(1e-6, x)), shape.latency, LATENCY_BINS));
      }
      if (batch.value !== undefined && shape.value !== undefined) bump(this.#value, bin, binOf(batch.value[i] as number, shape.value, VALUE_BINS));
      const when = batch.time?.[i] ?? Number.NaN;
      if (!Number.isNaN(when)) {
        if (Number.isNaN(this.#from[bin])) this.#from[bin] = when;
        this.#to[bin] = when;
        const source = batch.source?.[i] ?? 0;
        bump(this.#hours, bin, hourOf(when) * shape.sources + (source < 0 ? shape.sources - 1 : Math.min(source, shape.sources - 1)));
      }
    }
  }

  note(eValues: readonly number[]): void {
    const bin = this.#bins - 1;
    eValues.forEach((value, i) => {
      const at = bin * this.#series.length + i;
      this.#eValues[at] = Math.max(this.#eValues[at] ?? -Infinity, Math.log10(Math.max(1e-3, value)));
    });
  }

  #open(firstRow: number): void {
    if (this.#bins === MOST_BINS) this.#halve();
    this.#firstRow[this.#bins] = firstRow;
    this.#bins++;
  }

  #halve(): void {
    const half = MOST_BINS / 2;
    for (const block of [this.#classes, this.#confidence, this.#latency, this.#value, this.#hours]) block.data = merged(block.data, block.size, sum, 0);
    this.#rows = merged(this.#rows, 1, sum, 0);
    this.#firstRow = merged(this.#firstRow, 1, first, 0);
    this.#from = merged(this.#from, 1, firstKnown, Number.NaN);
    this.#to = merged(this.#to, 1, lastKnown, Number.NaN);
    this.#eValues = merged(this.#eValues, this.#series.length, Math.max, -Infinity);
    this.#bins = half;
    this.#rowsPerBin *= 2;
  }

  snapshot(): TimelineState {
    return {
      rowsPerBin: this.#rowsPerBin, bins: this.#bins, rows: this.#rows, firstRow: this.#firstRow, from: this.#from, to: this.#to, classes: this.#classes.data, confidence: this.#confidence.data,
      latency: this.#latency.data, value: this.#value.data, hours: this.#hours.data, eValues: this.#eValues,
    };
  }

  /** Of a timeline of the same shape. */
  restore(state: TimelineState): void {
    this.#rowsPerBin = state.rowsPerBin;
    this.#bins = state.bins;
    for (const [to, from] of [[this.#rows, state.rows], [this.#firstRow, state.firstRow], [this.#from, state.from], [this.#to, state.to], [this.#classes.data, state.classes], [this.#confidence.data, state.confidence], [this.#latency.data, state.latency], [this.#value.data, state.value], [this.#hours.data, state.hours], [this.#eValues, state.eValues]] as const) to.set(from);
  }

  /** A last stretch of less than half the rows is joined to the one before: its shares would swing by chance alone. */
  finish(): Timeline {
    const short = this.#bins > 1 && (this.#rows[this.#bins - 1] ?? 0) < this.#rowsPerBin / 2;
    const bins = short ? this.#bins - 1 : this.#bins;
    const cut = (data: Float64Array, size: number, join: Join): Float64Array => {
      const kept = data.slice(0, bins * size);
      for (let k = kept.length - size; short && k < kept.length; k++) kept[k] = join(kept[k] ?? 0, data[k + size] ?? 0);
      return kept;
    };
    const summed = ({ data, size }: Block): Float64Array => cut(data, size, sum);
    return {
      shape: this.shape, bins, rowsPerBin: this.#rowsPerBin, rows: cut(this.#rows, 1, sum), firstRow: cut(this.#firstRow, 1, first), from: cut(this.#from, 1, firstKnown), to: cut(this.#to, 1, lastKnown),
      classes: summed(this.#classes), confidence: summed(this.#confidence), latency: summed(this.#latency), value: summed(this.#value), hours: summed(this.#hours),
      eValues: cut(this.#eValues, this.#series.length, Math.max), eSeries: this.#series,
    };
  }
}

/** How two neighbouring stretches become one. */
type Join = (a: number, b: number) => number;
const sum: Join = (a, b) => a + b;
const first: Join = (a) => a;
const firstKnown: Join = (a, b) => (Number.isNaN(a) ? b : a);
const lastKnown: Join = (a, b) => (Number.isNaN(b) ? a : b);

function merged(data: Float64Array, size: number, join: Join, empty: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(MOST_BINS * size).fill(empty);
  for (let bin = 0; bin < MOST_BINS / 2; bin++) for (let k = 0; k < size; k++) out[bin * size + k] = join(data[2 * bin * size + k] ?? 0, data[(2 * bin + 1) * size + k] ?? 0);
  return out;
}

function bump(block: Block, bin: number, at: number): void {
  const index = bin * block.size + at;
  block.data[index] = (block.data[index] as number) + 1;
}

function binOf(x: number, [low, high]: readonly [number, number], bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(((x - low) / (high - low)) * bins)));
}
