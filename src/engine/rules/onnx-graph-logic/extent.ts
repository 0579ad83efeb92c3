// How many places a value has along an axis, where the graph itself fixes it: listed places, slices, constants beside it.
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import { normalise } from './axes.ts';
import { attributeInts, numbersOf } from './operands.ts';

/** Place by place: the extent of what goes in is that of what comes out. */
const ELEMENTWISE = new Set(['Identity', 'Cast', 'CastLike', 'Neg', 'Abs', 'Sqrt', 'Exp', 'Log', 'Tanh', 'Sigmoid', 'Relu', 'Clip', 'Softmax', 'LogSoftmax', 'Hardmax', 'Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal', 'Not', 'Where']);
const MOST_STEPS = 128;

/** Undefined where it is not fixed, or could not be followed. `axis` may count from the end. */
export function extentOf(graph: FlatGraph, known: readonly Abstract[], id: ValueId | undefined, axis: number, left = { steps: MOST_STEPS }): number | undefined {
  if (id === undefined || left.steps-- <= 0) return undefined;
  const value = known[id];
  const rank = rankOf(value);
  const at = rank === undefined ? axis : normalise(axis, rank);
  if (value?.kind === 'constant') return value.info.dims.at(at);
  const declared = graph.values[id]?.input?.dims?.at(at);
  if (typeof declared === 'number') return declared;
  const op = graph.ops[graph.values[id]?.producer ?? -1];
  if (op === undefined) return undefined;
  const before = (input: number, along = at): number | undefined => extentOf(graph, known, op.inputs[input], along, left);
  if (ELEMENTWISE.has(op.type)) return widest(op.inputs.map((input) => extentOf(graph, known, input, at - (rank ?? 0), left)));
  if (op.type === 'Concat') {
    const sizes = normalise(op.attributes.get('axis')?.ints[0] ?? 0, rank ?? 0) === at ? op.inputs.map((_, i) => before(i)) : [];
    return sizes.length === 0 || sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }
  return (op.type === 'Gather' || op.type === 'Slice') && rank !== undefined ? (picked(op, known, at, rank) ?? before(0)) : undefined;
}

function picked(op: FlatOp, known: readonly Abstract[], axis: number, rank: number): number | undefined {
  const { type, inputs, attributes } = op;
  const numbers = (input: number): readonly number[] | undefined => numbersOf(known[inputs[input] ?? -1]);
  if (type === 'Gather') {
    const index = known[inputs[1] ?? -1];
    return normalise(attributes.get('axis')?.ints[0] ?? 0, rank) === axis && index?.kind === 'constant' && index.info.dims.length === 1 ? index.info.dims[0] : undefined;
  }
  const [begin, end] = [attributeInts(op, 'starts') ?? numbers(1), attributeInts(op, 'ends') ?? numbers(2)];
  const which = (attributeInts(op, 'axes') ?? numbers(3) ?? begin?.map((_, i) => i))?.findIndex((one) => normalise(one, rank) === axis) ?? -1;
  const [from, to] = [begin?.[which], end?.[which]];
  return from === undefined || to === undefined || from < 0 !== to < 0 || to <= from ? undefined : to - from;
}

function rankOf(value: Abstract | undefined): number | undefined {
  if (value?.kind === 'constant') return value.info.dims.length;
  return value?.kind === 'raw' || value?.kind === 'gate' ? value.axes?.length : undefined;
}

/** NumPy's broadcasting: one place is as many as there are beside it. */
function widest(sizes: readonly (number | undefined)[]): number | undefined {
  const fixed = sizes.filter((size) => size !== undefined);
  return fixed.find((size) => size > 1) ?? (fixed.length === sizes.length ? fixed[0] : undefined);
}
