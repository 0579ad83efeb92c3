// The instructions of pickle, protocols 0 to 5 (CPython's Lib/pickletools.py), and how the argument of each is encoded.

export type ArgumentKind =
  | 'none'
  /** Up to a newline; two lines for GLOBAL and INST. */
  | 'line' | 'two-lines'
  | 'u1' | 'u2' | 'i4' | 'u4' | 'u8' | 'f8'
  /** A length of that many bytes, and as many bytes behind it. */
  | 'text1' | 'text4' | 'text8' | 'bytes1' | 'bytes4' | 'bytes8' | 'long1' | 'long4'
  /** A Python 2 string: bytes that may be text. */
  | 'string1' | 'string4';

export interface Opcode {
  readonly name: string;
  readonly argument: ArgumentKind;
}

const TABLE: Readonly<Record<string, readonly [name: string, argument: ArgumentKind]>> = {
  I: ['INT', 'line'], J: ['BININT', 'i4'], K: ['BININT1', 'u1'], M: ['BININT2', 'u2'], L: ['LONG', 'line'],
  '\x8a': ['LONG1', 'long1'], '\x8b': ['LONG4', 'long4'],
  S: ['STRING', 'line'], T: ['BINSTRING', 'string4'], U: ['SHORT_BINSTRING', 'string1'],
  B: ['BINBYTES', 'bytes4'], C: ['SHORT_BINBYTES', 'bytes1'], '\x8e': ['BINBYTES8', 'bytes8'], '\x96': ['BYTEARRAY8', 'bytes8'],
  '\x97': ['NEXT_BUFFER', 'none'], '\x98': ['READONLY_BUFFER', 'none'],
  N: ['NONE', 'none'], '\x88': ['NEWTRUE', 'none'], '\x89': ['NEWFALSE', 'none'],
  V: ['UNICODE', 'line'], '\x8c': ['SHORT_BINUNICODE', 'text1'], X: ['BINUNICODE', 'text4'], '\x8d': ['BINUNICODE8', 'text8'],
  F: ['FLOAT', 'line'], G: ['BINFLOAT', 'f8'],
  ']': ['EMPTY_LIST', 'none'], a: ['APPEND', 'none'], e: ['APPENDS', 'none'], l: ['LIST', 'none'],
  ')': ['EMPTY_TUPLE', 'none'], t: ['TUPLE', 'none'], '\x85': ['TUPLE1', 'none'], '\x86': ['TUPLE2', 'none'], '\x87': ['TUPLE3', 'none'],
  '}': ['EMPTY_DICT', 'none'], d: ['DICT', 'none'], s: ['SETITEM', 'none'], u: ['SETITEMS', 'none'],
  '\x8f': ['EMPTY_SET', 'none'], '\x90': ['ADDITEMS', 'none'], '\x91': ['FROZENSET', 'none'],
  '0': ['POP', 'none'], '2': ['DUP', 'none'], '(': ['MARK', 'none'], '1': ['POP_MARK', 'none'],
  g: ['GET', 'line'], h: ['BINGET', 'u1'], j: ['LONG_BINGET', 'u4'], p: ['PUT', 'line'], q: ['BINPUT', 'u1'], r: ['LONG_BINPUT', 'u4'], '\x94': ['MEMOIZE', 'none'],
  '\x82': ['EXT1', 'u1'], '\x83': ['EXT2', 'u2'], '\x84': ['EXT4', 'i4'],
  c: ['GLOBAL', 'two-lines'], '\x93': ['STACK_GLOBAL', 'none'],
  R: ['REDUCE', 'none'], b: ['BUILD', 'none'], i: ['INST', 'two-lines'], o: ['OBJ', 'none'], '\x81': ['NEWOBJ', 'none'], '\x92': ['NEWOBJ_EX', 'none'],
  '\x80': ['PROTO', 'u1'], '.': ['STOP', 'none'], '\x95': ['FRAME', 'u8'],
  P: ['PERSID', 'line'], Q: ['BINPERSID', 'none'],
};

export const OPCODES: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  const entry = TABLE[String.fromCharCode(code)];
  return entry === undefined ? undefined : { name: entry[0], argument: entry[1] };
});

/** Newest protocol so far (PEP 574). */
export const HIGHEST_PROTOCOL = 5;
