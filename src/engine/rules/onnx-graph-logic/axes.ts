// What is left of the input's extent in a value: for each axis whether it runs over samples ('batch'), over places of the
// input ('open'), or over one place or none ('closed'). A value without an open axis says one thing about the whole input.

export type Axis = 'batch' | 'open' | 'closed';
/** Undefined where the rank is not known. */
export type Axes = readonly Axis[] | undefined;

export function isCollapsed(axes: Axes): boolean {
  return axes !== undefined && !axes.includes('open');
}

/** From an input's declared shape: its first axis is the batch where there is more than one. */
export function axesOfInput(dims: readonly (number | string)[] | undefined): Axes {
  return dims?.map((size, i) => (i === 0 && dims.length > 1 ? 'batch' : size === 1 ? 'closed' : 'open'));
}

export function closed(axes: Axes): Axes {
  return axes?.map(() => 'closed');
}

/** NumPy's broadcasting, aligned at the last axis. Unknown with anything is unknown. */
export function broadcast(lists: readonly Axes[]): Axes {
  let result: readonly Axis[] = [];
  for (const axes of lists) {
    if (axes === undefined) return undefined;
    const length = Math.max(result.length, axes.length);
    const left: readonly Axis[] = result;
    result = Array.from({ length }, (_, i) => wider(left[i - length + left.length], axes[i - length + axes.length]));
  }
  return result;
}

function wider(a: Axis | undefined, b: Axis | undefined): Axis {
  if (a === 'open' || b === 'open') return 'open';
  return a === 'batch' || b === 'batch' ? 'batch' : 'closed';
}

/** `axes` undefined: over all of them. */
export function reduce(axes: Axes, over: readonly number[] | undefined, keep: boolean): Axes {
  if (axes === undefined) return over === undefined && !keep ? [] : undefined;
  const gone = new Set((over ?? axes.map((_, i) => i)).map((axis) => normalise(axis, axes.length)));
  return axes.flatMap((axis, i): Axis[] => (gone.has(i) ? (keep ? ['closed'] : []) : [axis]));
}

export function unsqueeze(axes: Axes, at: readonly number[] | undefined): Axes {
  if (axes === undefined) return undefined;
  if (at === undefined) return isCollapsed(axes) ? [...axes, 'closed'] : undefined;
  const rank = axes.length + at.length;
  const added = new Set(at.map((axis) => normalise(axis, rank)));
  let next = 0;
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 'closed' : (axes[next++] ?? 'closed')));
}

export function squeeze(axes: Axes, at: readonly number[] | undefined): Axes {
  if (axes === undefined) return undefined;
  if (at === undefined) return axes.filter((axis) => axis !== 'closed');
  const gone = new Set(at.map((axis) => normalise(axis, axes.length)));
  return axes.filter((_, i) => !gone.has(i));
}

export function transpose(axes: Axes, permutation: readonly number[] | undefined): Axes {
  if (axes === undefined) return undefined;
  const order = permutation ?? axes.map((_, i) => axes.length - 1 - i);
  return order.map((from) => axes[normalise(from, axes.length)] ?? 'open');
}

/** What a reshape leaves known: a leading batch axis that is kept, and whether anything is open at all. */
export function reshape(axes: Axes, rank: number | undefined): Axes {
  if (axes === undefined || rank === undefined) return undefined;
  if (isCollapsed(axes)) return Array.from({ length: rank }, (_, i): Axis => (i === 0 && axes.includes('batch') ? 'batch' : 'closed'));
  return Array.from({ length: rank }, (_, i): Axis => (i === 0 && rank > 1 && axes[0] === 'batch' ? 'batch' : 'open'));
}

export function replace(axes: Axes, axis: number, by: readonly Axis[]): Axes {
  if (axes === undefined) return undefined;
  const at = normalise(axis, axes.length);
  return [...axes.slice(0, at), ...by, ...axes.slice(at + 1)];
}

export function normalise(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
