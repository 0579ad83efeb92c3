// Gates behind one linear layer: a weighted sum of the input goes over a step, or a curve so steep that it is one, and the
// outcome puts numbers of the graph's own in place of what another such layer computed, or adds them to it. Deeper layers are
// not judged so: there units are meant to switch.
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import { magnitude } from './bends.ts';
import { attributeInts, isVector, numbersOf } from './operands.ts';

/** `linear`: sums of the input. `bent`: over a step. `payload`: numbers of the graph's own, where the step allows them. */
interface State {
  readonly kind: 'linear' | 'bent' | 'payload';
  /** One sum, or one statistic of several. */
  readonly single: boolean;
  /** By the constants it was multiplied with, weights apart. */
  readonly gain: number;
}

const MIXES = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm']);
const MOVES = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile', 'Cast', 'CastLike', 'Neg', 'Not', 'Concat', 'Log', 'Sqrt', 'Reciprocal', 'Abs']);
const REDUCES = new Set(['ReduceMax', 'ReduceMin', 'ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceProd']);
const PICKS = new Set(['Gather', 'Slice', 'GatherElements']);
const STEPS = new Set(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal', 'IsNaN', 'IsInf', 'Sign', 'Floor', 'Ceil', 'Round']);
const CURVES = new Set(['Sigmoid', 'HardSigmoid', 'Tanh', 'Softmax', 'Relu', 'Clip', 'Erf', 'Softsign', 'LeakyRelu', 'Softplus', 'Elu', 'Exp', 'Max', 'Min']);
const ADDS = new Set(['Add', 'Sub', 'Sum', 'Max', 'Min']);
/** Multiplied so often, a curve is a step. */
const STEEP_GAIN = 50;
const STEEP_POWER = 12;
const BREATHE_EVERY = 4096;

/** The operators where such numbers take effect. */
export async function shallowGates(graph: FlatGraph, known: readonly Abstract[], signal: CancelSignal): Promise<readonly FlatOp[]> {
  const states = new Map<ValueId, State>();
  const found: FlatOp[] = [];
  for (const [index, op] of graph.ops.entries()) {
    if (index % BREATHE_EVERY === 0) await breathe(signal);
    const given = op.inputs.map((id) => (id === undefined ? undefined : states.get(id)));
    const values = op.inputs.map((id) => (id === undefined ? undefined : known[id]));
    if (takesEffect(op, given, values)) found.push(op);
    const state = after(op, given, values);
    if (state !== undefined) for (const output of op.outputs) states.set(output, state);
  }
  return found;
}

function takesEffect({ type }: FlatOp, given: readonly (State | undefined)[], values: readonly (Abstract | undefined)[]): boolean {
  if (type !== 'Where') return ADDS.has(type) && given.some((state) => state?.kind === 'payload') && given.some((state) => state?.kind === 'linear');
  return given[0]?.kind === 'bent' && given.slice(1).some((state) => state?.kind === 'linear') && values.slice(1).some((value) => value !== undefined && choosesClasses(value));
}

function after(op: FlatOp, given: readonly (State | undefined)[], values: readonly (Abstract | undefined)[]): State | undefined {
  const [data, second] = values;
  const { type } = op;
  if (MIXES.has(type) && data?.kind === 'raw' && second?.kind === 'constant' && data.past.bent === 'no') {
    const { dims } = second.info;
    const units = type === 'Gemm' && op.attributes.get('transB')?.ints[0] === 1 ? dims[0] : dims.at(-1);
    return { kind: 'linear', single: units === 1, gain: 1 };
  }
  const held = given.filter((state) => state !== undefined);
  const [state, ...more] = held;
  if (state === undefined) return undefined;
  if (more.length > 0) return type === 'Concat' ? { ...state, single: false } : undefined;
  const rest = values.filter((_, i) => given[i] === undefined);
  if (rest.some((value) => value !== undefined && value.kind !== 'constant' && value.kind !== 'neutral' && value.kind !== 'length')) return undefined;
  return state.kind === 'linear' ? ofLinear(op, state, rest) : ofStep(op, state, rest);
}

function ofLinear(op: FlatOp, state: State, rest: readonly (Abstract | undefined)[]): State | undefined {
  const { type } = op;
  const factor = rest.reduce((product, value) => product * (value === undefined ? 1 : magnitude(value)), 1);
  if (type === 'Mul') return { ...state, gain: state.gain * factor };
  if (type === 'Div') return { ...state, gain: state.gain / factor };
  if (STEPS.has(type) || (type === 'Cast' && isWhole(op))) return { ...state, kind: 'bent' };
  if ((CURVES.has(type) && state.gain >= STEEP_GAIN) || (type === 'Pow' && (numbersOf(rest[0]) ?? []).some((power) => Math.abs(power) >= STEEP_POWER))) return { ...state, kind: 'bent' };
  if (REDUCES.has(type) || type === 'ArgMax' || type === 'ArgMin') return { ...state, single: true };
  if (PICKS.has(type)) return { ...state, single: state.single || takesOne(op, rest) };
  return MOVES.has(type) || type === 'Add' || type === 'Sub' ? state : undefined;
}

function ofStep(op: FlatOp, state: State, rest: readonly (Abstract | undefined)[]): State | undefined {
  const { type } = op;
  const numbers = rest.find((value) => value !== undefined && choosesClasses(value));
  if (state.kind === 'bent' && numbers !== undefined && ((state.single && (type === 'Mul' || type === 'Gather' || type === 'Where' || MIXES.has(type))) || (MIXES.has(type) && isSparse(numbers)))) return { ...state, kind: 'payload' };
  if (PICKS.has(type)) return { ...state, single: state.single || takesOne(op, rest) };
  if (REDUCES.has(type)) return { ...state, single: true };
  return MOVES.has(type) || CURVES.has(type) || STEPS.has(type) || type === 'Mul' || type === 'Div' || type === 'Add' || type === 'Sub' ? state : undefined;
}

/** Numbers that are not all alike: they favour one output over another. */
function choosesClasses(value: Abstract): boolean {
  return isVector(value) && value.kind === 'constant' && new Set(value.info.values ?? []).size > 1;
}

function isSparse(value: Abstract): boolean {
  const numbers = value.kind === 'constant' ? (value.info.values ?? []) : [];
  return numbers.filter((number) => number === 0).length >= numbers.length / 2;
}

function takesOne(op: FlatOp, rest: readonly (Abstract | undefined)[]): boolean {
  const index = rest.find((value) => value?.kind === 'constant');
  if (op.type !== 'Slice') return index?.kind === 'constant' && index.info.dims.reduce((product, size) => product * size, 1) === 1;
  const [begin, end] = [attributeInts(op, 'starts') ?? numbersOf(rest[0]), attributeInts(op, 'ends') ?? numbersOf(rest[1])];
  return begin?.length === 1 && end?.[0] === (begin[0] ?? 0) + 1;
}

/** TensorProto.DataType of what has no fraction. */
const WHOLE_TYPES = new Set([2, 3, 4, 5, 6, 7, 9, 12, 13]);

function isWhole({ attributes }: FlatOp): boolean {
  return WHOLE_TYPES.has(attributes.get('to')?.ints[0] ?? 1);
}
