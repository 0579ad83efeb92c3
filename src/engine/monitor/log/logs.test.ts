// Readers and encoder: the same rows out of every format, malformed rows counted and named, hostile files refused.
import { Field, FixedSizeList, Float32, Table, tableFromArrays, tableToIPC, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import { editMapping, guessMapping, type ColumnMapping } from './columns.ts';
import { Encoder, type LogBatch } from './encode.ts';
import { openLog, readLog } from './open-log.ts';

const text = (name: string, content: string): ByteSource => bytesOf(name, new TextEncoder().encode(content));

async function read(source: ByteSource, mapping?: ColumnMapping): Promise<{ readonly batches: LogBatch[]; readonly encoder: Encoder }> {
  const log = await openLog(source.path, [source]);
  const encoder = new Encoder(mapping ?? log.guess.mapping);
  const batches: LogBatch[] = [];
  for await (const raw of readLog(log, mapping ?? log.guess.mapping, NEVER)) batches.push(encoder.encode(raw));
  return { batches, encoder };
}

const ROWS = [
  { time: Date.UTC(2026, 10, 14, 9), label: 'cat', confidence: 0.9, latency_ms: 12.5, user: 'ann', prompt: 'a "quoted", word' },
  { time: Date.UTC(2026, 10, 14, 10), label: 'dog', confidence: 0.8, latency_ms: 13.5, user: 'bob', prompt: 'two\nlines' },
  { time: Date.UTC(2026, 10, 14, 11), label: 'cat', confidence: 0.7, latency_ms: 14.5, user: 'ann', prompt: 'plain' },
];
const column = <K extends keyof (typeof ROWS)[number]>(key: K) => ROWS.map((row) => row[key]);

function csv(): ByteSource {
  const lines = ROWS.map((row) => [new Date(row.time).toISOString(), row.label, row.confidence, row.latency_ms, row.user, `"${row.prompt.replaceAll('"', '""')}"`].join(','));
  return text('log.csv', `time,label,confidence,latency_ms,user,prompt\r\n${lines.join('\r\n')}\r\n`);
}
const jsonl = (): ByteSource => text('log.jsonl', `${ROWS.map((row) => JSON.stringify(row)).join('\n')}\n`);
function parquet(): ByteSource {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'time', data: column('time').map((time) => new Date(time)), type: 'TIMESTAMP' }, { name: 'label', data: column('label'), type: 'STRING' }, { name: 'confidence', data: column('confidence'), type: 'DOUBLE' },
      { name: 'latency_ms', data: column('latency_ms'), type: 'DOUBLE' }, { name: 'user', data: column('user'), type: 'STRING' }, { name: 'prompt', data: column('prompt'), type: 'STRING' },
    ],
  });
  return bytesOf('log.parquet', new Uint8Array(buffer));
}
function arrow(): ByteSource {
  const table = tableFromArrays({ time: Float64Array.from(column('time')), label: column('label'), confidence: Float64Array.from(column('confidence')), latency_ms: Float64Array.from(column('latency_ms')), user: column('user'), prompt: column('prompt') });
  return bytesOf('log.arrow', Uint8Array.from(tableToIPC(table, 'file')));
}

describe('the same rows come out of', () => {
  test.each([['CSV', csv], ['JSON lines', jsonl], ['Parquet', parquet], ['Arrow', arrow]] as const)('%s', async (_, make) => {
    const { batches, encoder } = await read(make());
    const [batch] = batches;
    expect(encoder.classes.labels).toEqual(['cat', 'dog']);
    expect([...(batch?.output ?? [])]).toEqual([0, 1, 0]);
    expect([...(batch?.confidence ?? [])]).toEqual([0.9, 0.8, 0.7]);
    expect([...(batch?.latency ?? [])]).toEqual([12.5, 13.5, 14.5]);
    expect([...(batch?.time ?? [])]).toEqual(column('time'));
    expect(batch?.prompt).toEqual(column('prompt'));
    expect(encoder.malformed.count).toBe(0);
  });

  test('a dictionary-encoded Arrow column and lists of features', async () => {
    const table = new Table({ label: vectorFromArray(['a', 'b', 'a']), embedding: vectorFromArray([[1, 2], [3, 4], [5, 6]], new FixedSizeList(2, new Field('x', new Float32()))) });
    const { batches } = await read(bytesOf('log.arrow', Uint8Array.from(tableToIPC(table, 'stream'))));
    expect([...(batches[0]?.features ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(batches[0]?.dimensions).toBe(2);
  });
});

test('OpenTelemetry lines: one row a span, time and latency from its clock', async () => {
  const span = (start: string, end: string, label: string): object => ({ name: 'predict', startTimeUnixNano: start, endTimeUnixNano: end, attributes: [{ key: 'model.prediction', value: { stringValue: label } }, { key: 'model.confidence', value: { doubleValue: 0.75 } }, { key: 'user.id', value: { stringValue: 'u1' } }] });
  const line = JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] }, scopeSpans: [{ spans: [span('1794000000000000000', '1794000000012000000', 'spam'), span('1794000001000000000', '1794000001005000000', 'ham')] }] }] });
  const { batches, encoder } = await read(text('otel.jsonl', `${line}\n${line}\nnot json\n`));
  expect(encoder.classes.labels).toEqual(['spam', 'ham']);
  expect([...(batches[0]?.latency ?? [])]).toEqual([12, 5, 12, 5]);
  expect(batches[0]?.time?.[0]).toBe(1_794_000_000_000);
  expect(encoder.malformed).toMatchObject({ count: 1, reasons: [{ reason: 'not JSON', count: 1 }], examples: [{ row: 4, text: 'not json' }] });
});

