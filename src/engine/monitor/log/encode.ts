// Raw columns -> numbers: labels and sources as indices, times in milliseconds, latencies in milliseconds, features as
// one row-major block. A row that cannot be what its column says is left out, counted by reason, and a few are kept to
// be shown. An empty cell of an optional column is no malformed row: it is NaN (or -1), and not measured.
import { isList, isMissing, type ColumnMapping, type MalformedRow, type RawBatch } from './columns.ts';
import { LOG_LIMITS } from './limits.ts';
import { epochMilliseconds, parseTime } from './times.ts';

/** Accepted rows of a log. Arrays have one entry a row; undefined where the log has no such column. */
export interface LogBatch {
  readonly rows: number;
  /** Row numbers in the log. */
  readonly row: Float64Array;
  /** Since 1970; NaN where empty. */
  readonly time: Float64Array | undefined;
  /** Index into the label dictionary. */
  readonly output: Int32Array | undefined;
  readonly value: Float64Array | undefined;
  readonly confidence: Float64Array | undefined;
  /** Milliseconds. */
  readonly latency: Float64Array | undefined;
  readonly cpu: Float64Array | undefined;
  readonly gpu: Float64Array | undefined;
  readonly memory: Float64Array | undefined;
  /** -ln of the sum of e^logit (Liu et al. 2020), where the `probabilities` are logits; low is usual. */
  readonly energy: Float64Array | undefined;
  /** Index into the source dictionary, -1 where empty. */
  readonly source: Int32Array | undefined;
  /** [rows, dimensions], row-major. */
  readonly features: Float32Array | undefined;
  readonly dimensions: number;
  readonly prompt: readonly string[] | undefined;
}

export interface MalformedSummary {
  readonly count: number;
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  readonly examples: readonly MalformedRow[];
}

const MOST_EXAMPLES = 20;
const MOST_REASONS = 50;
const UNIT_MS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 } as const;
/** Instead of a label's index; -1 is a dictionary that is full. */
const [EMPTY_LABEL, NOT_UTF8] = [-2, -3] as const;
const OPTIONAL = ['cpu', 'gpu', 'memory'] as const;

class Dictionary {
  readonly labels: string[] = [];
  readonly #index = new Map<string, number>();
  readonly #most: number;

  constructor(most: number, labels: readonly string[] = []) {
    this.#most = most;
    for (const label of labels) this.indexOf(label);
  }

  /** Index of a label, new or known; -1 where the dictionary is full. */
  indexOf(label: string): number {
    const known = this.#index.get(label);
    if (known !== undefined) return known;
    if (this.labels.length >= this.#most) return -1;
    this.#index.set(label, this.labels.length);
    this.labels.push(label);
    return this.labels.length - 1;
  }
}

export interface EncoderState {
  readonly classes: readonly string[];
  readonly sources: readonly string[];
  readonly dimensions: number | undefined;
  readonly rows: number;
  readonly malformed: number;
  readonly reasons: readonly (readonly [string, number])[];
  readonly examples: readonly MalformedRow[];
}

export class Encoder {
  readonly mapping: ColumnMapping;
  readonly classes: Dictionary;
  readonly sources: Dictionary;
  #dimensions: number | undefined;
  #rows = 0;
  #malformed = 0;
  readonly #reasons = new Map<string, number>();
  readonly #examples: MalformedRow[] = [];

  constructor(mapping: ColumnMapping, known: { readonly classes?: readonly string[]; readonly sources?: readonly string[]; readonly dimensions?: number } = {}) {
    this.mapping = mapping;
    this.classes = new Dictionary(LOG_LIMITS.classes, known.classes);
    this.sources = new Dictionary(LOG_LIMITS.sources, known.sources);
    this.#dimensions = known.dimensions;
  }

  /** Rows seen so far, malformed ones included. */
  get rows(): number {
    return this.#rows;
  }

