// Parquet logs through hyparquet: a row group at a time, only the columns that are mapped, every codec.
// Times come as milliseconds since 1970 whatever their unit in the file.
// Not read: encrypted files. A row group is held in memory while it is read (LOG_LIMITS.rowGroupRows).
import { parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { RawBatch } from './columns.ts';
import { LOG_LIMITS } from './limits.ts';

const FOOTER_GUESS = 512 * 1024;
/** Rows handed on together: small enough to be cancelled between two. */
const SLICE_ROWS = 131_072;

/** columns: those wanted; all where undefined (the first look, for the mapping). */
export async function* readParquet(source: ByteSource, signal: CancelSignal, columns?: ReadonlySet<string>, mostRows = Infinity): AsyncGenerator<RawBatch, void> {
  const file = { byteLength: source.size, slice: async (begin: number, end = source.size) => (await source.slice(begin, end)).buffer };
  const parsers = {
    timestampFromMilliseconds: (value: bigint) => Number(value),
    timestampFromMicroseconds: (value: bigint) => Number(value / 1000n),
    timestampFromNanoseconds: (value: bigint) => Number(value / 1_000_000n),
    dateFromDays: (days: number) => days * 86_400_000,
  };
  try {
    const metadata = await parquetMetadataAsync(file, { initialFetchSize: Math.min(source.size, FOOTER_GUESS), parsers, geoparquet: false });
    const names = parquetSchema(metadata).children.map(({ element }) => element.name).filter((name) => columns?.has(name) ?? true);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new ArtifactError({ code: 'malformed', format: 'parquet', file: source.path, field: 'schema', expected: 'distinct column names', actual: twice });
    if (names.length > LOG_LIMITS.columns) throw new ArtifactError({ code: 'limit-exceeded', format: 'parquet', file: source.path, field: 'columns', expected: `at most ${LOG_LIMITS.columns}`, actual: String(names.length) });
    const scan = await parquetScan({ file, metadata, columns: names, compressors, parsers, geoparquet: false, useOffsetIndex: false });
    let row = 0;
    for (const range of scan.ranges) {
      if (row >= mostRows) return;
      const groupRows = range.rowEnd - range.rowStart;
      // Every row of a column takes at least part of a byte somewhere in the file, unless it is run-length encoded away.
      if (groupRows > LOG_LIMITS.rowGroupRows) throw new ArtifactError({ code: 'limit-exceeded', format: 'parquet', file: source.path, field: 'row group', expected: `at most ${LOG_LIMITS.rowGroupRows} rows`, actual: String(groupRows) });
      await breathe(signal);
      const read = new Map<string, ArrayLike<unknown>>();
      for (const column of names) read.set(column, await scan.readColumn({ column, rowStart: range.rowStart, rowEnd: range.rowEnd }));
      for (let from = 0; from < groupRows; from += SLICE_ROWS) {
        await breathe(signal);
        const to = Math.min(groupRows, from + SLICE_ROWS);
        const sliced = new Map<string, ArrayLike<unknown>>();
        for (const [name, values] of read) {
          if (values.length !== groupRows) throw new ArtifactError({ code: 'malformed', format: 'parquet', file: source.path, field: name, expected: `${groupRows} values`, actual: String(values.length) });
          sliced.set(name, sliceOf(values, from, to));
        }
        yield { firstRow: row, rows: to - from, columns: sliced };
        row += to - from;
      }
    }
  } catch (error) {
    throw asMalformed(error, 'parquet', source.path, signal);
  }
}

function sliceOf(values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> {
  if (from === 0 && to === values.length) return values;
  if (Array.isArray(values)) return values.slice(from, to);
  if (ArrayBuffer.isView(values) && 'subarray' in values && typeof values.subarray === 'function') return (values.subarray as (a: number, b: number) => ArrayLike<unknown>)(from, to);
  return Array.prototype.slice.call(values, from, to);
}

/** What a library throws on a broken file becomes the one error that says so. */
export function asMalformed(error: unknown, format: string, file: string, signal: CancelSignal): unknown {
  if (error instanceof ArtifactError || signal.aborted || !(error instanceof Error)) return error;
  return new ArtifactError({ code: 'malformed', format, file, expected: `a readable ${format} file`, actual: error.message.slice(0, 200) });
}
