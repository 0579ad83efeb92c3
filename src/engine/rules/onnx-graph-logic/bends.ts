// Which operators bend what they are given. Everything does that is not known to pass it on in a straight line: a gate can
// be made of any curve or step (rounding, a cast, a remainder, an order among two), so that none is listed; listed is what
// ordinary statistics need.
import type { FlatOp } from '../../graph/flat-graph.ts';
import type { Abstract, Raw } from './abstract.ts';
import { isGuard, numbersOf } from './operands.ts';
import type { Bend } from './past.ts';

/** Moves, joins, repeats, adds up and averages. */
const STRAIGHT = new Set([
  'Identity', 'CastLike', 'Unsqueeze', 'Squeeze', 'Reshape', 'Flatten', 'Transpose', 'Expand', 'Tile', 'Concat', 'Split', 'SplitToSequence', 'SequenceConstruct', 'ConcatFromSequence', 'Pad', 'Slice', 'Neg', 'Dropout',
  'DepthToSpace', 'SpaceToDepth', 'ReverseSequence', 'CumSum', 'DequantizeLinear', 'DynamicQuantizeLinear', 'GlobalAveragePool', 'AveragePool', 'Resize', 'Upsample', 'Trilu', 'CenterCropPad', 'STFT', 'DFT', 'Col2Im', 'GridSample', 'AffineGrid', 'Optional', 'OptionalGetElement',
]);
/** Curves of statistics (deviations, norms, loudness, phases); they bend nothing near where the statistic lies. */
const GENTLE = new Set(['Sqrt', 'Abs', 'Sin', 'Cos', 'Log', 'Reciprocal']);
/** Of these a value near a chosen number is a spike. */
const POLES = new Set(['Reciprocal', 'Log']);
const STEPS = new Set(['Floor', 'Ceil', 'Round', 'Mod', 'QuantizeLinear', 'BitShift', 'Hardmax', 'TopK', 'ArgMax', 'ArgMin', 'Unique', 'NonZero', 'NonMaxSuppression', 'Bernoulli', 'Multinomial']);
/** TensorProto.DataType of what has a fraction. */
const FRACTIONS = new Set([1, 10, 11, 16]);
/** A product of a value with itself this often is nothing but near one end: variances have 2, kurtosis 4. */
const STEEP_DEGREE = 12;

/** What `op` does to raw content that is its only changing operand. */
export function bendOf(op: FlatOp, known: readonly Abstract[], data: Raw): Bend {
  const { past } = data;
  if (STRAIGHT.has(op.type)) return 'no';
  if (op.type === 'Cast') return castBend(op, data);
  if (op.type === 'Add' || op.type === 'Sub' || op.type === 'Sum' || op.type === 'Mean' || op.type === 'Mul') return steepened(past.degree);
  if (op.type === 'Div') return known.indexOf(data) > 0 && past.anchored ? 'soft' : 'no';
  if (GENTLE.has(op.type)) return POLES.has(op.type) && past.anchored && past.narrow ? 'soft' : 'no';
  // A bound that keeps a statistic from zero is none once a threshold was taken from it.
  if (isGuard(op, known) && !(past.anchored && past.narrow && data.gates.size === 0 && (op.type === 'Max' || op.type === 'Min' || op.type === 'Clip'))) return 'no';
  if (op.type === 'Pow' && isGuard(op, known)) return steepened(past.degree);
  return STEPS.has(op.type) ? 'hard' : 'soft';
}

export function steepened(degree: number): Bend {
  return degree >= STEEP_DEGREE ? 'soft' : 'no';
}

/** Fractions made whole, and anything made true or false. */
function castBend({ attributes }: FlatOp, { past }: Raw): Bend {
  const to = attributes.get('to')?.ints[0] ?? 1;
  if (to === BOOL) return 'hard';
  return FRACTIONS.has(to) || past.integer ? 'no' : 'hard';
}

const BOOL = 9;
/** What is added so that a division cannot fail is no threshold. */
const EPSILON = 1e-3;

/** True where what stands beside the data is a number to compare with, and not nought. */
export function anchors(value: Abstract): boolean {
  if (value.kind !== 'constant') return false;
  const { values } = value.info;
  return values === undefined || values.some((number) => Math.abs(number) > EPSILON);
}

/** The factor that a constant multiplies with; 1 where it is not known. */
export function magnitude(value: Abstract): number {
  const values = value.kind === 'constant' ? (numbersOf(value) ?? value.info.values) : undefined;
  const largest = values?.reduce((most, number) => Math.max(most, Math.abs(number)), 0) ?? 1;
  return largest > 0 && Number.isFinite(largest) ? largest : 1;
}