test('malformed rows are counted by reason, shown and left out, and row numbers stay those of the file', async () => {
  const { batches, encoder } = await read(text('log.csv', 'label,confidence,latency_ms\na,0.5,3\nb,1.5,3\na,0.5\nb,half,3\n,0.5,3\na,0.5,-1\na,0.5,\nb,0.6,4\n'), { class: 'label', confidence: 'confidence', latency: 'latency_ms' });
  expect(batches.flatMap(({ row }) => [...row])).toEqual([0, 6, 7]);
  expect(encoder.malformed.count).toBe(5);
  expect(encoder.malformed.reasons.map(({ reason }) => reason).sort()).toEqual(['2 cells instead of 3', 'confidence: not a number', 'confidence: outside 0…1', 'label: empty', 'latency_ms: negative']);
  expect(batches[0]?.latency?.[1]).toBeNaN();
});

test('all probabilities give class and confidence; logits give an energy as well', async () => {
  const { batches, encoder } = await read(text('p.csv', 'prob_cat,prob_dog\n0.9,0.1\n0.2,0.8\n'));
  expect(encoder.classes.labels).toEqual(['prob_cat', 'prob_dog']);
  expect([...(batches[0]?.output ?? [])]).toEqual([0, 1]);
  const logits = await read(text('l.csv', 'prob_cat,prob_dog\n3,-1\n0,2\n'));
  expect(logits.batches[0]?.confidence?.[0]).toBeCloseTo(1 / (1 + Math.exp(-4)), 5);
  expect(logits.batches[0]?.energy?.[0]).toBeCloseTo(-Math.log(Math.exp(3) + Math.exp(-1)), 5);
});

describe('columns', () => {
  const guess = (columns: Record<string, unknown[]>) => guessMapping({ firstRow: 0, rows: 2, columns: new Map(Object.entries(columns)) }).mapping;
  test('are guessed by name and value', () => {
    expect(guess({ ts: [1, 2], y_pred: [0, 1], score: [0.2, 0.4], elapsed_s: [1, 2] })).toEqual({ time: 'ts', class: 'y_pred', confidence: 'score', latency: 'elapsed_s', latencyUnit: 's' });
    expect(guess({ prediction: [0.25, 17.5] })).toEqual({ value: 'prediction' });
    expect(guess({ label: ['a', 'b'], score: [12, 40] })).toEqual({ class: 'label' });
  });
  test('can be edited', () => {
    expect(editMapping({ class: 'label', time: 't' }, [['class', 'other'], ['time', ''], ['features', 'a|b']])).toEqual({ class: 'other', features: ['a', 'b'] });
    expect(editMapping({}, [['colour', 'x']])).toEqual({ unknownRole: 'colour' });
  });
});

describe('hostile files', () => {
  test('are refused with their field, not with an exception of a library', async () => {
    await expect(read(bytesOf('x', new Uint8Array(100)))).rejects.toMatchObject({ code: 'unsupported-format' });
    await expect(read(text('x.csv', 'a,a\n1,2\n'))).rejects.toMatchObject({ code: 'malformed', field: 'header' });
    await expect(read(bytesOf('empty.csv', new Uint8Array(0)))).rejects.toMatchObject({ code: 'missing-file' });
  });
  test('a Parquet file without its end', async () => {
    const whole = parquet();
    await expect(read(bytesOf('log.parquet', await whole.slice(0, whole.size - 20)))).rejects.toMatchObject({ name: 'ArtifactError', code: 'malformed', format: 'parquet' });
  });
});
