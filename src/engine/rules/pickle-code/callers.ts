// Allowed functions that call, or make an object of, what they are given: what stands in these places is judged as called.
// Positions are those of the functions' own parameters (Lib/copyreg.py, Lib/functools.py, numpy/random/_pickle.py,
// torch/_tensor.py, pandas/core/indexes, Cython's __pyx_unpickle helpers).
import { itemsOf } from '../../artifact/pickle/operands.ts';
import type { Call } from '../../artifact/pickle/program.ts';
import { nameOf, type Value } from '../../artifact/pickle/value.ts';

/** What loading calls, or is given to call later. */
export interface Called {
  readonly callee: Value;
  readonly args: readonly Value[];
  /** `new`: an object is made and not initialised. `later`: nothing is called while loading. */
  readonly how: 'called' | 'new' | 'later';
}

type Arguments = readonly Value[];

const made = (...places: readonly number[]) => (args: Arguments): Called[] => places.flatMap((place) => args.slice(place, place + 1).map((callee): Called => ({ callee, args: [], how: 'new' })));
const later = ([callee, ...args]: Arguments): Called[] => (callee === undefined ? [] : [{ callee, args, how: 'later' }]);
/** func(*args), as an object of `type`. */
const rebuilt = ([func, type, args]: Arguments): Called[] => [...(func === undefined ? [] : [{ callee: func, args: itemsOf(args), how: 'called' } as const]), ...made(0)(type === undefined ? [] : [type])];

const CALLS: ReadonlyMap<string, (args: Arguments) => Called[]> = new Map([
  ...['copyreg', 'copy_reg'].flatMap((module): [string, (args: Arguments) => Called[]][] => [
    // base.__new__(class, state), base.__init__(object, state).
    [`${module}._reconstructor`, ([type, base, state]) => [...made(0)(type === undefined ? [] : [type]), ...(base === undefined ? [] : [{ callee: base, args: state === undefined || state.kind === 'none' ? [] : [state], how: 'called' } as const])]],
    [`${module}.__newobj__`, made(0)],
    [`${module}.__newobj_ex__`, made(0)],
  ]),
  ...['torch._tensor._rebuild_from_type', 'torch._tensor._rebuild_from_type_v2'].map((name) => [name, rebuilt] as const),
  ['numpy.ma.core._mareconstruct', made(0, 1)],
  ...['numpy.core', 'numpy._core'].flatMap((core) => ['multiarray', '_multiarray_umath', '_internal'].map((module) => [`${core}.${module}._reconstruct`, made(0)] as const)),
  // The first of the generator's is its name, an object, or, in a bit generator's, its class.
  ...['__randomstate_ctor', '__generator_ctor', '__bit_generator_ctor'].map((name) => [`numpy.random._pickle.${name}`, ([first, ctor]: Arguments): Called[] => [...(first?.kind === 'global' ? made(0)([first]) : []), ...(ctor === undefined || first === undefined ? [] : [{ callee: ctor, args: [first], how: 'called' } as const])]] as const),
  ...['base._new_Index', 'datetimes._new_DatetimeIndex', 'interval._new_IntervalIndex', 'period._new_PeriodIndex'].map((name) => [`pandas.core.indexes.${name}`, made(0)] as const),
  ...['neighbors._kd_tree', 'neighbors._ball_tree', 'neighbors._dist_metrics', 'metrics._dist_metrics'].map((name) => [`sklearn.${name}.newObj`, made(0)] as const),
  ['torch._utils._rebuild_wrapper_subclass', made(0)],
  ['functools.partial', later],
  ['_functools.partial', later],
  ...['numpy', 'numpy.lib.function_base', 'numpy.lib._function_base_impl'].map((home) => [`${home}.vectorize`, ([callee]: Arguments) => later(callee === undefined ? [] : [callee])] as const),
  // Called for each key that is missing.
  ['collections.defaultdict', ([callee]) => later(callee === undefined ? [] : [callee])],
]);
const CYTHON = /\.__pyx_unpickle_\w+$/;

/** What a call of `callee` with `args` calls in turn. */
export function calledBy(callee: Value, args: Arguments): Called[] {
  if (callee.kind !== 'global') return [];
  const name = nameOf(callee);
  return (CALLS.get(name) ?? (CYTHON.test(name) ? made(0) : () => []))(args);
}

/** What the state of a partial function replaces: (function, arguments, named arguments, attributes). */
export function calledByState({ callee: object, args: [state] }: Call): Called[] {
  if (object.kind !== 'object' || !isPartial(object.callee) || state?.kind !== 'tuple') return [];
  const [callee, args, named] = state.items;
  return callee === undefined ? [] : [{ callee, args: [...itemsOf(args), ...(named?.kind === 'dict' ? named.entries.map(([, value]) => value) : [])], how: 'later' }];
}

export function isPartial(value: Value): boolean {
  return value.kind === 'global' && value.name === 'partial' && (value.module === 'functools' || value.module === '_functools');
}
