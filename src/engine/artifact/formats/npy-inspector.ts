// NumPy arrays in a file (numpy/lib/format.py, versions 1.0 to 3.0). The header is a Python literal, read here by a parser
// of just that; an array of objects is a pickle behind the header, and is handed on as one.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';
import { windowSource } from '../containers/sources.ts';
import { elementType } from './npy-descr.ts';
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
      desk.parsed(dataAt, source.size, 'data behind a header that cannot be read, handed on');
      desk.member({ name: 'data', source: windowSource(source, `${source.path}!data`, dataAt, source.size) });
      return { descr: '', shape: [], objects: false, dataAt };
    }
    const type = elementType(header.descr);
    const objects = type?.objects === true;
    if (type === undefined) {
      desk.problem({ code: 'malformed', offset: begin, field: 'descr', expected: 'a type of NumPy', actual: header.descr.slice(0, 120) });
      desk.parsed(dataAt, source.size, 'elements of a type that cannot be read, handed on');
      desk.member({ name: 'data', source: windowSource(source, `${source.path}!data`, dataAt, source.size) });
    } else if (objects) {
      desk.parsed(dataAt, source.size, 'an array of objects: a pickle');
      desk.member({ name: 'objects.pkl', source: windowSource(source, `${source.path}!objects.pkl`, dataAt, source.size) });
    } else {
      checkSize(header, type.bytes, dataAt, source, desk);
    }
    return { ...header, objects, dataAt };
  },
};

function checkSize({ shape }: Pick<NpyContent, 'shape'>, item: Bytes, dataAt: Bytes, source: ByteSource, desk: Desk): void {
  const { size } = source;
  const count = shape.reduce((product, extent) => product * extent, 1);
  const needed = item * count;
  if (!Number.isSafeInteger(needed)) desk.problem({ code: 'malformed', offset: 10, field: 'shape', expected: 'a product below 2^53', actual: shape.join(' x ').slice(0, 120) });
  else if (needed > size - dataAt) desk.problem({ code: 'truncated', offset: dataAt, field: 'data', expected: `${needed} bytes`, actual: `${size - dataAt} bytes` });
  const end = Math.min(size, dataAt + needed);
  desk.skipped(dataAt, end, 'numbers of an array');
  if (end < size) {
    desk.opaque(end, size, 'bytes behind the array');
    desk.member({ name: `behind@${end}`, source: windowSource(source, `${source.path}!behind@${end}`, end, size), guess: true });
  }
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

/** A string, or brackets with strings and numbers in them, as they stand; what they mean is for `elementType`. */
function takeLiteral(text: string): string | undefined {
  const simple = /^'[^']*'/.exec(text);
  if (simple !== null) return simple[0];
  if (text[0] !== '[' && text[0] !== '(') return undefined;
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
