// What stands on the abstract stack: enough of each value to resolve names and to describe a call, never more than asked for.
import { shown } from '../../core/shown.ts';

export type Value =
  | { readonly kind: 'none' | 'float' | 'buffer' | 'mark' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint | number }
  | { readonly kind: 'text'; readonly value: string; /** True where only the beginning is kept. */ readonly cut?: boolean }
  | { readonly kind: 'bytes'; readonly offset: number; readonly length: number; readonly head: Uint8Array }
  | Collection
  | { readonly kind: 'dict'; readonly entries: [Value, Value][]; dropped: number; weight: number }
  | GlobalValue
  | ObjectValue
  | { readonly kind: 'persistent'; readonly id: Value; readonly offset: number }
  | { readonly kind: 'unknown'; readonly why: string };

export interface Collection {
  readonly kind: 'tuple' | 'list' | 'set' | 'frozenset';
  readonly items: Value[];
  /** Items beyond those kept. */
  dropped: number;
  /** Values reachable from here, shared ones counted again: what a naive walk would cost. */
  weight: number;
}

export interface GlobalValue {
  readonly kind: 'global';
  /** Undefined where it cannot be told what is imported. */
  readonly module: string | undefined;
  readonly name: string | undefined;
  readonly offset: number;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly callee: Value;
  readonly args: readonly Value[];
  /** Set by BUILD. */
  state: Value | undefined;
  /** Set by SETITEM and SETITEMS: what an OrderedDict holds. */
  entries?: [Value, Value][];
  readonly offset: number;
}

export const NONE: Value = { kind: 'none' };
export const FLOAT: Value = { kind: 'float' };
export const BUFFER: Value = { kind: 'buffer' };
export const MARK: Value = { kind: 'mark' };

export function collection(kind: Collection['kind'], items: Value[]): Collection {
  return { kind, items, dropped: 0, weight: items.reduce((sum, item) => sum + weightOf(item), 1) };
}

export function weightOf(value: Value): number {
  return 'weight' in value ? value.weight : 1;
}

const MAX_DESCRIBED = 240;

/** In Python's words, cut to a length that can be shown. */
export function describe(value: Value | undefined, room: number = MAX_DESCRIBED, depth = 4): string {
  if (value === undefined) return '?';
  const inner = (items: readonly Value[], open: string, close: string, dropped = 0): string => {
    if (depth <= 0) return `${open}…${close}`;
    let text = open;
    for (const [i, item] of items.entries()) {
      if (text.length > room) return `${text}, …${close}`;
      text += `${i === 0 ? '' : ', '}${describe(item, room - text.length, depth - 1)}`;
    }
    return `${text}${dropped > 0 ? ', …' : ''}${close}`;
  };
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return String(value.value).slice(0, 40);
    case 'text':
      return `'${shown(value.value, Math.max(16, room))}'`;
    case 'bytes':
      return `b'${[...value.head.subarray(0, Math.max(8, Math.floor(room / 4)))].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}${value.length > 24 ? '…' : ''}'`;
    case 'tuple':
      return inner(value.items, '(', ')', value.dropped);
    case 'list':
      return inner(value.items, '[', ']', value.dropped);
    case 'set':
    case 'frozenset':
      return inner(value.items, '{', '}', value.dropped);
    case 'dict':
      return depth <= 0 ? '{…}' : `{${value.entries.slice(0, 4).map(([key, item]) => `${describe(key, 40, depth - 1)}: ${describe(item, Math.floor(room / 4), depth - 1)}`).join(', ')}${value.entries.length > 4 ? ', …' : ''}}`;
    case 'global':
      return nameOf(value);
    case 'object':
      // What a call of a call of a call gives is called in turn, as deep as a file is long (CWE-674).
      return `${depth <= 0 && value.callee.kind === 'object' ? '…' : describe(value.callee, room, depth - 1)}${inner(value.args, '(', ')')}`;
    case 'persistent':
      return `persistent${inner([value.id], '(', ')')}`;
    case 'unknown':
      return `<${value.why}>`;
    default:
      return `<${value.kind}>`;
  }
}

export function nameOf({ module, name }: Pick<GlobalValue, 'module' | 'name'>): string {
  return `${module === undefined ? '<unresolved>' : shown(module, 80)}.${name === undefined ? '<unresolved>' : shown(name, 80)}`;
}
