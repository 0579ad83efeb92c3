// Comma-, semicolon-, tab- or bar-separated logs (RFC 4180): a header line, quotes doubled inside quotes, newlines in
// quotes. Where semicolons separate, 0,95 is a number.
// A row whose number of cells is not the header's is malformed, and so is one with text after a closing quote or with a
// quote that is not closed within LOG_LIMITS.quotedCharacters: it is counted and left out, and reading goes on at the
// next line. A stray quote must not make the lines after it vanish into one cell.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { MalformedRow, RawBatch } from './columns.ts';
import { BATCH_ROWS, LOG_LIMITS } from './limits.ts';
import { wholeLines } from './lines.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;

interface CsvHead {
  readonly header: readonly string[];
  readonly separator: string;
}

/** Where reading stands, to go on from after a restart. */
export interface CsvState {
  readonly head: CsvHead | undefined;
  /** The beginning of a row whose quoted cell goes on in what was not read yet. */
  readonly rest: string;
}

export async function* readCsv(source: ByteSource, signal: CancelSignal): AsyncGenerator<RawBatch, void> {
  const reader = new CsvReader(source.path);
  let row = 0;
  const next = function* (text: string, final: boolean): Generator<RawBatch, void> {
    for (const batch of reader.read(text, row, final)) {
      row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
      yield batch;
    }
  };
  for await (const { text } of wholeLines(source, signal)) yield* next(text, false);
  yield* next('', true);
}

/** Reads text that comes in pieces, each of whole lines. */
export class CsvReader {
  readonly #path: string;
  #head: CsvHead | undefined;
  #rest: string;

  constructor(path: string, { head, rest }: CsvState = { head: undefined, rest: '' }) {
    this.#path = path;
    this.#head = head;
    this.#rest = rest;
  }

  state(): CsvState {
    return { head: this.#head, rest: this.#rest };
  }

  /** `final`: nothing comes after this text, so what is open stays open. */
  *read(more: string, firstRow: number, final: boolean): Generator<RawBatch, void> {
    const text = this.#rest + more;
    this.#rest = '';
    let at = 0;
    if (this.#head === undefined) {
      const found = readHead(text, this.#path, final);
      if (found === undefined) {
        this.#rest = text;
        return;
      }
      this.#head = found.head;
      at = found.end;
    }
    const scanner = new RowScanner(text, this.#head.separator);
    let row = firstRow;
    while (at < text.length) {
      const batch = this.#batch(text, at, scanner, this.#head, row, final);
      at = batch.end;
      row += batch.raw.rows + batch.malformed;
      if (batch.raw.rows + batch.malformed > 0) yield batch.raw;
    }
  }

  #batch(text: string, from: number, scanner: RowScanner, { header, separator }: CsvHead, firstRow: number, final: boolean): { readonly raw: RawBatch; readonly malformed: number; readonly end: number } {
    const columns: string[][] = header.map(() => []);
    const malformed: MalformedRow[] = [];
    const decimalComma = separator === ';';
    let rows = 0;
    let at = from;
    while (at < text.length && rows + malformed.length < BATCH_ROWS) {
      const cells: string[] = [];
      const begin = at;
      const ended = scanner.read(begin, cells);
      at = ended.next;
      if (ended.fault === OPEN && !final && text.length - begin <= LOG_LIMITS.quotedCharacters) {
        this.#rest = text.slice(begin);
        at = text.length;
        break;
      }
      if (ended.fault === undefined && cells.length === 1 && cells[0] === '') continue;
      const fault = ended.fault ?? (cells.length === header.length ? undefined : `${cells.length} cells instead of ${header.length}`);
      if (fault === undefined) {
        for (let i = 0; i < cells.length; i++) columns[i]?.push(decimalComma ? withPoint(cells[i] ?? '') : (cells[i] ?? ''));
        rows++;
        continue;
      }
      // Lines that a stray quote took in are rows of their own.
      at = lineAfter(text, begin);
      malformed.push({ row: firstRow + rows + malformed.length, reason: fault, text: text.slice(begin, Math.min(at, begin + 120)).trimEnd() });
    }
    return { raw: { firstRow, rows, columns: new Map(header.map((name, i) => [name, columns[i] ?? []])), malformed }, malformed: malformed.length, end: at };
  }
}

function readHead(text: string, path: string, final: boolean): { readonly head: CsvHead; readonly end: number } | undefined {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const line = text.slice(begin, lineAfter(text, begin));
  const separator = SEPARATORS.reduce((best, candidate) => (line.split(candidate).length > line.split(best).length ? candidate : best));
  const cells: string[] = [];
  const { next, fault } = new RowScanner(text, separator).read(begin, cells);
  if (fault === OPEN && !final && text.length <= LOG_LIMITS.quotedCharacters) return undefined;
  const wrong = (expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'malformed', format: 'csv', file: path, field: 'header', expected, actual });
  if (fault !== undefined) throw wrong('a header line', fault);
  if (cells.length > LOG_LIMITS.columns) throw new ArtifactError({ code: 'limit-exceeded', format: 'csv', file: path, field: 'columns', expected: `at most ${LOG_LIMITS.columns}`, actual: String(cells.length) });
  const header = cells.map((cell, index) => (cell.trim() === '' ? `column ${index + 1}` : cell.trim()));
  if (new Set(header).size < header.length) throw wrong('distinct column names', header.find((name, i) => header.indexOf(name) !== i) ?? '');
  return { head: { header, separator }, end: next };
}

const OPEN = 'a quote that is never closed';
const AFTER = 'text after a closing quote';
type Fault = typeof OPEN | typeof AFTER;

interface RowEnd {
  /** Where the next row begins; of no meaning after a fault. */
  readonly next: number;
  readonly fault?: Fault;
}

/** Reads the rows of one text. A quote inside an unquoted cell is a character like any other. */
class RowScanner {
  readonly #text: string;
  readonly #separator: string;
  /** The next quote from where it was last asked for: looked up once, not for each row. */
  #quote = -1;

