// Is it a pickle? By running its first instructions on counts alone: a wrong guess fails within a few bytes. Protocol 2 and
// later begin with PROTO; earlier ones have no signature and must get as far as an end or a call.
import type { FormatMatch } from '../artifact.ts';
import type { Probe } from '../formats/reader.ts';
import { HIGHEST_PROTOCOL, OPCODES, type ArgumentKind } from './opcodes.ts';

export function matchPickle({ source, head }: Probe): FormatMatch | undefined {
  if (hasProto(head) && looksLikePickle(head, source.size)) return { format: 'pickle', sure: 'certain', why: `PROTO ${head[1]} and instructions behind it` };
  if (runs(head, source.size, head.every(isPrinted)) === true) return { format: 'pickle', sure: 'likely', why: 'its first bytes run as pickle instructions' };
  return /\.(pkl|pickle|joblib|dill)$/i.test(source.path) ? { format: 'pickle', sure: 'name', why: 'the name is that of a pickle' } : undefined;
}

/** Of a file that nobody knows for certain: enough to see behind whatever harmless values an attacker puts in front. */
const LONG_LEAD = 2 ** 24;

/** A pickle without PROTO whose first import stands behind the bytes that every reader is shown. */
export async function matchLongPickle({ source, head }: Probe): Promise<FormatMatch | undefined> {
  if (hasProto(head) || head.byteLength >= source.size || runs(head, source.size, true) !== 'on') return undefined;
  const more = await source.slice(0, Math.min(source.size, LONG_LEAD));
  return runs(more, source.size, true) === true ? { format: 'pickle', sure: 'likely', why: 'it runs as pickle instructions up to a call' } : undefined;
}

/** As text is: pickles of protocol 0 are, and so are lists of words that run as instructions for a while. */
function isPrinted(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function hasProto(head: Uint8Array): boolean {
  return head[0] === 0x80 && (head[1] ?? 255) <= HIGHEST_PROTOCOL + 3;
}

const LEAD = 4096;

/** Beginnings that are tried in one value (CWE-407). Numbers have a handful; a row of decoys is taken for a pickle as it stands. */
const MAX_TRIED = 256;
/** Words in rows look like imports without end; a call is what tells a pickle from them. */
const MAX_LINES_TRIED = 512;
/** An import line is no longer (see isImportLine). */
const LONGEST_LINES = 256;

/** Where, behind the first byte, a pickle begins whose import can be read as names; anything less comes about by chance. */
export function importInside(bytes: Uint8Array): number | undefined {
  let tried = 0;
  for (let i = bytes.indexOf(0x80, 1); i >= 0; i = bytes.indexOf(0x80, i + 1)) {
    const version = bytes[i + 1] ?? 0;
    if (version < 2 || version > 5) continue;
    const begin = bytes.subarray(i, i + LEAD);
    if (++tried > MAX_TRIED || (looksLikePickle(begin, bytes.length - i) && hasImport(begin))) return i;
  }
  let line = -1;
  for (let i = bytes.indexOf(0x63, 1); i >= 0; i = bytes.indexOf(0x63, i + 1)) {
    if (line < i) line = bytes.indexOf(0x0a, i);
    if (line < 0) return undefined;
    // Without an end of a line close behind there is no import; all up to there are passed over at once.
    if (line - i >= LONGEST_LINES) {
      i = line - LONGEST_LINES;
      continue;
    }
    if (isImportLine(bytes, i) && (++tried > MAX_LINES_TRIED || reachesCall(bytes.subarray(i, i + LEAD), bytes.length - i))) return tried > MAX_LINES_TRIED ? undefined : i;
  }
  return undefined;
}

/** Do instructions run up to a call with a tuple of arguments? Rows of words, which GLOBAL is made of, have none. */
function reachesCall(head: Uint8Array, size: number): boolean {
  const marks: number[] = [];
  let [depth, at, tuple] = [0, 0, false];
  for (let count = 0; at < head.byteLength && count < SETTLED * 4; count++) {
    const opcode = OPCODES[head[at] ?? 0];
    const end = opcode === undefined ? undefined : endOf(head, at + 1, opcode.argument, size);
    const effect = opcode === undefined || typeof end !== 'number' ? undefined : apply(opcode.name, depth, marks);
    if (opcode === undefined || effect === undefined || typeof end !== 'number') return false;
    if (tuple && (opcode.name === 'REDUCE' || opcode.name === 'NEWOBJ')) return true;
    if (!/PUT$|^MEMOIZE$/.test(opcode.name)) tuple = opcode.name.includes('TUPLE');
    [depth, at] = [effect, end];
  }
  return false;
}

/** A GLOBAL, or two short texts and a STACK_GLOBAL behind them. */
function hasImport(bytes: Uint8Array): boolean {
  for (let i = 2; i < bytes.length; i++) {
    if (bytes[i] === 0x63 && isImportLine(bytes, i)) return true;
    if (bytes[i] !== 0x8c) continue;
    const second = afterName(bytes, i);
    const end = second === undefined ? undefined : afterName(bytes, second);
    if (end !== undefined && bytes[end] === 0x93) return true;
  }
  return false;
}

/** Behind a SHORT_BINUNICODE that holds a name, and the MEMOIZE or BINPUT that follows it. */
function afterName(bytes: Uint8Array, at: number): number | undefined {
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  if (bytes[at] !== 0x8c || length === 0 || end > bytes.length || !bytes.subarray(at + 2, end).every(isNameByte)) return undefined;
  return bytes[end] === 0x94 ? end + 1 : bytes[end] === 0x71 ? end + 2 : end;
}

/** 'cmodule\nname\n', as GLOBAL writes an import. */
export function isImportLine(bytes: Uint8Array, begin: number): boolean {
  let [lines, length] = [0, 0];
  for (let i = begin + 1; i < bytes.length && i < begin + 256; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x0a) {
      if (length === 0) return false;
      if (++lines === 2) return true;
      length = 0;
    } else if (isNameByte(byte)) length++;
    else return false;
  }
  return false;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2e;
}

