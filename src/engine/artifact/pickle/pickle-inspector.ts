// Pickles for static rules: one after another until the file ends, raw numbers between and behind them accounted for.
// What torch.save wrote before 1.6 is a row of five pickles and the storages' bytes (torch/serialization.py, _legacy_save).
import type { ByteSource } from '../../core/byte-source.ts';
import { bytesOf } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import { windowSource } from '../containers/sources.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import { fromBase64, fromHex } from './literals.ts';
import { runPickle } from './machine.ts';
import { looksLikePickle, matchPickle } from './match-pickle.ts';
import type { Literal, Program } from './program.ts';
import type { Value } from './value.ts';

export interface PickleContent {
  readonly programs: readonly Program[];
  /** torch.save before 1.6. */
  readonly legacyTorch: boolean;
  /** Where bytes begin that no pickle claims, if there are any. */
  readonly trailing: { readonly begin: Bytes; readonly end: Bytes } | undefined;
}

export const INSPECT_PICKLE_LIMITS = {
  /** Pickles in one file (CWE-400). */
  maxPickles: 10_000,
  /** How far behind a pickle another one is looked for. */
  searchBytes: 2 ** 20,
  /** Digits decoded of one literal. */
  maxDecoded: 2 ** 24,
} as const;

const TORCH_MAGIC = 0x1950a86a20f9469cfc6cn;

export const pickleInspector: Inspector<PickleContent> = {
  format: 'pickle',
  match: matchPickle,
  async inspect(source, desk) {
    const programs: Program[] = [];
    let at = 0;
    let legacyTorch = false;
    let trailing: PickleContent['trailing'];
    while (at < source.size) {
      if (programs.length >= INSPECT_PICKLE_LIMITS.maxPickles) {
        desk.opaque(at, source.size, `more than ${INSPECT_PICKLE_LIMITS.maxPickles} pickles in a row`);
        break;
      }
      const program = await runPickle(source, { begin: at, signal: desk.signal });
      programs.push(program);
      account(program, source, desk);
      at = program.end;
      legacyTorch ||= programs.length === 1 && isTorchMagic(program.result);
      if (legacyTorch && programs.length === 5) at = await skipStorages(programs, source, desk, at);
      if (at >= source.size) break;
      const next = await nextPickle(source, at, program.complete);
      if (next === undefined) {
        trailing = { begin: at, end: source.size };
        desk.opaque(at, source.size, program.complete ? 'bytes behind the pickle' : 'what follows cannot be read as instructions');
        break;
      }
      if (next > at) desk.opaque(at, next, 'bytes between two pickles');
      at = next;
    }
    return { programs, legacyTorch, trailing };
  },
};

function account(program: Program, source: ByteSource, desk: Desk): void {
  let at = program.begin;
  for (const { begin, end } of program.arrays) {
    desk.parsed(at, begin, 'pickle instructions');
    desk.skipped(begin, end, 'numbers of arrays');
    at = end;
  }
  desk.parsed(at, program.end, 'pickle instructions');
  for (const { kind, offset, expected, found } of program.anomalies) {
    desk.problem({ code: kind === 'truncated' ? 'truncated' : kind === 'limit' ? 'limit-exceeded' : 'malformed', offset, field: `pickle ${kind}`, expected, actual: found });
  }
  for (const literal of program.literals) desk.member({ name: `${literal.as}@${literal.offset}`, source: literalSource(source, literal) });
  for (const nested of program.nested) account(nested, source, desk);
}

function literalSource(source: ByteSource, { offset, length, as }: Literal): ByteSource {
  const path = `${source.path}!${as}@${offset}`;
  if (as === 'bytes') return windowSource(source, path, offset, offset + length);
  const capped = Math.min(length + 2, INSPECT_PICKLE_LIMITS.maxDecoded);
  const size = as === 'hex' ? Math.floor(length / 2) : Math.floor((length * 3) / 4);
  return {
    path,
    size,
    slice: async (begin, end) => {
      const digits = new TextDecoder('latin1').decode(await source.slice(offset, offset + capped)).replace(/^['"]/, '');
      const decoded = as === 'hex' ? fromHex(digits.slice(0, length)) : fromBase64(digits.slice(0, length));
      return bytesOf(path, decoded).slice(begin, Math.min(end, decoded.byteLength));
    },
  };
}

/** Directly behind a pickle anything that runs is one; further on only what begins as pickles do (PROTO). */
async function nextPickle(source: ByteSource, at: Bytes, complete: boolean): Promise<Bytes | undefined> {
  const bytes = await source.slice(at, Math.min(source.size, at + INSPECT_PICKLE_LIMITS.searchBytes));
  if (complete && looksLikePickle(bytes.subarray(0, 4096), source.size - at)) return at;
  for (let i = bytes.indexOf(0x80); i >= 0; i = bytes.indexOf(0x80, i + 1)) {
    const version = bytes[i + 1] ?? 0;
    if (version >= 2 && version <= 5 && i + 4 < bytes.length && looksLikePickle(bytes.subarray(i, i + 4096), source.size - at - i)) return at + i;
  }
  // Protocol 0 and 1 without PROTO: only as text imports ('cos\nsystem\n'), since anything else occurs in numbers by chance.
  for (let i = bytes.indexOf(0x63); i >= 0; i = bytes.indexOf(0x63, i + 1)) {
    if (looksLikeImport(bytes, i) && looksLikePickle(bytes.subarray(i, i + 4096), source.size - at - i)) return at + i;
  }
  return undefined;
}

function looksLikeImport(bytes: Uint8Array, begin: number): boolean {
  let lines = 0;
  let length = 0;
  for (let i = begin + 1; i < bytes.length && i < begin + 256; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x0a) {
      if (length === 0) return false;
      lines++;
      length = 0;
      if (lines === 2) return true;
    } else if (isNameByte(byte)) length++;
    else return false;
  }
  return false;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2e;
}

function isTorchMagic(result: Value | undefined): boolean {
  return result?.kind === 'int' && BigInt(result.value) === TORCH_MAGIC;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  DoubleStorage: 8, LongStorage: 8, ComplexFloatStorage: 8, ComplexDoubleStorage: 16, FloatStorage: 4, IntStorage: 4, QInt32Storage: 4,
  HalfStorage: 2, BFloat16Storage: 2, ShortStorage: 2, CharStorage: 1, ByteStorage: 1, BoolStorage: 1, QInt8Storage: 1, QUInt8Storage: 1, UntypedStorage: 1,
};

/** Behind the five pickles: for each key of the last one, in order, eight bytes with the number of elements and the elements. */
async function skipStorages(programs: readonly Program[], source: ByteSource, desk: Desk, begin: Bytes): Promise<Bytes> {
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
    at += 8 + length;
  }
  return at;
}
