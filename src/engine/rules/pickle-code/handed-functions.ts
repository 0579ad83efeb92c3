// Functions that a pickle puts into the arguments or the state of an object: a vectoriser's tokenizer, a scorer, a hook. Nothing
// calls them while the pickle is loaded; the object does when it is used. Told by how names are written: classes begin with a
// capital letter, and are referred to by objects all the time.
import type { Call } from '../../artifact/pickle/program.ts';
import type { Value } from '../../artifact/pickle/value.ts';

/** CWE-400: values looked at, each once however often it is shared. */
const MAX_VALUES = 200_000;

export function handedFunctions(calls: readonly Call[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  const seen = new Set<Value>();
  const left = calls.flatMap(({ args }) => args.slice());
  for (let value = left.pop(); value !== undefined && seen.size < MAX_VALUES; value = left.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.kind === 'global' && isFunction(value.name)) found.add(value);
    else if (value.kind === 'dict') for (const [, item] of value.entries) left.push(item);
    else if ('items' in value) for (const item of value.items) left.push(item);
  }
  return found;
}

function isFunction(name: string | undefined): boolean {
  return name !== undefined && /^_{0,2}[a-z]/.test(name.slice(name.lastIndexOf('.') + 1));
}
