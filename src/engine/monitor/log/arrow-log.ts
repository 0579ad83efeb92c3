// Arrow IPC logs (file and stream, also Feather 2) through apache-arrow, one record batch at a time.
// Known weakness: some damaged files make the library loop for ever inside its metadata. Only ending the worker or the
// process stops that, and both hosts do (LOG_LIMITS.standstillSeconds: workers/standstill.ts, cli/guarded.ts).
// Buffers may be compressed (arrow-codecs.ts). Not read: unions, maps. The stream form is read as it comes;
// the file form as well, since its messages stand in the same order after the magic number.
import { RecordBatchReader, Type } from 'apache-arrow';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import { registerArrowCodecs } from './arrow-codecs.ts';
import type { RawBatch } from './columns.ts';
import { CHUNK_BYTES, LOG_LIMITS } from './limits.ts';
import { asMalformed } from './parquet-log.ts';

/** What is asked of apache-arrow's vectors. */
interface Column {
  readonly length: number;
  readonly byteLength: number;
  readonly type: { readonly typeId: number };
  get(index: number): unknown;
}

export async function* readArrow(source: ByteSource, signal: CancelSignal, columns?: ReadonlySet<string>): AsyncGenerator<RawBatch, void> {
  registerArrowCodecs();
  try {
    const reader = await RecordBatchReader.from(chunks(source, signal));
    let row = 0;
    for await (const batch of reader) {
      await breathe(signal);
      if (batch.numRows > LOG_LIMITS.rowGroupRows) throw new ArtifactError({ code: 'limit-exceeded', format: 'arrow', file: source.path, field: 'record batch', expected: `at most ${LOG_LIMITS.rowGroupRows} rows`, actual: String(batch.numRows) });
      const read = new Map<string, ArrayLike<unknown>>();
      for (const [index, field] of batch.schema.fields.entries()) {
        if (read.has(field.name)) throw new ArtifactError({ code: 'malformed', format: 'arrow', file: source.path, field: 'schema', expected: 'distinct column names', actual: field.name });
        if (!(columns?.has(field.name) ?? true)) continue;
        const vector: Column | null = batch.getChildAt(index);
        // A column of nothing but nulls has no bytes, and nothing to say.
        if (vector === null || vector.type.typeId === Type.Null) continue;
        // The row count is the file's own claim: each row of a column takes at least a bit of its buffers.
        if (batch.numRows > 8 * vector.byteLength) throw new ArtifactError({ code: 'limit-exceeded', format: 'arrow', file: source.path, field: field.name, expected: `at most ${8 * vector.byteLength} rows`, actual: String(batch.numRows) });
        read.set(field.name, valuesOf(vector, String(field.type)));
      }
      if (read.size > LOG_LIMITS.columns) throw new ArtifactError({ code: 'limit-exceeded', format: 'arrow', file: source.path, field: 'columns', expected: `at most ${LOG_LIMITS.columns}`, actual: String(read.size) });
      yield { firstRow: row, rows: batch.numRows, columns: read };
      row += batch.numRows;
    }
  } catch (error) {
    throw asMalformed(error, 'arrow', source.path, signal);
  }
}

async function* chunks(source: ByteSource, signal: CancelSignal): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    await breathe(signal);
    yield await source.slice(at, at + CHUNK_BYTES);
  }
}

function valuesOf(column: Column, type: string): unknown[] {
  const values = new Array<unknown>(column.length);
  const isTime = type.startsWith('Timestamp') || type.startsWith('Date');
  for (let i = 0; i < column.length; i++) {
    const value = column.get(i);
    if (value === null || typeof value !== 'object') values[i] = value;
    else if (isTime) values[i] = Number(value);
    // A list is a vector of its own.
    else if ('toArray' in value && typeof value.toArray === 'function') values[i] = (value.toArray as () => unknown)();
    else values[i] = String(value);
  }
  return values;
}