  constructor(text: string, separator: string) {
    this.#text = text;
    this.#separator = separator;
  }

  #quoteFrom(at: number): number {
    if (this.#quote < at) {
      const found = this.#text.indexOf('"', at);
      this.#quote = found < 0 ? Infinity : found;
    }
    return this.#quote;
  }

  /** One row's cells from `at`. */
  read(at: number, cells: string[]): RowEnd {
    const text = this.#text;
    const end = lineAfter(text, at);
    if (this.#quoteFrom(at) >= end) {
      const stop = text.charCodeAt(end - 1) !== 10 ? end : text.charCodeAt(end - 2) === 13 && end - 2 >= at ? end - 2 : end - 1;
      for (const cell of text.slice(at, stop).split(this.#separator)) cells.push(cell);
      return { next: end };
    }
    for (let i = at; ; ) {
      const cell = text[i] === '"' ? quotedCell(text, i, this.#separator) : plainCell(text, i, this.#separator);
      if (cell.fault !== undefined) return { next: text.length, fault: cell.fault };
      cells.push(cell.value);
      if (cell.end >= text.length) return { next: text.length };
      if (text[cell.end] === '\n') return { next: cell.end + 1 };
      i = cell.end + 1;
      if (i < text.length) continue;
      cells.push('');
      return { next: text.length };
    }
  }
}

interface Cell {
  readonly value: string;
  /** At the separator or the newline after it. */
  readonly end: number;
  readonly fault?: Fault;
}

function quotedCell(text: string, at: number, separator: string): Cell {
  let value = '';
  let i = at + 1;
  for (;;) {
    const close = text.indexOf('"', i);
    if (close < 0) return { value, end: text.length, fault: OPEN };
    value += text.slice(i, close);
    i = close + 1;
    if (text[i] !== '"') break;
    value += '"';
    i++;
  }
  while (text[i] === ' ' || text[i] === '\r') i++;
  return i < text.length && text[i] !== separator && text[i] !== '\n' ? { value, end: i, fault: AFTER } : { value, end: i };
}

function plainCell(text: string, at: number, separator: string): Cell {
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== '\n') end++;
  return { value: text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end), end };
}

/** After the newline that ends the line at `at`. */
function lineAfter(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function withPoint(cell: string): string {
  return /^-?\d{1,30},\d{1,30}$/.test(cell) ? cell.replace(',', '.') : cell;
}
