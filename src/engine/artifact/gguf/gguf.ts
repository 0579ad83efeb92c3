// GGUF, versions 2 and 3, little-endian (ggml's docs/gguf.md): header, key-values, tensor table. Weights are not read.
// Tensor names stay GGUF's own ('blk.0.attn_q.weight'); shapes are turned round to row-major. Note that llama.cpp's
// converter permutes llama's q and k rows (interleaved rope); whoever uses the weights must know.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import type { TensorInfo } from '../artifact.ts';
import { GGML_TYPES, elementCount } from '../dtype.ts';
import { listRefused } from '../formats/list-refused.ts';
import type { FormatReader, ReadResult } from '../formats/reader.ts';
import { Cursor } from './cursor.ts';
import { GGUF_LIMITS, countOf, fail, readKeyValues, readString, type GgufLimits, type GgufValue, type MetadataContext } from './metadata.ts';

const FORMAT = 'gguf';
const MAGIC = [0x47, 0x47, 0x55, 0x46];
const DEFAULT_ALIGNMENT = 32;
const MAX_PROBLEMS = 64;

export interface GgufContent {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly TensorInfo[];
  /** Where the tensor table ends, or could be read to; padding after it counted in. */
  readonly tableEnd: Bytes;
}

export const ggufReader: FormatReader<GgufContent> = {
  format: FORMAT,
  match: ({ source, head }) => {
    if (MAGIC.every((byte, i) => head[i] === byte)) return { format: FORMAT, sure: 'certain', why: "starts with 'GGUF'" };
    return source.path.toLowerCase().endsWith('.gguf') ? { format: FORMAT, sure: 'name', why: 'the name ends in .gguf' } : undefined;
  },
  read: (source) => readGguf(source),
};