  get malformed(): MalformedSummary {
    const reasons = [...this.#reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
    return { count: this.#malformed, reasons, examples: [...this.#examples] };
  }

  snapshot(): EncoderState {
    return { classes: this.classes.labels, sources: this.sources.labels, dimensions: this.#dimensions, rows: this.#rows, malformed: this.#malformed, reasons: [...this.#reasons], examples: this.#examples };
  }

  /** Of an encoder that was made for the same baseline. */
  restore({ classes, sources, dimensions, rows, malformed, reasons, examples }: EncoderState): void {
    for (const label of classes) this.classes.indexOf(label);
    for (const label of sources) this.sources.indexOf(label);
    this.#dimensions = dimensions;
    this.#rows = rows;
    this.#malformed = malformed;
    for (const [reason, count] of reasons) this.#reasons.set(reason, count);
    this.#examples.splice(0, this.#examples.length, ...examples);
  }

  encode(batch: RawBatch): LogBatch {
    const { mapping } = this;
    for (const { row, reason, text } of batch.malformed ?? []) this.#reject(row, reason, text);
    const n = batch.rows;
    this.#rows += n + (batch.malformed?.length ?? 0);
    const bad: (string | undefined)[] = [];
    const reject = (i: number, reason: string): void => {
      bad[i] ??= reason;
    };
    const column = (name: string | undefined): ArrayLike<unknown> | undefined => (name === undefined ? undefined : (batch.columns.get(name) ?? new Array<unknown>(n)));
    const numbers = (name: string | undefined, check?: (x: number) => string | undefined, scale = 1): Float64Array | undefined => {
      const raw = column(name);
      return raw === undefined ? undefined : numberColumn(raw, n, name ?? '', scale, check, reject);
    };

    const time = mapping.time === undefined ? undefined : timeColumn(column(mapping.time) ?? [], n, mapping.time, reject);
    const confidence0 = numbers(mapping.confidence, (x) => (x < 0 || x > 1 ? 'outside 0…1' : undefined));
    const latency = numbers(mapping.latency, (x) => (x < 0 ? 'negative' : undefined), UNIT_MS[mapping.latencyUnit ?? 'ms']);
    const [cpu, gpu, memory] = OPTIONAL.map((role) => numbers(mapping[role], (x) => (x < 0 ? 'negative' : undefined)));
    const value = numbers(mapping.value);
    if (value !== undefined) for (let i = 0; i < n; i++) if (Number.isNaN(value[i])) reject(i, `${mapping.value ?? 'value'}: empty`);
    const probabilities = mapping.probabilities === undefined ? undefined : vectors(mapping.probabilities, batch, n, undefined, reject);
    const energy = probabilities === undefined || !areLogits(probabilities) ? undefined : softenLogits(probabilities, n);
    const output = mapping.class !== undefined ? this.#labels(column(mapping.class) ?? [], n, mapping.class, reject) : probabilities === undefined ? undefined : this.#argmax(probabilities, mapping.probabilities ?? [], n);
    const confidence = confidence0 ?? (probabilities === undefined ? undefined : largest(probabilities, n));
    const features = mapping.features === undefined ? undefined : vectors(mapping.features, batch, n, this.#dimensions, reject);
    if (features !== undefined) this.#dimensions ??= features.dimensions;
    const source = mapping.source === undefined ? undefined : this.#sourceColumn(column(mapping.source) ?? [], n);
    const prompt = mapping.prompt === undefined ? undefined : Array.from({ length: n }, (_, i) => textOf((column(mapping.prompt) ?? [])[i]).slice(0, LOG_LIMITS.promptCharacters));

    const row = physicalRows(batch);
    for (let i = 0; i < n; i++) if (bad[i] !== undefined) this.#reject(row[i] ?? 0, bad[i] ?? '');
    const whole: LogBatch = { rows: n, row, time, output, value, confidence, latency, cpu, gpu, memory, energy, source, features: features?.data, dimensions: features?.dimensions ?? 0, prompt };
    return bad.length === 0 ? whole : without(whole, bad);
  }

  #labels(raw: ArrayLike<unknown>, n: number, name: string, reject: (i: number, reason: string) => void): Int32Array {
    const out = new Int32Array(n);
    // Labels repeat: the last one's index saves most look-ups of a sorted or bursty log.
    let [lastText, lastIndex]: [unknown, number] = [undefined, EMPTY_LABEL];
    for (let i = 0; i < n; i++) {
      const cell = raw[i];
      if (cell !== lastText) {
        const text = textOf(cell).trim();
        lastText = cell;
        lastIndex = text === '' ? EMPTY_LABEL : text.includes('\uFFFD') ? NOT_UTF8 : this.classes.indexOf(text);
      }
      out[i] = lastIndex;
      if (lastIndex < 0) reject(i, `${name}: ${lastIndex === EMPTY_LABEL ? 'empty' : lastIndex === NOT_UTF8 ? 'not text in UTF-8' : `more than ${LOG_LIMITS.classes} different classes`}`);
    }
    return out;
  }

  #argmax({ data, dimensions }: Vectors, names: readonly string[], n: number): Int32Array {
    const labels = Array.from({ length: dimensions }, (_, k) => this.classes.indexOf(names.length > 1 ? (names[k] ?? String(k)) : String(k)));
    return Int32Array.from({ length: n }, (_, i) => {
      let best = 0;
      for (let k = 1; k < dimensions; k++) if ((data[i * dimensions + k] ?? 0) > (data[i * dimensions + best] ?? 0)) best = k;
      return labels[best] ?? 0;
    });
  }

  #sourceColumn(raw: ArrayLike<unknown>, n: number): Int32Array {
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const text = textOf(raw[i]);
      out[i] = text === '' ? -1 : this.sources.indexOf(text);
    }
    return out;
  }

