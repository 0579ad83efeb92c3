// Looks for what must not stand among bytes that no reader takes apart (numbers of tensors, formats nobody reads): programs,
// scripts, archives, pickles that import what runs code, and code as text. One pass over the bytes that looks at
// every sixth pair of them alone, so that it can run beside the hashing. Every mark is long enough not to come
// about by chance in gigabytes of numbers. What it can miss: whatever is encoded, encrypted or spread over the low bits.
import type { Bytes } from '../../core/units.ts';

export type BuriedKind = 'program' | 'script' | 'archive' | 'pickle' | 'code';

export interface Buried {
  readonly offset: Bytes;
  readonly kind: BuriedKind;
  readonly what: string;
}

interface Mark {
  readonly kind: BuriedKind;
  readonly what: string;
  readonly bytes: Uint8Array;
}

const mark = (kind: BuriedKind, what: string, ...texts: readonly string[]): Mark[] => texts.map((text) => ({ kind, what, bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) }));

const MARKS: readonly Mark[] = [
  ...mark('program', 'a Linux program or library', '\x7fELF\x02\x01\x01', '\x7fELF\x01\x01\x01', '\x7fELF\x02\x02\x01'),
  ...mark('program', 'a Windows program or library', 'MZ\x90\0\x03\0\0\0', '!This program cannot be run'),
  ...mark('program', 'a macOS program or library', '\xcf\xfa\xed\xfe\x07\0\0\x01', '\xcf\xfa\xed\xfe\x0c\0\0\x01'),
  ...mark('script', 'a script', '#!/bin/', '#!/usr/'),
  ...mark('archive', 'a zip archive', ...['\x14\0', '\x0a\0', '\0\0', '\x2d\0'].flatMap((version) => ['\0\0', '\x08\0', '\0\x08', '\x02\0'].map((flags) => `PK\x03\x04${version}${flags}`))),
  ...mark('pickle', 'a pickle that imports what runs code', 'cos\nsystem\n', 'cposix\n', 'cnt\nsystem\n', 'csubprocess\n', 'c__builtin__\n', 'cbuiltins\n', '\x8c\x08builtins', '\x8c\x05posix', '\x8c\x0asubprocess', '\x8c\x06system', ...['eval', 'exec'].flatMap((name) => ['\x93', '\x94'].map((next) => `\x8c\x04${name}${next}`)), '\x8c\x0a__import__', '\x8c\x02nt\x94\x8c'),
  ...mark('code', 'code', '__import__(', 'os.system(', 'os.popen(', 'os.execute(', 'io.popen(', 'subprocess.', 'eval(compile', 'exec(compile', 'exec(base64', 'eval(base64', '.getRuntime(', 'loadstring(', 'import os', 'import sub', 'import socket', 'pickle.loads(', 'marshal.loads('),
  ...mark('code', 'a command', '/dev/tcp/', 'curl http', 'wget http', ...[...'sfLokO'].map((option) => `curl -${option}`), ...[...'qO'].map((option) => `wget -${option}`), 'bash -c', 'bash -i', 'powershell', 'rm -rf ', 'chmod +x'),
];

const LONGEST = Math.max(...MARKS.map(({ bytes }) => bytes.length));
/** Every mark holds one of the pairs of bytes that stand this far apart, wherever it stands: only those are looked at. */
const STRIDE = Math.min(...MARKS.map(({ bytes }) => bytes.length)) - 1;
/** Marks that hold a pair of bytes at the same place and begin alike. */
interface Group {
  readonly at: number;
  readonly first: number;
  readonly entries: Mark[];
}

/** Pairs of bytes in marks, and where in which. */
const KNOWN = new Uint8Array(65_536);
const BY_PAIR: (Group[] | undefined)[] = Array.from({ length: 65_536 });
for (const entry of MARKS) {
  const first = entry.bytes[0] ?? 0;
  for (let at = 1; at <= STRIDE; at++) {
    const pair = ((entry.bytes[at - 1] ?? 0) << 8) | (entry.bytes[at] ?? 0);
    KNOWN[pair] = 1;
    const groups = (BY_PAIR[pair] ??= []);
    const group = groups.find((known) => known.at === at && known.first === first);
    if (group === undefined) groups.push({ at, first, entries: [entry] });
    else group.entries.push(entry);
  }
}

/** Marks found in one file are enough to say so (CWE-770). */
const MAX_FOUND = 64;

/** Fed with the bytes of one range in order; a mark that is cut by the end of a piece is found all the same. */
export class BuriedSearch {
  readonly found: Buried[] = [];
  #tail = new Uint8Array(0);
  #end: Bytes | undefined;

  update(piece: Uint8Array, offset: Bytes): void {
    const before = this.#end === offset ? this.#tail : new Uint8Array(0);
    const seam = new Uint8Array(before.byteLength + Math.min(piece.byteLength, LONGEST - 1));
    seam.set(before);
    seam.set(piece.subarray(0, LONGEST - 1), before.byteLength);
    if (before.byteLength > 0) this.#search(seam, offset - before.byteLength, before.byteLength);
    this.#search(piece, offset, piece.byteLength);
    this.#tail = (piece.byteLength < LONGEST ? seam : piece).slice(1 - LONGEST);
    this.#end = offset + piece.byteLength;
  }

  /** Marks that begin before `before`. */
  #search(bytes: Uint8Array, offset: Bytes, before: number): void {
    for (let end = STRIDE; end < bytes.length; end += STRIDE) {
      const pair = ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
      if (KNOWN[pair] !== 0) this.#compare(bytes, pair, end, offset, before);
    }
  }

  #compare(bytes: Uint8Array, pair: number, end: number, offset: Bytes, before: number): void {
    for (const { at, first, entries } of BY_PAIR[pair] ?? []) {
      const begin = end - at;
      if (bytes[begin] !== first || begin < 0 || begin >= before) continue;
      for (const { bytes: wanted, kind, what } of entries) if (stands(wanted, bytes, begin)) this.#keep({ offset: offset + begin, kind, what });
    }
  }

  #keep(found: Buried): void {
    if (this.found.length < MAX_FOUND && !this.found.some((known) => known.offset === found.offset)) this.found.push(found);
  }
}

function stands(wanted: Uint8Array, bytes: Uint8Array, begin: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[begin + i] !== wanted[i]) return false;
  return true;
}