export async function readGguf(source: ByteSource, limits: GgufLimits = GGUF_LIMITS): Promise<ReadResult<GgufContent>> {
  const problems: ArtifactErrorFields[] = [];
  const cursor = new Cursor(source, FORMAT);
  const context: MetadataContext = { cursor, file: source.path, limits, problems };
  await cursor.need(24, 'header');
  const magic = cursor.take(4);
  if (!MAGIC.every((byte, i) => magic[i] === byte)) {
    throw new ArtifactError({ code: 'malformed', format: FORMAT, file: source.path, offset: 0, field: 'magic', expected: "'GGUF'", actual: [...magic].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') });
  }
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const actual = version === 0x03000000 || version === 0x02000000 ? 'a big-endian file' : String(version);
    throw new ArtifactError({ code: 'unsupported-format', format: FORMAT, file: source.path, offset: 4, field: 'version', expected: '2 or 3, little-endian', actual });
  }
  // A tensor's entry takes at least 8 + 4 + 4 + 8 bytes, a key-value at least 8 + 4 + 1.
  const tensorCount = countOf(context, 'tensor count', cursor.u64(), 24, limits.maxTensors);
  const keyCount = countOf(context, 'metadata count', cursor.u64(), 13, limits.maxKeyValues);
  const metadata = await readKeyValues(context, keyCount);
  try {
    const rows = await readTable(context, tensorCount);
    const alignment = alignmentOf(context, metadata);
    const tensors = placeTensors(context, source, rows, alignment, cursor.offset);
    return { value: { version, metadata, tensors, tableEnd: Math.min(source.size, Math.ceil(cursor.offset / alignment) * alignment) }, problems };
  } catch (error) {
    // The metadata (tokenizer, template, architecture) can be looked at even where the tensor table is broken.
    if (!(error instanceof ArtifactError)) throw error;
    problems.push(error.toFields());
    return { value: { version, metadata, tensors: [], tableEnd: cursor.offset }, problems };
  }
}

interface TableRow {
  readonly name: string;
  /** Row-major, outermost first. */
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: bigint;
  readonly at: Bytes;
}

async function readTable(context: MetadataContext, count: number): Promise<TableRow[]> {
  const { cursor, limits } = context;
  const rows: TableRow[] = [];
  let long = 0;
  for (let i = 0; i < count; i++) {
    const at = cursor.offset;
    const name = await readString(context, `tensor ${i} (name)`, limits.maxNameBytes);
    if (name.length >= limits.refusedNameBytes && long++ < MAX_PROBLEMS) context.problems.push({ code: 'malformed', format: FORMAT, file: context.file, offset: at, field: `tensor ${i} (name)`, expected: `fewer than ${limits.refusedNameBytes} bytes`, actual: `${name.length} characters` });
    await cursor.need(4, `${name} (dimensions)`);
    const dimensions = cursor.u32();
    if (dimensions > limits.maxDimensions) throw fail(context, 'limit-exceeded', `${name} (dimensions)`, `at most ${limits.maxDimensions}`, String(dimensions));
    await cursor.need(dimensions * 8 + 12, name);
    const shape: number[] = [];
    for (let d = 0; d < dimensions; d++) {
      const size = cursor.u64();
      if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw fail(context, 'malformed', `${name} (dimension ${d})`, 'below 2^53', String(size));
      shape.unshift(Number(size));
    }
    rows.push({ name, shape, type: cursor.u32(), offset: cursor.u64(), at });
  }
  return rows;
}

function placeTensors(context: MetadataContext, source: ByteSource, rows: readonly TableRow[], alignment: number, tableEnd: Bytes): TensorInfo[] {
  const dataBegin = Math.ceil(tableEnd / alignment) * alignment;
  const tensors = new Map<string, TensorInfo>();
  const refused: ArtifactErrorFields[] = [];
  const refuse = (row: TableRow, problem: Omit<ArtifactErrorFields, 'format' | 'file'>): void => {
    refused.push({ format: FORMAT, file: source.path, offset: row.at, ...problem });
  };
  for (const row of rows) {
    const { name, shape } = row;
    const type = GGML_TYPES.get(row.type);
    if (type === undefined) {
      refuse(row, { code: 'unsupported-dtype', field: `${name} (type)`, expected: 'a ggml type', actual: String(row.type) });
      continue;
    }
    const count = elementCount(shape);
    const bytes = count === undefined ? undefined : (count / type.elements) * type.bytes;
    if (count === undefined || bytes === undefined || bytes > Number.MAX_SAFE_INTEGER) {
      refuse(row, { code: 'malformed', field: `${name} (shape)`, expected: 'a size below 2^53', actual: shape.join(' x ') });
    } else if ((shape.at(-1) ?? 1) % type.elements !== 0) {
      refuse(row, { code: 'shape-mismatch', field: `${name} (shape)`, expected: `rows of a multiple of ${type.elements} elements`, actual: String(shape.at(-1)) });
    } else if (row.offset % BigInt(alignment) !== 0n) {
      refuse(row, { code: 'malformed', field: `${name} (offset)`, expected: `a multiple of ${alignment}`, actual: String(row.offset) });
    } else if (row.offset + BigInt(dataBegin) + BigInt(bytes) > BigInt(source.size)) {
      // The table's row is whole; the numbers are not.
      refuse(row, { code: 'truncated', offset: dataBegin + Number(row.offset), field: `${name} (offset)`, expected: `an end of at most ${source.size}`, actual: String(row.offset + BigInt(dataBegin) + BigInt(bytes)) });
    } else if (tensors.has(name)) {
      refuse(row, { code: 'malformed', field: name, expected: 'each tensor once', actual: 'a duplicate name (the first one is used)' });
    } else {
      const begin = dataBegin + Number(row.offset);
      tensors.set(name, { name, dtype: type.dtype, shape, source, begin, end: begin + bytes });
    }
  }
  context.problems.push(...listRefused(refused, MAX_PROBLEMS));
  // A refused tensor leaves its bytes unclaimed: gaps say nothing then.
  checkLayout(context, [...tensors.values()], source, dataBegin, alignment, refused.length === 0);
  return [...tensors.values()];
}

/** Overlaps and bytes beyond padding: what two tensors share or none uses is where something can hide. */
function checkLayout(context: MetadataContext, tensors: readonly TensorInfo[], source: ByteSource, dataBegin: Bytes, alignment: number, gaps: boolean): void {
  const at = { code: 'malformed', format: FORMAT, file: source.path } as const;
  let reached = dataBegin;
  let owner = 'the header';
  let found = 0;
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin === end) continue;
    if (begin < reached && ++found <= MAX_PROBLEMS) context.problems.push({ ...at, offset: begin, field: name, expected: 'bytes of its own', actual: `overlap with ${owner}` });
    if (gaps && begin - reached >= alignment && ++found <= MAX_PROBLEMS) {
      context.problems.push({ ...at, offset: reached, field: name, expected: `at most ${alignment - 1} bytes of padding`, actual: `${begin - reached} bytes that no tensor uses` });
    }
    if (end > reached) {
      reached = end;
      owner = name;
    }
  }
  if (gaps && tensors.length > 0 && source.size - reached >= alignment) {
    context.problems.push({ ...at, offset: reached, field: 'end of file', expected: `at most ${alignment - 1} bytes of padding`, actual: `${source.size - reached} bytes that no tensor uses` });
  }
}

function alignmentOf(context: MetadataContext, metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment');
  if (value === undefined) return DEFAULT_ALIGNMENT;
  if (typeof value === 'number' && value > 0 && value <= 2 ** 20 && Number.isInteger(Math.log2(value))) return value;
  throw fail(context, 'malformed', 'general.alignment', 'a power of two', String(value));
}
