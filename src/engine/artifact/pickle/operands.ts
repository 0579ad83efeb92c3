// What instructions take from the stack or the stream, as plain values; and what a value may do by its form alone.
import type { Argument } from './read-argument.ts';
import type { Value } from './value.ts';

/** Entries of a state that give an object a method of a special name. */
export function plantsFrom(entries: readonly (readonly [Value, Value])[], begin: number): boolean {
  for (let i = begin; i < entries.length; i++) {
    const key = entries[i]?.[0];
    if (key?.kind === 'text' && /^__|^(?:append|extend)$/.test(key.value)) return true;
  }
  return false;
}

/** torch.save's persistent ids: ('storage', type, key, location, size, …) or, older, ('module', …). */
export function isStorageId(id: Value): boolean {
  const first = id.kind === 'tuple' ? id.items[0] : undefined;
  return first?.kind === 'text' && (first.value === 'storage' || first.value === 'module');
}

export function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'text' && value.cut !== true ? value.value : undefined;
}

export function itemsOf(args: Value | undefined): readonly Value[] {
  if (args?.kind === 'tuple') return args.items;
  return args === undefined ? [] : [args];
}

export function numberOf(argument: Argument): number {
  return argument !== undefined && 'kind' in argument && argument.kind === 'int' ? Number(argument.value) : Number.NaN;
}

export function linesOf(argument: Argument): [string, string] {
  return argument !== undefined && 'lines' in argument ? argument.lines : ['', ''];
}
