// Allowed functions that call, or make an object of, what they are given: what stands in these places is judged as called.
// Positions are those of the functions' own parameters (Lib/copyreg.py, numpy/random/_pickle.py, torch/_tensor.py,
// pandas/core/indexes, Cython's __pyx_unpickle helpers).
import { nameOf, type Value } from '../../artifact/pickle/value.ts';

const CALLS: ReadonlyMap<string, readonly number[]> = new Map([
  ...['copyreg', 'copy_reg'].flatMap((module): [string, number[]][] => [[`${module}._reconstructor`, [0, 1]], [`${module}.__newobj__`, [0]], [`${module}.__newobj_ex__`, [0]]]),
  ...['torch._tensor._rebuild_from_type', 'torch._tensor._rebuild_from_type_v2', 'numpy.ma.core._mareconstruct'].map((name): [string, number[]] => [name, [0, 1]]),
  ...['numpy.core', 'numpy._core'].flatMap((core): [string, number[]][] => [[`${core}.multiarray._reconstruct`, [0]], [`${core}._multiarray_umath._reconstruct`, [0]], [`${core}._internal._reconstruct`, [0]]]),
  ...['__randomstate_ctor', '__generator_ctor', '__bit_generator_ctor'].map((name): [string, number[]] => [`numpy.random._pickle.${name}`, [0, 1]]),
  ...['base._new_Index', 'datetimes._new_DatetimeIndex', 'interval._new_IntervalIndex', 'period._new_PeriodIndex'].map((name): [string, number[]] => [`pandas.core.indexes.${name}`, [0]]),
  ...['_kd_tree', '_ball_tree', '_dist_metrics'].map((name): [string, number[]] => [`sklearn.neighbors.${name}.newObj`, [0]]),
  ['sklearn.metrics._dist_metrics.newObj', [0]],
  ['torch._utils._rebuild_wrapper_subclass', [0]],
  // Called whenever the partial function is.
  ['functools.partial', [0]],
  ...['numpy', 'numpy.lib.function_base', 'numpy.lib._function_base_impl'].map((home): [string, number[]] => [`${home}.vectorize`, [0]]),
  // Called for each key that is missing.
  ['collections.defaultdict', [0]],
]);
const CYTHON = /\.__pyx_unpickle_\w+$/;

/** What a call of `callee` with `args` calls in turn. */
export function calledBy(callee: Value, args: readonly Value[]): Value[] {
  if (callee.kind !== 'global') return [];
  const name = nameOf(callee);
  const places = CALLS.get(name) ?? (CYTHON.test(name) ? [0] : []);
  return places.flatMap((place) => args[place] ?? []);
}
