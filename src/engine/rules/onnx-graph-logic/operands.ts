// Small questions about operators and their operands.
import type { FlatOp } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import type { Axes } from './axes.ts';

/** Microsoft's operators are ordinary in optimised exports; what they compute is known by their names. */
export function isContrib(domain: string): boolean {
  return domain === 'com.microsoft' || domain === 'ai.onnx.ml' || domain.startsWith('com.microsoft.nchwc');
}

export function attributeInts({ attributes }: FlatOp, name: string): readonly number[] | undefined {
  const attribute = attributes.get(name);
  return attribute === undefined ? undefined : attribute.ints;
}

/** A constant's numbers, where all of them are kept. */
export function numbersOf(value: Abstract | undefined): readonly number[] | undefined {
  if (value?.kind !== 'constant') return undefined;
  const { values, dims } = value.info;
  return values !== undefined && values.length >= dims.reduce((product, size) => product * size, 1) ? values : undefined;
}

/** What is added so that a division or logarithm cannot fail is no threshold. */
const EPSILON = 1e-3;

/**
 * True for what bounds a statistic for safety: clamps away from zero, counts that must not be negative, squares and roots
 * of a variance, the zero that a quantisation range must hold.
 */
export function isGuard({ type, attributes }: FlatOp, inputs: readonly Abstract[]): boolean {
  const data = inputs.find(({ kind }) => kind === 'raw');
  const others = inputs.filter((value) => value !== data);
  const bounds = [...others.flatMap((value) => (value.kind === 'constant' ? (value.info.values ?? []) : [])), ...['min', 'max'].flatMap((name) => attributes.get(name)?.floats ?? [])];
  const unknown = others.some((value) => value.kind !== 'constant' && value.kind !== 'neutral');
  if (type === 'Pow') return bounds.every((power) => [0.5, 1, 2, 3, -0.5, -1].includes(power));
  const counts = data?.kind === 'raw' && data.gates.size > 0;
  if (type === 'Min' || type === 'Max') return unknown || (bounds.length > 0 && bounds.every((bound) => Math.abs(bound) <= (counts ? 1 : EPSILON)));
  // Both bounds make a step; one bound near zero keeps a divisor from zero.
  if (type === 'Clip') {
    const finite = bounds.filter((bound) => Number.isFinite(bound) && Math.abs(bound) < 1e30);
    return finite.length === 0 || (finite.length === 1 && finite.every((bound) => Math.abs(bound) <= (counts ? 1 : EPSILON)));
  }
  return false;
}

export function withAxes(value: Abstract, axes: Axes): Abstract {
  return value.kind === 'raw' || value.kind === 'gate' ? { ...value, axes } : value;
}

export function axesOf(value: Abstract): Axes {
  return value.kind === 'raw' || value.kind === 'gate' ? value.axes : [];
}

/** A constant with more than one number in it. */
export function isVector(value: Abstract): boolean {
  return value.kind === 'constant' && value.info.dims.reduce((product, size) => product * size, 1) > 1;
}
