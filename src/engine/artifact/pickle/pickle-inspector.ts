// Pickles for static rules: one after another until the file ends, raw numbers between and behind them accounted for.
// What torch.save wrote before 1.6 is a row of five pickles and the storages' bytes (torch/serialization.py, _legacy_save).
import type { ByteSource } from '../../core/byte-source.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import { windowSource } from '../containers/sources.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import { decodeLayer, latinOf, latinText, type Literal } from './literals.ts';
import { runPickle } from './machine.ts';
import { isImportLine, looksLikePickle, matchPickle } from './match-pickle.ts';
import type { Program } from './program.ts';
import { unescapeUnicode, unquote } from './read-argument.ts';
import type { Value } from './value.ts';

export interface PickleContent {
  readonly programs: readonly Program[];
  /** torch.save before 1.6. */
  readonly legacyTorch: boolean;
  /** Of such a file, the numbers of each storage, by its key. */
  readonly storages: readonly { readonly key: string; readonly begin: Bytes; readonly end: Bytes }[];
  /** Where bytes begin that no pickle claims, if there are any. */
  readonly trailing: { readonly begin: Bytes; readonly end: Bytes } | undefined;
}

const INSPECT_PICKLE_LIMITS = {
  /** Pickles in one file (CWE-400). */
  maxPickles: 10_000,
  /** How far behind a pickle another one is looked for. */
  searchBytes: 2 ** 26,
  searchChunk: 2 ** 20,
  /** Text decoded of one literal, and of all of a file (CWE-770). */
  maxDecoded: 2 ** 24,
  maxDecodedInAll: 2 ** 26,
} as const;

const TORCH_MAGIC = 0x1950a86a20f9469cfc6cn;

export const pickleInspector: Inspector<PickleContent> = {
  format: 'pickle',
  match: matchPickle,
  async inspect(source, desk) {
    const programs: Program[] = [];
    const decoding = { left: INSPECT_PICKLE_LIMITS.maxDecodedInAll };
    let at = 0;
    let legacyTorch = false;
    // Found by searching: numbers look like a pickle now and then, and how such a one ends says nothing.
    let sought = false;
    let trailing: PickleContent['trailing'];
    const storages: PickleContent['storages'][number][] = [];
    while (at < source.size) {
      if (programs.length >= INSPECT_PICKLE_LIMITS.maxPickles) {
        desk.opaque(at, source.size, `more than ${INSPECT_PICKLE_LIMITS.maxPickles} pickles in a row`);
        break;
      }
      const program = await runPickle(source, { begin: at, signal: desk.signal });
      programs.push(program);
      await account(program, source, desk, decoding, sought);
      at = program.end;
      legacyTorch ||= programs.length === 1 && isTorchMagic(program.result);
      if (legacyTorch && programs.length === 5) at = await skipStorages(programs, source, desk, at, storages);
      if (at >= source.size) break;
      const next = await nextPickle(source, at, program.complete, desk.signal);
      if (next === undefined) {
        trailing = { begin: at, end: source.size };
        desk.opaque(at, source.size, program.complete ? 'bytes behind the pickle' : 'what follows cannot be read as instructions');
        break;
      }
      sought = next > at;
      if (sought) desk.opaque(at, next, 'bytes between two pickles');
      at = next;
    }
    return { programs, legacyTorch, storages, trailing };
  },
};

async function account(program: Program, source: ByteSource, desk: Desk, decoding: { left: Bytes }, sought: boolean): Promise<void> {
  let at = program.begin;
  for (const { begin, end } of program.arrays) {
    desk.parsed(at, begin, 'pickle instructions');
    desk.skipped(begin, end, 'numbers of arrays');
    at = end;
  }
  desk.parsed(at, program.end, 'pickle instructions');
  for (const { kind, offset, expected, found } of sought && program.imports.length === 0 ? [] : program.anomalies) {
    desk.problem({ code: kind === 'truncated' ? 'truncated' : kind === 'limit' ? 'limit-exceeded' : 'malformed', offset, field: `pickle ${kind}`, expected, actual: found });
  }
  for (const literal of program.literals) {
    const encoded = literal.layers.length > 0 || literal.of === 'text';
    if (encoded && literal.length > decoding.left) {
      desk.incomplete(`encoded values of more than ${INSPECT_PICKLE_LIMITS.maxDecodedInAll} bytes in all: the rest were not looked into`);
      continue;
    }
    if (encoded) decoding.left -= literal.length;
    desk.member({ name: nameOf(literal), source: await literalSource(source, literal), guess: true });
  }
  if (program.literalsLeftOut > 0) desk.incomplete(`${program.literalsLeftOut} more values that begin as files do were not looked into`);
  for (const nested of program.nested) await account(nested, source, desk, decoding, sought);
}

/** How deep a literal was hidden, for its name: 'base64', 'base64-base64', 'bytes'. */
function nameOf({ layers, of, offset }: Literal): string {
  return `${layers.length > 0 ? layers.join('-') : of === 'text' ? 'text' : 'bytes'}@${offset}`;
}