  #reject(row: number, reason: string, text?: string): void {
    this.#malformed++;
    const key = this.#reasons.has(reason) || this.#reasons.size < MOST_REASONS ? reason : 'other';
    this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + 1);
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push({ row, reason, ...(text === undefined ? {} : { text }) });
  }
}

/** Row numbers of the rows that the reader kept: those it could not read are skipped over. */
function physicalRows({ firstRow, rows, malformed }: RawBatch): Float64Array {
  const out = new Float64Array(rows);
  if (malformed === undefined || malformed.length === 0) {
    for (let i = 0; i < rows; i++) out[i] = firstRow + i;
    return out;
  }
  const skipped = new Set(malformed.map(({ row }) => row));
  let row = firstRow;
  for (let i = 0; i < rows; i++, row++) {
    while (skipped.has(row)) row++;
    out[i] = row;
  }
  return out;
}

function textOf(cell: unknown): string {
  return cell === null || cell === undefined ? '' : typeof cell === 'string' ? cell : String(cell);
}

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  if (cell === null || cell === undefined || cell === '') return Number.NaN;
  const x = Number(cell);
  if (x === 0) return typeof cell === 'string' && cell.trim() === '' ? Number.NaN : 0;
  if (!Number.isNaN(x)) return x;
  // Text that is no number is told apart from an empty cell.
  return isMissing(cell) ? Number.NaN : Infinity;
}

function numberColumn(raw: ArrayLike<unknown>, n: number, name: string, scale: number, check: ((x: number) => string | undefined) | undefined, reject: (i: number, reason: string) => void): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const x = numberOf(raw[i]);
    out[i] = x * scale;
    if (x === Infinity || x === -Infinity) reject(i, `${name}: not a number`);
    else {
      const wrong = check?.(x);
      if (wrong !== undefined) reject(i, `${name}: ${wrong}`);
    }
  }
  return out;
}

function timeColumn(raw: ArrayLike<unknown>, n: number, name: string, reject: (i: number, reason: string) => void): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const cell = raw[i];
    const x = numberOf(cell);
    out[i] = Number.isFinite(x) ? epochMilliseconds(x) : cell === null || cell === undefined || cell === '' ? Number.NaN : parseTime(cell);
    if (Number.isNaN(out[i]) && cell !== null && cell !== undefined && cell !== '') reject(i, `${name}: not a time`);
  }
  return out;
}

