// GGUF's key-values (ggml's docs/gguf.md, versions 2 and 3, little-endian). Every count and length is checked against
// what is left of the file before anything is allocated for it (CVE-2024-21802, -21825, -21836, -23496, -23605).
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';
import { NOT_UTF8 } from '../text.ts';
import type { Cursor } from './cursor.ts';

/** 64-bit integers beyond 2^53 stay bigint. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

export const GGUF_LIMITS = {
  /** Real files have 20 to 60 (CWE-770). */
  maxKeyValues: 2 ** 16,
  /** Real files have up to some thousand tensors. */
  maxTensors: 2 ** 18,
  /** The specification's own limit for keys. */
  maxKeyBytes: 2 ** 16 - 1,
  /** What is read of a tensor's name, and from where on ggml refuses it (GGML_MAX_NAME). */
  maxNameBytes: 1024,
  refusedNameBytes: 64,
  /** Chat templates and licences are the longest strings. */
  maxStringBytes: 2 ** 24,
  /** The largest vocabularies have 262,144 entries and as many merges. */
  maxArrayItems: 2 ** 22,
  /** CWE-674. */
  maxArrayDepth: 3,
  /** All key-values together. */
  maxMetadataBytes: 2 ** 28,
  /** ggml's GGML_MAX_DIMS (CVE-2024-21802). */
  maxDimensions: 4,
} as const;

export type GgufLimits = typeof GGUF_LIMITS;

type Scalar = { readonly bytes: Bytes; readonly read: (cursor: Cursor) => number | bigint | boolean };

const UINT32 = 4;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
const SCALARS: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { bytes: 1, read: (c) => c.u8() }],
  [1, { bytes: 1, read: (c) => c.i8() }],
  [2, { bytes: 2, read: (c) => c.u16() }],
  [3, { bytes: 2, read: (c) => c.i16() }],
  [4, { bytes: 4, read: (c) => c.u32() }],
  [5, { bytes: 4, read: (c) => c.i32() }],
  [6, { bytes: 4, read: (c) => c.f32() }],
  [7, { bytes: 1, read: (c) => c.u8() !== 0 }],
  [10, { bytes: 8, read: (c) => narrow(c.u64()) }],
  [11, { bytes: 8, read: (c) => narrow(c.i64()) }],
  [12, { bytes: 8, read: (c) => c.f64() }],
]);

export interface MetadataContext {
  readonly cursor: Cursor;
  readonly file: string;
  readonly limits: GgufLimits;
  readonly problems: ArtifactErrorFields[];
}

export async function readKeyValues(context: MetadataContext, count: number): Promise<Map<string, GgufValue>> {
  const { cursor, file, limits, problems } = context;
  const values = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const offset = cursor.offset;
    if (offset > limits.maxMetadataBytes) throw fail(context, 'limit-exceeded', 'metadata', `at most ${limits.maxMetadataBytes} bytes`, 'more');
    const key = await readString(context, `key ${i}`, limits.maxKeyBytes);
    await cursor.need(4, `${key} (type)`);
    const type = cursor.u32();
    const value = await readValue(context, key, type, 0);
    // What ggml refuses to load.
    if (key === '') problems.push({ code: 'malformed', format: 'gguf', file, offset, field: `key ${i}`, expected: 'a name', actual: 'an empty one' });
    if (key === 'general.alignment' && type !== UINT32) problems.push({ code: 'malformed', format: 'gguf', file, offset, field: `${key} (type)`, expected: `${UINT32} (an unsigned integer of 32 bits)`, actual: String(type) });
    if (values.has(key)) problems.push({ code: 'malformed', format: 'gguf', file, offset, field: key, expected: 'each key once', actual: 'a duplicate key (the first one is used)' });
    else values.set(key, value);
  }
  return values;
}

async function readValue(context: MetadataContext, field: string, type: number, depth: number): Promise<GgufValue> {
  const { cursor, limits } = context;
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) {
    await cursor.need(scalar.bytes, field);
    const offset = cursor.offset;
    if (type !== BOOL) return scalar.read(cursor);
    const byte = cursor.u8();
    if (byte > 1) context.problems.push({ code: 'malformed', format: 'gguf', file: context.file, offset, field: field.slice(0, 120), expected: '0 or 1', actual: String(byte) });
    return byte !== 0;
  }
  if (type === STRING) return readString(context, field, limits.maxStringBytes);
  if (type !== ARRAY) throw fail(context, 'malformed', field, 'a value type from 0 to 12', String(type));
  if (depth >= limits.maxArrayDepth) throw fail(context, 'limit-exceeded', field, `arrays at most ${limits.maxArrayDepth} deep`, 'deeper');
  await cursor.need(12, field);
  const itemType = cursor.u32();
  const length = countOf(context, `${field} (items)`, cursor.u64(), SCALARS.get(itemType)?.bytes ?? (itemType === ARRAY ? 12 : 8), limits.maxArrayItems);
  const items: GgufValue[] = [];
  const itemScalar = SCALARS.get(itemType);
  for (let i = 0; i < length; i++) {
    if (itemScalar !== undefined) {
      if (!cursor.has(itemScalar.bytes)) await cursor.need(itemScalar.bytes, field);
      items.push(itemScalar.read(cursor));
    } else {
      items.push(itemType === STRING ? await readString(context, field, limits.maxStringBytes) : await readValue(context, field, itemType, depth + 1));
    }
  }
  return items;
}

export async function readString(context: MetadataContext, field: string, maxBytes: Bytes): Promise<string> {
  const { cursor } = context;
  if (!cursor.has(8)) await cursor.need(8, `${field} (length)`);
  const length = countOf(context, `${field} (length)`, cursor.u64(), 1, maxBytes);
  if (!cursor.has(length)) await cursor.need(length, field);
  const offset = cursor.offset;
  return decodeString(cursor.take(length), context, field, offset);
}

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Token texts are short and mostly ASCII: those skip the decoder. Bytes that are not UTF-8 are replaced and reported. */
function decodeString(bytes: Uint8Array, context: MetadataContext, field: string, offset: Bytes): string {
  if (bytes.byteLength <= 64 && bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
  const text = LENIENT.decode(bytes);
  if (text.includes('\ufffd') && !context.problems.some((problem) => problem.field === field)) {
    const exact = new TextEncoder().encode(text);
    if (exact.byteLength !== bytes.byteLength || exact.some((byte, i) => byte !== bytes[i])) {
      context.problems.push({ ...NOT_UTF8, format: 'gguf', file: context.file, offset, field, actual: 'bytes that are not UTF-8 (replaced)' });
    }
  }
  return text;
}

/** Narrows a 64-bit count, checked against the limit and against the bytes its items need at the least. */
export function countOf(context: MetadataContext, field: string, count: bigint, minBytesEach: Bytes, limit: number): number {
  const { cursor } = context;
  if (count * BigInt(minBytesEach) > BigInt(cursor.remaining)) {
    throw fail(context, 'truncated', field, `at most ${cursor.remaining} bytes (what is left of the file)`, `${count} x ${minBytesEach} bytes`);
  }
  if (count > BigInt(limit)) throw fail(context, 'limit-exceeded', field, `at most ${limit}`, String(count));
  return Number(count);
}

export function fail({ cursor, file }: MetadataContext, code: ArtifactErrorFields['code'], field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code, format: 'gguf', file, offset: cursor.offset, field: field.slice(0, 120), expected, actual });
}

function narrow(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}