/** The bytes that a literal stands for. What stands there as it is is a window; what is encoded is decoded here and now. */
async function literalSource(source: ByteSource, literal: Literal): Promise<ByteSource> {
  const { offset, length, layers, of, spelling, skip } = literal;
  const path = `${source.path}!${nameOf(literal)}`;
  if (layers.length === 0 && of === 'bytes') return windowSource(source, path, offset + skip, offset + length);
  const raw = await source.slice(offset, offset + Math.min(length, INSPECT_PICKLE_LIMITS.maxDecoded));
  const written = of === 'bytes' || spelling === 'unicode-escapes' ? latinText(raw) : new TextDecoder('utf-8').decode(raw);
  let text = spelling === 'string-escapes' ? unquote(written) : spelling === 'unicode-escapes' ? unescapeUnicode(written) : written;
  let bytes = latinOf(text) ?? new Uint8Array(0);
  for (const layer of layers) {
    bytes = decodeLayer(layer, text);
    text = latinText(bytes);
  }
  return bytesOf(path, bytes.subarray(skip));
}

/** Directly behind a pickle anything that runs is one; further on only what begins as pickles do (PROTO, an import). */
async function nextPickle(source: ByteSource, at: Bytes, complete: boolean, signal: CancelSignal): Promise<Bytes | undefined> {
  const { searchBytes, searchChunk } = INSPECT_PICKLE_LIMITS;
  const last = Math.min(source.size, at + searchBytes);
  for (let begin = at; begin < last; begin += searchChunk) {
    await breathe(signal);
    // Overlapping, so that what begins at the end of a chunk is seen whole.
    const bytes = await source.slice(begin, Math.min(source.size, begin + searchChunk + LEAD));
    if (begin === at && complete && looksLikePickle(bytes.subarray(0, LEAD), source.size - at)) return at;
    const found = pickleIn(bytes, source.size - begin);
    if (found !== undefined) return begin + found;
  }
  return undefined;
}

const LEAD = 4096;

function pickleIn(bytes: Uint8Array, left: Bytes): number | undefined {
  const end = Math.min(bytes.length, INSPECT_PICKLE_LIMITS.searchChunk);
  let first: number | undefined;
  for (let i = bytes.indexOf(0x80); i >= 0 && i < end; i = bytes.indexOf(0x80, i + 1)) {
    const version = bytes[i + 1] ?? 0;
    if (version < 2 || version > 5 || i + 4 >= bytes.length || !looksLikePickle(bytes.subarray(i, i + LEAD), left - i)) continue;
    first = i;
    break;
  }
  // Protocol 0 and 1 without PROTO: only as text imports ('cos\nsystem\n'), since anything else occurs in numbers by chance.
  for (let i = bytes.indexOf(0x63); i >= 0 && i < (first ?? end); i = bytes.indexOf(0x63, i + 1)) {
    if (isImportLine(bytes, i) && looksLikePickle(bytes.subarray(i, i + LEAD), left - i)) return i;
  }
  return first;
}

function isTorchMagic(result: Value | undefined): boolean {
  return result?.kind === 'int' && BigInt(result.value) === TORCH_MAGIC;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  DoubleStorage: 8, LongStorage: 8, ComplexFloatStorage: 8, ComplexDoubleStorage: 16, FloatStorage: 4, IntStorage: 4, QInt32Storage: 4,
  HalfStorage: 2, BFloat16Storage: 2, ShortStorage: 2, CharStorage: 1, ByteStorage: 1, BoolStorage: 1, QInt8Storage: 1, QUInt8Storage: 1, UntypedStorage: 1,
};

/** Behind the five pickles: for each key of the last one, in order, eight bytes with the number of elements and the elements. */
async function skipStorages(programs: readonly Program[], source: ByteSource, desk: Desk, begin: Bytes, found: PickleContent['storages'][number][]): Promise<Bytes> {
  const types = new Map<string, number>();
  for (const { id } of programs.flatMap(({ persistentIds }) => persistentIds)) {
    if (id.kind !== 'tuple') continue;
    const [, type, key] = id.items;
    const size = type?.kind === 'global' ? ELEMENT_BYTES[type.name ?? ''] : undefined;
    if (key?.kind === 'text' && size !== undefined) types.set(key.value, size);
  }
  const keys = programs[4]?.result;
  let at = begin;
  if (keys?.kind !== 'list') return at;
  for (const key of keys.items) {
    const size = key.kind === 'text' ? types.get(key.value) : undefined;
    const header = await source.slice(at, at + 8);
    if (size === undefined || header.byteLength < 8) break;
    const length = Number(new DataView(header.buffer).getBigUint64(0, true)) * size;
    if (length > source.size - at - 8) {
      desk.problem({ code: 'truncated', offset: at, field: 'storage', expected: `at most ${source.size - at - 8} bytes`, actual: `${length} bytes` });
      break;
    }
    desk.skipped(at, at + 8 + length, 'numbers of tensors');
    if (key.kind === 'text') found.push({ key: key.value, begin: at + 8, end: at + 8 + length });
    at += 8 + length;
  }
  return at;
}
