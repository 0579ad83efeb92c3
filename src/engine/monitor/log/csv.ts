// Comma-, semicolon- or tab-separated logs (RFC 4180): a header line, quotes doubled inside quotes, newlines in quotes.
// A row whose number of cells is not the header's is malformed: counted and left out.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { MalformedRow, RawBatch } from './columns.ts';
import { BATCH_ROWS, LOG_LIMITS } from './limits.ts';
import { wholeLines } from './lines.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;

export interface CsvState {
  readonly header: readonly string[];
  readonly separator: string;
}

export async function* readCsv(source: ByteSource, signal: CancelSignal): AsyncGenerator<RawBatch, void> {
  let state: CsvState | undefined;
  let row = 0;
  for await (const { text } of wholeLines(source, signal, true)) {
    let from = 0;
    if (state === undefined) {
      const head = readHeader(text, source.path);
      state = head.state;
      from = head.end;
    }
    for (const batch of parseRows(text, from, state, row)) {
      row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
      yield batch;
    }
  }
}

export function readHeader(text: string, path: string): { readonly state: CsvState; readonly end: number } {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const line = text.slice(begin, text.indexOf('\n', begin));
  const separator = SEPARATORS.reduce((best, candidate) => (line.split(candidate).length > line.split(best).length ? candidate : best));
  const cells: string[] = [];
  const end = readCells(text, begin, separator, cells);
  if (cells.length > LOG_LIMITS.columns) throw new ArtifactError({ code: 'limit-exceeded', format: 'csv', file: path, field: 'columns', expected: `at most ${LOG_LIMITS.columns}`, actual: String(cells.length) });
  const header = cells.map((cell, index) => (cell.trim() === '' ? `column ${index + 1}` : cell.trim()));
  if (new Set(header).size < header.length) throw new ArtifactError({ code: 'malformed', format: 'csv', file: path, field: 'header', expected: 'distinct column names', actual: header.find((name, i) => header.indexOf(name) !== i) ?? '' });
  return { state: { header, separator }, end };
}

export function* parseRows(text: string, from: number, { header, separator }: CsvState, firstRow: number): Generator<RawBatch, void> {
  let at = from;
  let row = firstRow;
  while (at < text.length) {
    const columns: string[][] = header.map(() => []);
    const malformed: MalformedRow[] = [];
    const first = row;
    let rows = 0;
    while (at < text.length && rows + malformed.length < BATCH_ROWS) {
      const cells: string[] = [];
      const begin = at;
      at = readCells(text, at, separator, cells);
      if (cells.length === 1 && cells[0] === '') continue;
      if (cells.length === header.length) {
        for (let i = 0; i < cells.length; i++) columns[i]?.push(cells[i] ?? '');
        rows++;
      } else {
        malformed.push({ row, reason: `${cells.length} cells instead of ${header.length}`, text: text.slice(begin, Math.min(at, begin + 120)).trimEnd() });
      }
      row++;
    }
    yield { firstRow: first, rows, columns: new Map(header.map((name, i) => [name, columns[i] ?? []])), malformed };
  }
}

/** Reads one row's cells from `at`; returns where the next row begins. */
function readCells(text: string, at: number, separator: string, cells: string[]): number {
  const lineEnd = text.indexOf('\n', at);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const quote = text.indexOf('"', at);
  if (quote < 0 || quote >= end) {
    const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    for (const cell of text.slice(at, stop).split(separator)) cells.push(cell);
    return end + 1;
  }
  let i = at;
  for (;;) {
    if (text[i] === '"') {
      let cell = '';
      i++;
      for (;;) {
        const close = text.indexOf('"', i);
        if (close < 0) {
          cells.push(cell + text.slice(i));
          return text.length;
        }
        cell += text.slice(i, close);
        i = close + 1;
        if (text[i] !== '"') break;
        cell += '"';
        i++;
      }
      cells.push(cell);
      // What stands between the closing quote and the separator belongs to nothing.
      while (i < text.length && text[i] !== separator && text[i] !== '\n') i++;
    } else {
      let stop = i;
      while (stop < text.length && text[stop] !== separator && text[stop] !== '\n') stop++;
      const cell = text.slice(i, stop);
      cells.push(cell.endsWith('\r') ? cell.slice(0, -1) : cell);
      i = stop;
    }
    if (i >= text.length) return text.length;
    if (text[i] === '\n') return i + 1;
    i++;
    if (i >= text.length) {
      cells.push('');
      return text.length;
    }
  }
}
