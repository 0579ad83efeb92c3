// NumPy arrays in a file (numpy/lib/format.py, versions 1.0 to 3.0). The header is a Python literal, read here by a parser
// of just that; an array of objects is a pickle behind the header, and is handed on as one.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';
import { windowSource } from '../containers/sources.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';

export interface NpyContent {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly objects: boolean;
  readonly dataAt: Bytes;
}

/** numpy's own limit for untrusted headers is 10,000 characters. */
const MAX_HEADER: Bytes = 65_536;

export const npyInspector: Inspector<NpyContent> = {
  format: 'npy',
  match: ({ source, head }) => {
    if (head[0] === 0x93 && new TextDecoder('latin1').decode(head.subarray(1, 6)) === 'NUMPY') return { format: 'npy', sure: 'certain', why: "starts with '\\x93NUMPY'" };
    return /\.npy$/i.test(source.path) ? { format: 'npy', sure: 'name', why: 'the name ends in .npy' } : undefined;
  },
  async inspect(source, desk) {
    const at = { format: 'npy', file: source.path } as const;
    const head = await source.slice(0, 12);
    if (head.byteLength < 10) throw new ArtifactError({ code: 'truncated', ...at, offset: 0, field: 'header', expected: 'at least 10 bytes', actual: `${head.byteLength}` });
    const major = head[6] ?? 0;
    const data = new DataView(head.buffer);
    if (major < 1 || major > 3) throw new ArtifactError({ code: 'malformed', ...at, offset: 6, field: 'version', expected: '1, 2 or 3', actual: String(major) });
    const begin = major === 1 ? 10 : 12;
    const length = major === 1 ? data.getUint16(8, true) : head.byteLength < 12 ? 0 : data.getUint32(8, true);
    if (length > MAX_HEADER || begin + length > source.size) throw new ArtifactError({ code: length > MAX_HEADER ? 'limit-exceeded' : 'truncated', ...at, offset: 8, field: 'header length', expected: `at most ${Math.min(MAX_HEADER, source.size - begin)} bytes`, actual: `${length}` });
    const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(await source.slice(begin, begin + length)).trim();
    const dataAt = begin + length;
    desk.parsed(0, dataAt, 'header');
    const header = parseHeader(text);
    if (header === undefined) {
      desk.problem({ code: 'malformed', offset: begin, field: 'header', expected: "a literal {'descr', 'fortran_order', 'shape'}", actual: text.slice(0, 120) });
      desk.opaque(dataAt, source.size, 'data behind a header that cannot be read');
      desk.member({ name: 'data', source: windowSource(source, `${source.path}!data`, dataAt, source.size) });
      return { descr: '', shape: [], objects: false, dataAt };
    }
    // A type stands alone, or behind the name of its field.
    const objects = /(?:^|,\s*)'[|<>=]?O\d{0,4}'/.test(header.descr);
    if (objects) {
      desk.parsed(dataAt, source.size, 'an array of objects: a pickle');
      desk.member({ name: 'objects.pkl', source: windowSource(source, `${source.path}!objects.pkl`, dataAt, source.size) });
    } else {
      checkSize(header, dataAt, source, desk);
    }
    return { ...header, objects, dataAt };
  },
};

function checkSize({ descr, shape }: Pick<NpyContent, 'descr' | 'shape'>, dataAt: Bytes, source: ByteSource, desk: Desk): void {
  const { size } = source;
  const item = itemSize(descr);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const needed = item === undefined ? undefined : item * count;
  if (item === undefined && descr.startsWith("'")) desk.problem({ code: 'malformed', offset: 10, field: 'descr', expected: 'a type of NumPy', actual: descr.slice(0, 60) });
  if (!Number.isSafeInteger(count)) desk.problem({ code: 'malformed', offset: 10, field: 'shape', expected: 'a product below 2^53', actual: shape.join(' x ') });
  else if (needed !== undefined && needed > size - dataAt) desk.problem({ code: 'truncated', offset: dataAt, field: 'data', expected: `${needed} bytes`, actual: `${size - dataAt} bytes` });
  const end = needed === undefined ? size : Math.min(size, dataAt + needed);
  desk.skipped(dataAt, end, 'numbers of an array');
  if (end < size) {
    desk.opaque(end, size, 'bytes behind the array');
    desk.member({ name: `behind@${end}`, source: windowSource(source, `${source.path}!behind@${end}`, end, size), guess: true });
  }
}

/** Bytes of one element, of a simple or a structured type; undefined where it cannot be told. */
function itemSize(descr: string): number | undefined {
  const simple = /^'[<>|=]?([a-zA-Z?])(\d{0,6})(\[[^\]]*\])?'$/.exec(descr.trim());
  if (simple !== null) return sizeOf(simple[1] ?? '', simple[2] ?? '');
  if (descr.startsWith("'")) return undefined;
  let sum = 0;
  for (const field of descr.matchAll(/\(\s*'[^']*'\s*,\s*'[<>|=]?([a-zA-Z?])(\d{0,6})'\s*(,\s*\(([\d,\s]*)\)\s*)?\)/g)) {
    const extents = (field[4] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
    sum += sizeOf(field[1] ?? '', field[2] ?? '') * extents.reduce((product, extent) => product * extent, 1);
  }
  return sum > 0 ? sum : undefined;
}

function sizeOf(letter: string, digits: string): number {
  const size = digits === '' ? 1 : Number(digits);
  if (letter === 'M' || letter === 'm') return 8;
  return letter === 'U' ? 4 * size : size;
}

/** The three keys of the literal, in any order, and nothing else. No evaluation, no nesting beyond lists of fields. */
function parseHeader(text: string): { descr: string; shape: number[] } | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  let rest = text.slice(1, -1).trim();
  if (rest.endsWith(',')) rest = rest.slice(0, -1).trimEnd();
  let descr: string | undefined;
  let shape: number[] | undefined;
  const keys = new Set<string | undefined>();
  for (let i = 0; i < 3 && rest !== ''; i++) {
    const key = /^'(descr|fortran_order|shape)'\s*:\s*/.exec(rest);
    if (key === null) return undefined;
    keys.add(key[1]);
    rest = rest.slice(key[0].length);
    const value = key[1] === 'descr' ? takeLiteral(rest) : key[1] === 'shape' ? /^\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?)?)\s*\)/.exec(rest)?.[0] : /^(?:True|False)/.exec(rest)?.[0];
    if (value === undefined) return undefined;
    if (key[1] === 'descr') descr = value;
    if (key[1] === 'shape') shape = (value.match(/\d+/g) ?? []).map(Number);
    rest = rest.slice(value.length).replace(/^\s*,\s*/, '');
  }
  return rest === '' && keys.size === 3 && descr !== undefined && shape !== undefined ? { descr, shape } : undefined;
}

/** A string, or a list of tuples of strings and numbers: read by brackets, with only those characters allowed. */
function takeLiteral(text: string): string | undefined {
  const simple = /^'[^'\\]*'/.exec(text);
  if (simple !== null) return simple[0];
  if (text[0] !== '[') return undefined;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quoted) {
      if (character === "'") quoted = false;
    } else if (character === "'") quoted = true;
    else if (character === '[' || character === '(') depth++;
    else if (character === ']' || character === ')') {
      depth--;
      if (depth === 0) return text.slice(0, i + 1);
    } else if (!/[\d\s,]/.test(character)) return undefined;
  }
  return undefined;
}
