// safetensors (github.com/huggingface/safetensors, format section of its README): u64 header length, JSON header, bytes.
// Only the header is read. Stricter than the reference reader where two readers could disagree: duplicate keys, holes,
// overlaps and bytes behind the last tensor are problems; a tensor whose range cannot be trusted is left out.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import type { TensorInfo } from '../artifact.ts';
import { SAFETENSORS_DTYPES, elementCount } from '../dtype.ts';
import { decodeUtf8, describeJson, describeType, isObject, parseJson } from '../text.ts';
import { standsInstead } from './instead.ts';
import { listRefused } from './list-refused.ts';
import type { FormatReader, Probe, ReadResult } from './reader.ts';

const FORMAT = 'safetensors';

const SAFETENSORS_LIMITS = {
  /** The reference reader's own limit (CWE-770). */
  maxHeaderBytes: 100_000_000,
  /** __metadata__ is one level deep, so is everything else. */
  maxDepth: 8,
  maxDimensions: 16,
  /** Problems listed one by one; the rest are counted. */
  maxProblems: 64,
} as const;

export interface SafetensorsContent {
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, string>>;
}

export const safetensorsReader: FormatReader<SafetensorsContent> = {
  format: FORMAT,
  match: ({ source, head }: Probe) => {
    const named = source.path.toLowerCase().endsWith('.safetensors');
    const length = headerLength(head);
    const brace = head[8] === 0x7b;
    if (length !== undefined && brace && length <= source.size - 8) {
      return { format: FORMAT, sure: 'certain', why: `header of ${length} bytes that starts with '{'` };
    }
    return named ? { format: FORMAT, sure: 'name', why: 'the name ends in .safetensors' } : undefined;
  },
  read: (source) => readSafetensors(source),
};

export async function readSafetensors(source: ByteSource, limits: typeof SAFETENSORS_LIMITS = SAFETENSORS_LIMITS): Promise<ReadResult<SafetensorsContent>> {
  const at = { format: FORMAT, file: source.path };
  const head = await source.slice(0, 8);
  const length = headerLength(head);
  if (length === undefined) {
    // What was not fetched is no attack: it is missing.
    const instead = await standsInstead(source);
    if (instead !== undefined) throw new ArtifactError({ code: 'missing-file', ...at, expected: 'the weights', actual: instead });
    const actual = head.byteLength < 8 ? `a file of ${head.byteLength} bytes` : 'a length of 2^53 bytes or more';
    throw new ArtifactError({ code: head.byteLength < 8 ? 'truncated' : 'malformed', ...at, offset: 0, field: 'header length', expected: '8 bytes that hold a length within the file', actual });
  }
  if (length > source.size - 8) {
    throw new ArtifactError({ code: 'truncated', ...at, offset: 0, field: 'header length', expected: `at most ${source.size - 8} bytes (the file's size)`, actual: `${length} bytes` });
  }
  if (length > limits.maxHeaderBytes) {
    throw new ArtifactError({ code: 'limit-exceeded', ...at, offset: 0, field: 'header length', expected: `at most ${limits.maxHeaderBytes} bytes`, actual: `${length} bytes` });
  }
  const bytes = await source.slice(8, 8 + length);
  if (bytes.byteLength < length) {
    throw new ArtifactError({ code: 'truncated', ...at, offset: 8, field: 'header', expected: `${length} bytes`, actual: `${bytes.byteLength} bytes` });
  }
  if (bytes[0] !== 0x7b) {
    throw new ArtifactError({ code: 'malformed', ...at, offset: 8, field: 'header', expected: "'{' as its first byte", actual: bytes[0] === undefined ? 'nothing' : `0x${bytes[0].toString(16)}` });
  }
  const parsed = parseJson(decodeUtf8(bytes, { ...at, offset: 8 }), { ...at, offset: 8 }, limits.maxDepth);
  if (!isObject(parsed.value)) throw new ArtifactError({ code: 'malformed', ...at, offset: 8, field: 'header', expected: 'an object', actual: describeType(parsed.value) });

  const problems: ArtifactErrorFields[] = [...parsed.problems];
  let metadata: Readonly<Record<string, string>> = {};
  const tensors: TensorInfo[] = [];
  const refused: ArtifactErrorFields[] = [];
  for (const [name, entry] of Object.entries(parsed.value)) {
    if (name === '__metadata__') {
      metadata = readMetadata(entry, at, problems);
      continue;
    }
    const tensor = readEntry(name, entry, source, 8 + length, limits);
    if ('name' in tensor) tensors.push(tensor);
    else refused.push({ ...at, ...tensor });
  }
  problems.push(...listRefused(refused, limits.maxProblems));
  // A refused tensor leaves its bytes unclaimed: gaps say nothing then.
  problems.push(...checkCoverage(tensors, source, 8 + length, limits.maxProblems, refused.length === 0));
  return { value: { tensors, metadata }, problems };
}

