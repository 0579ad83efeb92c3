// Names of the parameters that a torch checkpoint keeps in each storage: read off the abstract value of data.pkl, where a
// parameter is torch._utils._rebuild_tensor_v2(persistent id of the storage, offset, size, stride, …).
// Only a tensor that covers its storage whole gives the storage its shape; several names of one storage are tied weights.
import type { Value } from '../pickle/value.ts';

export interface TorchStorage {
  /** The member's name behind 'data/'. */
  readonly key: string;
  /** 'FloatStorage', 'BFloat16Storage', … */
  readonly type: string;
  readonly names: readonly string[];
  /** Of the tensor that covers it, where one does. */
  readonly shape: readonly number[] | undefined;
}

/** Values visited (CWE-400): a checkpoint of 100,000 tensors has about a million. */
const MAX_VISITED = 4_000_000;
const MAX_DEPTH = 64;
const MAX_NAME = 240;

export function torchStorages(result: Value | undefined): ReadonlyMap<string, TorchStorage> {
  const storages = new Map<string, { key: string; type: string; names: string[]; shape: readonly number[] | undefined }>();
  if (result === undefined) return storages;
  const seen = new Set<Value>();
  const stack: { readonly value: Value; readonly name: string; readonly depth: number }[] = [{ value: result, name: '', depth: 0 }];
  for (let visited = 0; visited < MAX_VISITED; visited++) {
    const next = stack.pop();
    if (next === undefined) break;
    const { value, name, depth } = next;
    const found = tensorOf(value);
    if (found !== undefined) {
      const known = storages.get(found.key) ?? { key: found.key, type: found.type, names: [], shape: undefined };
      if (!known.names.includes(name)) known.names.push(name);
      if (found.whole) known.shape ??= found.shape;
      storages.set(found.key, known);
      continue;
    }
    if (depth >= MAX_DEPTH || seen.has(value)) continue;
    seen.add(value);
    const push = (child: Value | undefined, key: string): void => {
      if (child !== undefined) stack.push({ value: child, name: (name === '' ? key : `${name}.${key}`).slice(0, MAX_NAME), depth: depth + 1 });
    };
    const pushEntries = (entries: readonly (readonly [Value, Value])[]): void => {
      for (const [key, child] of entries) push(child, keyOf(key));
    };
    // Attributes of modules are no part of the names by which state_dict knows their parameters.
    if (value.kind === 'dict') pushEntries(value.entries);
    else if ('items' in value) value.items.forEach((item, i) => push(item, String(i)));
    else if (value.kind === 'object') {
      if (value.entries !== undefined) pushEntries(value.entries);
      value.args.forEach((item, i) => push(item, String(i)));
      push(value.state, 'state');
    }
  }
  return storages;
}

function keyOf(value: Value): string {
  return value.kind === 'text' ? value.value : value.kind === 'int' ? String(value.value) : '?';
}

function tensorOf(value: Value): { key: string; type: string; shape: readonly number[]; whole: boolean } | undefined {
  if (value.kind !== 'object' || value.callee.kind !== 'global') return undefined;
  const [storage, offset, size] = value.args;
  if (value.callee.module !== 'torch._utils' || !/^_rebuild_tensor(_v2)?$/.test(value.callee.name ?? '') || storage?.kind !== 'persistent' || storage.id.kind !== 'tuple') return undefined;
  const [, type, key, , count] = storage.id.items;
  if (key?.kind !== 'text' || size?.kind !== 'tuple') return undefined;
  const shape = size.items.map((item) => (item.kind === 'int' ? Number(item.value) : Number.NaN));
  const elements = shape.reduce((product, dim) => product * dim, 1);
  const whole = offset?.kind === 'int' && Number(offset.value) === 0 && count?.kind === 'int' && Number(count.value) === elements;
  return { key: key.value, type: type?.kind === 'global' ? (type.name ?? 'storage') : 'storage', shape, whole };
}
