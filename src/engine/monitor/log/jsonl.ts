// One JSON object a line. Nested objects become dotted names; lists of numbers stay lists. OpenTelemetry's OTLP/JSON
// lines (resourceSpans, resourceLogs) work as they are: one row a span or log record, attributes as columns, `time` and
// `latency_ns` out of the span's own clock. https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
// Not read: metrics (resourceMetrics), which are no predictions.
import type { ByteSource } from '../../core/byte-source.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { MalformedRow, RawBatch } from './columns.ts';
import { isList } from './columns.ts';
import { BATCH_ROWS, LOG_LIMITS } from './limits.ts';
import { wholeLines } from './lines.ts';

type Row = Map<string, unknown>;

export async function* readJsonl(source: ByteSource, signal: CancelSignal): AsyncGenerator<RawBatch, void> {
  let row = 0;
  // A column once seen stays: a batch without it has it empty.
  const names = new Set<string>();
  for await (const { text } of wholeLines(source, signal)) {
    for (const batch of parseLines(text, row, names)) {
      row = batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
      yield batch;
    }
  }
}

export function* parseLines(text: string, firstRow: number, names: Set<string>): Generator<RawBatch, void> {
  let rows: Row[] = [];
  let malformed: MalformedRow[] = [];
  let row = firstRow;
  let first = firstRow;
  const flush = (): RawBatch => {
    const columns = new Map<string, unknown[]>([...names].map((name) => [name, rows.map((entry) => entry.get(name))]));
    const batch = { firstRow: first, rows: rows.length, columns, malformed };
    rows = [];
    malformed = [];
    first = row;
    return batch;
  };
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 1;
    if (line === '') continue;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') {
      malformed.push({ row, reason: parsed, text: line.slice(0, 120) });
      row++;
    } else {
      for (const entry of parsed) {
        for (const name of entry.keys()) if (!names.has(name) && names.size < LOG_LIMITS.columns) names.add(name);
        rows.push(entry);
        row++;
      }
    }
    if (rows.length + malformed.length >= BATCH_ROWS) yield flush();
  }
  if (rows.length + malformed.length > 0) yield flush();
}

/** Rows of one line, or why there are none. */
function parseLine(line: string): Row[] | string {
  const value = parseJson(line);
  if (value === undefined) return 'not JSON';
  if (!isRecord(value)) return 'not an object';
  const telemetry = [...otelRows(value, 'resourceSpans', 'scopeSpans', 'spans'), ...otelRows(value, 'resourceLogs', 'scopeLogs', 'logRecords')];
  if (telemetry.length > 0) return telemetry;
  if ('resourceSpans' in value || 'resourceLogs' in value) return 'no span or log record';
  const row: Row = new Map();
  flatten(value, '', row, 0);
  return [row];
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    if (!line.includes('NaN') && !line.includes('Infinity')) return undefined;
  }
  try {
    return JSON.parse(withoutNaN(line));
  } catch {
    return undefined;
  }
}

/** Python writes NaN and Infinity bare, which JSON does not know: empty here. What stands in strings stays. */
function withoutNaN(line: string): string {
  let out = '';
  let at = 0;
  while (at < line.length) {
    const quote = line.indexOf('"', at);
    const outside = quote < 0 ? line.length : quote;
    out += line.slice(at, outside).replace(/-?Infinity|NaN/g, 'null');
    if (quote < 0) break;
    let close = quote + 1;
    while (close < line.length && line[close] !== '"') close += line[close] === '\\' ? 2 : 1;
    out += line.slice(quote, close + 1);
    at = close + 1;
  }
  return out;
}

function flatten(record: Readonly<Record<string, unknown>>, prefix: string, row: Row, depth: number): void {
  for (const [key, value] of Object.entries(record)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (isRecord(value)) {
      if (depth < LOG_LIMITS.nesting) flatten(value, name, row, depth + 1);
    } else if (!isList(value) || value.length <= LOG_LIMITS.listLength) row.set(name, value);
  }
}

function* otelRows(value: Readonly<Record<string, unknown>>, outer: string, middle: string, inner: string): Generator<Row, void> {
  for (const resource of records(value[outer])) {
    const shared: Row = new Map();
    readAttributes(isRecord(resource['resource']) ? resource['resource']['attributes'] : undefined, shared);
    for (const scope of records(resource[middle])) {
      for (const item of records(scope[inner])) {
        const row: Row = new Map(shared);
        const begin = nanoseconds(item['startTimeUnixNano'] ?? item['timeUnixNano'] ?? item['observedTimeUnixNano']);
        const end = nanoseconds(item['endTimeUnixNano']);
        if (begin !== undefined) row.set('time', Number(begin / 1_000_000n));
        if (begin !== undefined && end !== undefined) row.set('latency_ns', Number(end - begin));
        if (typeof item['name'] === 'string') row.set('span', item['name']);
        if (isRecord(item['body'])) readValue('body', item['body'], row, 0);
        readAttributes(item['attributes'], row);
        yield row;
      }
    }
  }
}

function readAttributes(attributes: unknown, row: Row): void {
  for (const { key, value } of records(attributes)) if (typeof key === 'string' && isRecord(value)) readValue(key, value, row, 0);
}

/** Maps of values become dotted names, as nested objects do. */
function readValue(name: string, value: Readonly<Record<string, unknown>>, row: Row, depth: number): void {
  const map = value['kvlistValue'];
  if (!isRecord(map)) row.set(name, attributeValue(value));
  else if (depth < LOG_LIMITS.nesting) for (const { key, value: inner } of records(map['values'])) if (typeof key === 'string' && isRecord(inner)) readValue(`${name}.${key}`, inner, row, depth + 1);
}

function attributeValue(value: Readonly<Record<string, unknown>>): unknown {
  if ('stringValue' in value) return value['stringValue'];
  if ('doubleValue' in value) return value['doubleValue'];
  if ('intValue' in value) return Number(value['intValue']);
  if ('boolValue' in value) return value['boolValue'];
  if (isRecord(value['arrayValue'])) return records(value['arrayValue']['values']).map(attributeValue);
  return undefined;
}

/** OTLP/JSON writes 64-bit numbers as strings. */
function nanoseconds(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.round(value));
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