function headerLength(head: Uint8Array): number | undefined {
  if (head.byteLength < 8) return undefined;
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  return length <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(length) : undefined;
}

type Refusal = Omit<ArtifactErrorFields, 'format' | 'file'>;

function readEntry(name: string, entry: unknown, source: ByteSource, dataBegin: Bytes, limits: typeof SAFETENSORS_LIMITS): TensorInfo | Refusal {
  if (!isObject(entry)) return { code: 'malformed', field: name, expected: 'an object', actual: describeType(entry) };
  const { dtype, shape, data_offsets: offsets } = entry;
  const known = typeof dtype === 'string' ? SAFETENSORS_DTYPES.get(dtype) : undefined;
  if (known === undefined) return { code: 'unsupported-dtype', field: `${name}.dtype`, expected: 'a safetensors dtype', actual: typeof dtype === 'string' ? dtype.slice(0, 32) : describeType(dtype) };
  if (!isIndexArray(shape) || shape.length > limits.maxDimensions) {
    return { code: 'malformed', field: `${name}.shape`, expected: `at most ${limits.maxDimensions} non-negative integers`, actual: describeJson(shape) };
  }
  if (!isIndexArray(offsets) || offsets.length !== 2) return { code: 'malformed', field: `${name}.data_offsets`, expected: 'two non-negative integers', actual: describeJson(offsets) };
  const [begin, end] = offsets as [number, number];
  if (begin > end) return { code: 'malformed', field: `${name}.data_offsets`, expected: 'begin at or before end', actual: `${begin} to ${end}` };
  if (end > source.size - dataBegin) return { code: 'truncated', offset: dataBegin + begin, field: `${name}.data_offsets`, expected: `an end at byte ${source.size} of the file at most`, actual: `byte ${dataBegin + end}` };
  const count = elementCount(shape);
  if (count === undefined || !Number.isSafeInteger(count * known.bits)) return { code: 'malformed', field: `${name}.shape`, expected: 'a product below 2^53', actual: describeJson(shape) };
  if (count * known.bits !== (end - begin) * 8) {
    return { code: 'shape-mismatch', field: `${name}.data_offsets`, expected: `${Math.ceil((count * known.bits) / 8)} bytes (${dtype} ${describeJson(shape)})`, actual: `${end - begin} bytes` };
  }
  return { name, dtype: known.dtype, shape, source, begin: dataBegin + begin, end: dataBegin + end };
}

/** The byte buffer must be covered once and wholly: what no tensor points at hides data, what two point at hides a swap. */
function checkCoverage(tensors: readonly TensorInfo[], source: ByteSource, dataBegin: Bytes, maxProblems: number, gaps: boolean): ArtifactErrorFields[] {
  const problems: ArtifactErrorFields[] = [];
  const at = { code: 'malformed', format: FORMAT, file: source.path } as const;
  let reached = dataBegin;
  let owner = 'the header';
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin === end) continue;
    if (begin < reached) problems.push({ ...at, offset: begin, field: name, expected: 'bytes of its own', actual: `overlap with ${owner}` });
    if (gaps && begin > reached) problems.push({ ...at, offset: reached, field: name, expected: 'no bytes between tensors', actual: `${begin - reached} bytes that no tensor uses` });
    if (end > reached) {
      reached = end;
      owner = name;
    }
    if (problems.length >= maxProblems) return problems;
  }
  if (gaps && reached < source.size) problems.push({ ...at, offset: reached, field: 'end of file', expected: 'the end of the last tensor', actual: `${source.size - reached} bytes that no tensor uses` });
  return problems;
}

function readMetadata(entry: unknown, at: { readonly format: string; readonly file: string }, problems: ArtifactErrorFields[]): Readonly<Record<string, string>> {
  if (!isObject(entry)) {
    problems.push({ code: 'malformed', ...at, field: '__metadata__', expected: 'an object', actual: describeType(entry) });
    return {};
  }
  const strings: [string, string][] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value === 'string') strings.push([key, value]);
    else problems.push({ code: 'malformed', ...at, field: `__metadata__.${key}`, expected: 'a string', actual: describeType(value) });
  }
  return Object.fromEntries(strings);
}

function isIndexArray(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