interface Vectors {
  readonly data: Float32Array;
  readonly dimensions: number;
}

function vectors(names: readonly string[], batch: RawBatch, n: number, expected: number | undefined, reject: (i: number, reason: string) => void): Vectors {
  const [first] = names;
  const lists = names.length === 1 && first !== undefined ? batch.columns.get(first) : undefined;
  const dimensions = Math.min(LOG_LIMITS.listLength, expected ?? (lists === undefined ? names.length : lengthOfFirst(lists, n)));
  const data = new Float32Array(n * dimensions);
  if (lists === undefined) {
    names.slice(0, dimensions).forEach((name, k) => {
      const raw = batch.columns.get(name) ?? [];
      for (let i = 0; i < n; i++) {
        const x = numberOf(raw[i]);
        data[i * dimensions + k] = x;
        if (!Number.isFinite(x)) reject(i, `${name}: not a number`);
      }
    });
    return { data, dimensions };
  }
  for (let i = 0; i < n; i++) {
    const list = asNumbers(lists[i]);
    if (list === undefined || list.length !== dimensions) {
      reject(i, `${first ?? ''}: not a list of ${dimensions} numbers`);
      continue;
    }
    for (let k = 0; k < dimensions; k++) {
      const x = numberOf(list[k]);
      data[i * dimensions + k] = x;
      if (!Number.isFinite(x)) reject(i, `${first ?? ''}: not a number`);
    }
  }
  return { data, dimensions };
}

/** A list, or text that holds one ('[0.1, 0.2]', as CSV has it). */
function asNumbers(cell: unknown): ArrayLike<unknown> | undefined {
  if (isList(cell)) return cell;
  if (typeof cell !== 'string' || !cell.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(cell);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function lengthOfFirst(lists: ArrayLike<unknown>, n: number): number {
  for (let i = 0; i < n; i++) {
    const list = asNumbers(lists[i]);
    if (list !== undefined) return list.length;
  }
  return 0;
}

function largest({ data, dimensions }: Vectors, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let most = -Infinity;
    for (let k = 0; k < dimensions; k++) most = Math.max(most, data[i * dimensions + k] ?? 0);
    return most;
  });
}

function areLogits({ data }: Vectors): boolean {
  return data.some((x) => x < 0 || x > 1.001);
}

/** Softmax in place; returns each row's energy. */
function softenLogits({ data, dimensions }: Vectors, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * dimensions, (i + 1) * dimensions);
    const most = Math.max(...row);
    const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
    row.forEach((x, k) => (row[k] = Math.exp(x - most) / sum));
    return -(most + Math.log(sum));
  });
}

function without(batch: LogBatch, bad: readonly (string | undefined)[]): LogBatch {
  const keep: number[] = [];
  for (let i = 0; i < batch.rows; i++) if (bad[i] === undefined) keep.push(i);
  const floats = (values: Float64Array | undefined): Float64Array | undefined => (values === undefined ? undefined : Float64Array.from(keep, (i) => values[i] ?? Number.NaN));
  const ints = (values: Int32Array | undefined): Int32Array | undefined => (values === undefined ? undefined : Int32Array.from(keep, (i) => values[i] ?? -1));
  const { dimensions: d, features } = batch;
  const kept = features === undefined ? undefined : new Float32Array(keep.length * d);
  if (kept !== undefined && features !== undefined) keep.forEach((from, to) => kept.set(features.subarray(from * d, (from + 1) * d), to * d));
  return {
    rows: keep.length, row: Float64Array.from(keep, (i) => batch.row[i] ?? 0), time: floats(batch.time), output: ints(batch.output), value: floats(batch.value), confidence: floats(batch.confidence),
    latency: floats(batch.latency), cpu: floats(batch.cpu), gpu: floats(batch.gpu), memory: floats(batch.memory), energy: floats(batch.energy), source: ints(batch.source), features: kept, dimensions: d,
    prompt: batch.prompt === undefined ? undefined : keep.map((i) => batch.prompt?.[i] ?? ''),
  };
}