const FIXED: Partial<Record<ArgumentKind, number>> = { none: 0, u1: 1, u2: 2, i4: 4, u4: 4, u8: 8, f8: 8 };
const PREFIX: Partial<Record<ArgumentKind, number>> = { text1: 1, bytes1: 1, string1: 1, long1: 1, text4: 4, bytes4: 4, string4: 4, long4: 4, text8: 8, bytes8: 8 };
/** Instructions that stand in no text by chance together with a valid stack. */
const ACTS = new Set(['REDUCE', 'INST', 'OBJ', 'NEWOBJ', 'NEWOBJ_EX', 'BUILD', 'STACK_GLOBAL', 'BINPERSID', 'GLOBAL']);
const NAMES = new Set(['GLOBAL', 'INST', 'STACK_GLOBAL']);
const SETTLED = 12;

export function looksLikePickle(head: Uint8Array, size: number): boolean {
  return runs(head, size, false) === true;
}

/** 'on': nothing speaks against it as far as `head` goes, and nothing for it. `called`: imports alone do not speak for it. */
function runs(head: Uint8Array, size: number, called: boolean): boolean | 'on' {
  const proto = hasProto(head);
  let at = 0;
  let [count, acts, names] = [0, 0, 0];
  const marks: number[] = [];
  let depth = 0;
  const enough = (): boolean => (proto ? count > 1 : names > 0 && acts > names) || (!called && names > 0 && count >= 4);
  for (; at < head.byteLength; count++) {
    const opcode = OPCODES[head[at] ?? 0];
    if (opcode === undefined) return enough() && (proto ? count > 2 : true);
    const end = endOf(head, at + 1, opcode.argument, size);
    if (end === undefined) return false;
    if (end === 'beyond') return enough() || (proto && count > 0) || 'on';
    if (opcode.name === 'STOP') return depth === 1 && marks.length === 0 ? proto || names > 0 || (count >= 1 && at + 1 === size) : enough();
    const effect = apply(opcode.name, depth, marks);
    if (effect === undefined) return enough();
    depth = effect;
    if (ACTS.has(opcode.name)) acts++;
    if (NAMES.has(opcode.name)) names++;
    if (opcode.name === 'INST') acts++;
    at = end;
    if (count > SETTLED && (proto || (names > 0 && (!called || acts > names)))) return true;
  }
  return (proto ? count > 1 : enough()) || 'on';
}

function endOf(head: Uint8Array, at: number, argument: ArgumentKind, size: number): number | 'beyond' | undefined {
  const fixed = FIXED[argument];
  if (fixed !== undefined) return at + fixed > size ? 'beyond' : at + fixed;
  if (argument === 'line') return lineEnd(head, at);
  if (argument === 'two-lines') {
    const first = lineEnd(head, at);
    if (typeof first !== 'number') return first;
    const second = lineEnd(head, first);
    return second !== undefined && isName(head.subarray(at, first - 1)) && (typeof second !== 'number' || isName(head.subarray(first, second - 1))) ? second : undefined;
  }
  const prefix = PREFIX[argument] ?? 0;
  if (at + prefix > head.byteLength) return 'beyond';
  let length = 0;
  for (let i = prefix - 1; i >= 0; i--) length = length * 256 + (head[at + i] ?? 0);
  const end = at + prefix + length;
  return end > size || end > head.byteLength ? 'beyond' : end;
}

function lineEnd(head: Uint8Array, at: number): number | 'beyond' | undefined {
  const end = head.indexOf(0x0a, at);
  const line = head.subarray(at, end < 0 ? head.byteLength : end);
  // Text arguments hold no control characters: a zip begins with 'P' as well.
  if (line.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0d)) return undefined;
  return end < 0 ? 'beyond' : end + 1;
}

function isName(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length < 512 && bytes.every((byte) => byte > 0x20 && byte !== 0x7f);
}

/** Stack depth after the instruction; marks hold the depth at each MARK. Undefined where the stack is too short. */
function apply(name: string, depth: number, marks: number[]): number | undefined {
  const base = marks.at(-1) ?? 0;
  const pops = (count: number, pushes: number): number | undefined => (depth - base < count ? undefined : depth - count + pushes);
  const toMark = (pushes: number): number | undefined => {
    const mark = marks.pop();
    return mark === undefined ? undefined : mark + pushes;
  };
  switch (name) {
    case 'PROTO': case 'FRAME': case 'READONLY_BUFFER': return depth;
    case 'MARK':
      marks.push(depth);
      return depth;
    case 'POP':
      if (depth === base && marks.length > 0) return toMark(0);
      return pops(1, 0);
    case 'POP_MARK': return toMark(0);
    case 'DUP': return pops(1, 2);
    case 'APPEND': case 'BUILD': case 'REDUCE': case 'NEWOBJ': case 'STACK_GLOBAL': case 'TUPLE2': return pops(2, 1);
    case 'SETITEM': case 'NEWOBJ_EX': case 'TUPLE3': return pops(3, 1);
    case 'APPENDS': case 'SETITEMS': case 'ADDITEMS': return toMark(0);
    case 'LIST': case 'TUPLE': case 'DICT': case 'FROZENSET': case 'OBJ': case 'INST': return toMark(1);
    case 'PUT': case 'BINPUT': case 'LONG_BINPUT': case 'MEMOIZE': case 'BINPERSID': case 'TUPLE1': return pops(1, 1);
    default: return depth + 1;
  }
}
