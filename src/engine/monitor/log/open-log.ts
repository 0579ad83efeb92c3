// A log by its content: Parquet and Arrow by their magic numbers, JSON lines by their first character, else CSV.
// Several files (a folder of a day's parts) are read one after another in path order, as one log.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { NEVER, type CancelSignal } from '../../core/cancel.ts';
import { readArrow } from './arrow-log.ts';
import { guessMapping, type ColumnMapping, type MappingGuess, type RawBatch } from './columns.ts';
import { readCsv } from './csv.ts';
import { readJsonl } from './jsonl.ts';
import { readParquet } from './parquet-log.ts';

export type LogFormat = 'csv' | 'jsonl' | 'parquet' | 'arrow';

export interface Log {
  readonly name: string;
  readonly files: readonly ByteSource[];
  readonly formats: readonly LogFormat[];
  readonly guess: MappingGuess;
}

const PACKED = [{ name: 'gzip', magic: [0x1f, 0x8b] }, { name: 'zip', magic: [0x50, 0x4b, 3, 4] }, { name: 'Zstandard', magic: [0x28, 0xb5, 0x2f, 0xfd] }, { name: 'bzip2', magic: [0x42, 0x5a, 0x68] }, { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] }] as const;
const ASCII = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.slice(at, at + length));

export async function formatOf(source: ByteSource): Promise<LogFormat> {
  const head = await source.slice(0, 64);
  if (ASCII(head, 0, 4) === 'PAR1') return 'parquet';
  if (ASCII(head, 0, 6) === 'ARROW1' || (head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff)) return 'arrow';
  const wrong = (expected: string, actual: string): ArtifactError => new ArtifactError({ code: 'unsupported-format', format: 'log', file: source.path, expected, actual });
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) throw wrong('text in UTF-8', 'text in UTF-16');
  const packed = PACKED.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  if (packed !== undefined) throw wrong('CSV, JSON lines, Parquet or Arrow', `a ${packed.name} archive: unpack it first`);
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, '').trimStart();
  if (text.startsWith('{')) return 'jsonl';
  if (/^\[\s{0,60}(?:\{|$)/.test(text)) throw wrong('one JSON object a line', 'one JSON array (pandas writes lines with to_json(orient="records", lines=True))');
  if (head.includes(0)) throw wrong('CSV, JSON lines, Parquet or Arrow', 'something binary');
  return 'csv';
}

/** Opens a log and proposes a mapping from its first rows. */
export async function openLog(name: string, files: readonly ByteSource[], signal: CancelSignal = NEVER): Promise<Log> {
  const used = files.filter(({ size }) => size > 0);
  const [first] = used;
  if (first === undefined) throw new ArtifactError({ code: 'missing-file', format: 'log', file: name, expected: 'a log with rows', actual: 'nothing' });
  const formats: LogFormat[] = [];
  for (const file of used) formats.push(await formatOf(file));
  let reason: string | undefined;
  for await (const batch of readFile(first, formats[0] ?? 'csv', signal)) {
    reason ??= batch.malformed?.[0]?.reason;
    if (batch.rows === 0) continue;
    return { name, files: used, formats, guess: guessMapping(batch) };
  }
  throw new ArtifactError({ code: 'malformed', format: formats[0] ?? 'log', file: first.path, expected: 'at least one readable row', actual: reason === undefined ? 'none' : `none (first row: ${reason})` });
}

/** The whole log under one mapping; only mapped columns are read where the format allows it. */
export async function* readLog(log: Log, mapping: ColumnMapping, signal: CancelSignal): AsyncGenerator<RawBatch, void> {
  const wanted = columnsOf(mapping);
  let before = 0;
  for (const [index, file] of log.files.entries()) {
    let last = before;
    for await (const batch of readFile(file, log.formats[index] ?? 'csv', signal, wanted)) {
      last = before + batch.firstRow + batch.rows + (batch.malformed?.length ?? 0);
      yield before === 0 ? batch : { ...batch, firstRow: before + batch.firstRow, ...(batch.malformed === undefined ? {} : { malformed: batch.malformed.map((entry) => ({ ...entry, row: before + entry.row })) }) };
    }
    before = last;
  }
}

export function columnsOf(mapping: ColumnMapping): ReadonlySet<string> {
  const { probabilities = [], features = [], latencyUnit: _, ...single } = mapping;
  return new Set([...Object.values(single), ...probabilities, ...features]);
}

function readFile(file: ByteSource, format: LogFormat, signal: CancelSignal, columns?: ReadonlySet<string>): AsyncGenerator<RawBatch, void> {
  switch (format) {
    case 'csv':
      return readCsv(file, signal);
    case 'jsonl':
      return readJsonl(file, signal);
    case 'parquet':
      return readParquet(file, signal, columns);
    case 'arrow':
      return readArrow(file, signal, columns);
  }
}
