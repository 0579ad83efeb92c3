// What other tools write, and what a hostile or careless writer leaves behind: counted and shown, never silently gone.
import { describe, expect, test } from 'vitest';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import { fitMapping, withOwnParts } from './fit-mapping.ts';
import { Encoder } from './encode.ts';
import { formatOf, openLog, readLog } from './open-log.ts';
import { parseTime } from './times.ts';

const text = (name: string, content: string): ByteSource => bytesOf(name, new TextEncoder().encode(content));

async function read(source: ByteSource) {
  const log = await openLog('log', [source]);
  const encoder = new Encoder(log.guess.mapping);
  let rows = 0;
  const labels: string[] = [];
  for await (const raw of readLog(log, log.guess.mapping, NEVER)) {
    const batch = encoder.encode(raw);
    rows += batch.rows;
    labels.push(...Array.from(batch.output ?? [], (at) => encoder.classes.labels[at] ?? ''));
  }
  return { rows, labels, mapping: log.guess.mapping, malformed: encoder.malformed };
}

describe('quotes in CSV', () => {
  const rows = (count: number, odd: Readonly<Record<number, string>>): string => `time,label,prompt\n${Array.from({ length: count }, (_, i) => `${1_794_000_000 + i},cat,${odd[i] ?? 'x'}`).join('\n')}\n`;

  test('one that is never closed costs its row and no other', async () => {
    const { rows: kept, malformed } = await read(text('a.csv', rows(1000, { 500: '"open' })));
    expect(kept).toBe(999);
    expect(malformed).toMatchObject({ count: 1, reasons: [{ reason: 'a quote that is never closed' }], examples: [{ row: 500 }] });
  });
  test('one that another row seems to close costs both rows', async () => {
    const { rows: kept, malformed } = await read(text('a.csv', rows(1000, { 300: '"open', 700: '"again' })));
    expect(kept).toBe(998);
    expect(malformed.examples.map(({ row }) => row)).toEqual([300, 700]);
  });
  test('inside an unquoted cell they are characters; newlines and doubled quotes in quotes belong to the cell', async () => {
    expect((await read(text('a.csv', rows(100, { 3: '5" disk', 5: '"two\nlines, ""quoted"""' })))).rows).toBe(100);
  });
  test('a quoted cell may cross the chunks in which a file is read', async () => {
    const long = `"${'word\n'.repeat(1000)}"`;
    const many = Object.fromEntries(Array.from({ length: 1700 }, (_, i) => [i, long]));
    const { rows: kept, malformed } = await read(text('a.csv', rows(1700, many)));
    expect([kept, malformed.count]).toEqual([1700, 0]);
  });
});

describe('other tools', () => {
  test('missing numbers as pandas, R and Python write them are empty, not malformed', async () => {
    const { rows, malformed } = await read(text('a.csv', `label,confidence,latency_ms\na,0.5,3\nb,NaN,null\na,NA,\nb,0.25,  \nb,0.2,x\n${'a,0.5,3\n'.repeat(20)}`));
    expect([rows, malformed.reasons]).toEqual([24, [{ reason: 'latency_ms: not a number', count: 1 }]]);
  });
  test('NaN and Infinity in JSON lines are empty; in strings they stay', async () => {
    const { rows, labels } = await read(text('a.jsonl', '{"label":"NaN","score":0.5}\n{"label":"b","score":NaN}\n{"label":"c","score":-Infinity}\n'));
    expect([rows, labels]).toEqual([3, ['NaN', 'b', 'c']]);
  });
  test('decimal commas where semicolons separate', async () => {
    expect((await read(text('a.csv', 'label;confidence;latency_ms\na;0,5;3,25\nb;0,75;4,5\n'))).mapping).toMatchObject({ confidence: 'confidence', latency: 'latency_ms' });
  });
  test('labels that are not UTF-8 are malformed: two of them must not become one class', async () => {
    const { rows, malformed } = await read(bytesOf('a.csv', Uint8Array.from([...new TextEncoder().encode('label,score\n'), 0xe9, ...new TextEncoder().encode(',0.5\nb,0.5\n')])));
    expect([rows, malformed.reasons]).toEqual([1, [{ reason: 'label: not text in UTF-8', count: 1 }]]);
  });
  test.each([['UTF-16', [0xff, 0xfe, 0x61, 0]], ['gzip', [0x1f, 0x8b, 8, 0]], ['JSON array', [...new TextEncoder().encode('[\n {"label":1}]')]]])('%s is refused by its name', async (name, bytes) => {
    await expect(formatOf(bytesOf('log', Uint8Array.from(bytes)))).rejects.toThrow(name);
  });
  test('attributes that are maps, and the user before the constant service', async () => {
    const span = (user: string): object => ({ startTimeUnixNano: '1794000000000000000', endTimeUnixNano: '1794000000012000000', attributes: [{ key: 'model', value: { kvlistValue: { values: [{ key: 'label', value: { stringValue: 'spam' } }, { key: 'cpu_ms', value: { doubleValue: 2 } }] } } }, { key: 'session.user.id', value: { stringValue: user } }] });
    const line = JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] }, scopeSpans: [{ spans: [span('u1'), span('u2')] }] }] });
    expect((await read(text('otel.jsonl', `${line}\n`))).mapping).toMatchObject({ class: 'model.label', cpu: 'model.cpu_ms', source: 'session.user.id' });
  });
});

test('times', () => {
  const march = Date.UTC(2026, 2, 1, 10, 0, 0);
  for (const same of ['2026-03-01T10:00:00Z', '2026-03-01 10:00:00', '2026-03-01 10:00:00,000', '2026/03/01 10:00', '2026-03-01T12:00:00+02:00', '2026-03-01 12:00:00+0200', '2026-03-01 10:00:00 UTC', '2026-03-01T10:00:00.000000000+00', 'Sun, 01 Mar 2026 10:00:00 GMT']) expect(parseTime(same), same).toBe(march);
  for (const none of ['03/04/2026 10:00', '01.03.2026', '2026-13-01', 'yesterday', '10:00', '', '2026']) expect(parseTime(none), none).toBeNaN();
});

describe('a baseline’s columns in another log', () => {
  test('what is lacking is not tested; without the prediction there is nothing to check', () => {
    expect(fitMapping({ class: 'label', latency: 'ms', features: ['a', 'b'], latencyUnit: 'ms' }, ['label', 'a'], 'log')).toEqual({ class: 'label', latencyUnit: 'ms' });
    expect(() => fitMapping({ class: 'label' }, ['time', 'predicted'], 'log.csv')).toThrow(/label.*time, predicted/);
  });
  test('prompts, times and sources count though the baseline has none', () => {
    expect(withOwnParts({ class: 'label' }, { class: 'other', prompt: 'text', source: 'label' })).toEqual({ class: 'label', prompt: 'text' });
  });
});
