// joblib writes arrays between a pickle's instructions (joblib/numpy_pickle.py, NumpyArrayWrapper): after the BUILD of a
// wrapper come padding and the raw numbers, or a further pickle where the array holds objects.
import type { Bytes } from '../../core/units.ts';
import type { CodeWindow } from './code-window.ts';
import type { Value } from './value.ts';

const WRAPPER = /^joblib\.numpy_pickle\.NumpyArrayWrapper$/;

export async function joblibArray(object: Value, window: CodeWindow): Promise<{ begin: Bytes; end: Bytes; objects: boolean } | undefined> {
  if (object.kind !== 'object' || object.callee.kind !== 'global' || !WRAPPER.test(`${object.callee.module ?? ''}.${object.callee.name ?? ''}`)) return undefined;
  const { state } = object;
  if (state?.kind !== 'dict') return undefined;
  const field = (name: string): Value | undefined => state.entries.find(([key]) => key.kind === 'text' && key.value === name)?.[1];
  const [shape, dtype, alignment] = [field('shape'), field('dtype'), field('numpy_array_alignment_bytes')];
  if (shape?.kind !== 'tuple') return undefined;
  const item = itemSize(dtype);
  if (item === undefined) return undefined;
  const begin = window.at;
  if (item === 'object') return { begin, end: begin, objects: true };
  const count = shape.items.reduce((product, extent) => product * (extent.kind === 'int' ? Number(extent.value) : Number.NaN), 1);
  let size = count * item;
  if (alignment?.kind === 'int') {
    await window.load(1);
    size += 1 + (window.left > 0 ? (window.take(1, 'padding')[0] ?? 0) : 0);
    window.at = begin;
  }
  if (!Number.isSafeInteger(size) || size < 0 || size > window.left) return undefined;
  return { begin, end: begin + size, objects: false };
}

/** Of numpy.dtype('f8', False, True) with its state; structured types carry their size in the code ('V16'). */
function itemSize(dtype: Value | undefined): number | 'object' | undefined {
  if (dtype?.kind !== 'object') return undefined;
  const [code] = dtype.args;
  if (code?.kind !== 'text') return undefined;
  const match = /^[<>=|]?([a-zA-Z?])(\d{0,9})$/.exec(code.value);
  if (match === null) return undefined;
  const [, letter, digits] = match;
  if (letter === 'O') return 'object';
  const size = digits === '' ? 1 : Number(digits);
  return letter === 'U' ? 4 * size : size;
}
