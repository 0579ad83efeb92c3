// What each ONNX operator does to what is known of its inputs (see abstract.ts), and where a gate takes effect.
import type { FlatOp } from '../../graph/flat-graph.ts';
import { gate, gatesOf, FEATURES, LENGTH, NEUTRAL, raw, type Abstract, type Gate, type Raw, type Step } from './abstract.ts';
import { arithmetic } from './arithmetic.ts';
import { broadcast, closed, isCollapsed, reduce, replace, reshape, squeeze, transpose, unsqueeze, type Axes, type Axis } from './axes.ts';
import { anchors, bendOf } from './bends.ts';
import { attributeInts, axesOf, isContrib, isVector, numbersOf, withAxes } from './operands.ts';
import { bentBy, changed, pastOf, type Past } from './past.ts';
import { isSmallLearned, type ConstantInfo } from './weights.ts';

const SHAPE_ONLY = new Set(['Shape', 'Size', 'ConstantOfShape', 'EyeLike', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Range', 'SequenceLength']);
const COMPARE = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsNaN', 'IsInf', 'Sign', 'StringEqual', 'RegexFullMatch']);
const LOGIC = new Set(['And', 'Or', 'Xor', 'Not', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitwiseNot']);
const REDUCE = new Set(['ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp', 'ArgMax', 'ArgMin']);
/** Of a gate these tell how often it held, or where, and not whether. */
const COUNTS = new Set(['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceSumSquare', 'ArgMax', 'ArgMin', 'CumSum']);
const ORDERS = new Set(['ReduceMax', 'ReduceMin', 'ReduceLogSumExp']);
const MIXES = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'ConvInteger', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul', 'Einsum', 'DeformConv', 'LSTM', 'GRU', 'RNN', 'MatMulNBits', 'FusedMatMul', 'FusedGemm', 'FusedConv', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul', 'QGemm', 'DynamicQuantizeLSTM', 'LinearClassifier', 'LinearRegressor', 'SVMClassifier', 'SVMRegressor', 'TreeEnsemble', 'TreeEnsembleClassifier', 'TreeEnsembleRegressor']);
const CHOICES = new Set(['Softmax', 'LogSoftmax', 'Hardmax']);
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Sum', 'Mean', 'PRelu', 'BitShift']);
const LOOKUPS = new Set(['Gather', 'GatherND', 'GatherElements', 'OneHot', 'Slice', 'Compress', 'TopK', 'SequenceAt', 'DynamicSlice']);
const WRITES = new Set(['ScatterND', 'ScatterElements', 'Scatter', 'TensorScatter']);

/** What keeps a length a length: what moves it, and counts made of counts. Remainders (padding to a multiple) do not. */
const KEEPS_LENGTH = new Set(['Gather', 'Slice', 'Squeeze', 'Unsqueeze', 'Reshape', 'Cast', 'CastLike', 'Identity', 'Flatten', 'Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Concat', 'ReduceProd', 'ReduceSum', 'ReduceMax']);
/** Inputs of no or one place, and pairs, are handled apart by ordinary exports. */
const FEWEST_PLACES = 3;

/** What is known of each output; one value stands for all. */
export function transfer(step: Step): Abstract {
  const result = transferred(step);
  if (result.kind !== 'raw' && result.kind !== 'gate') return result;
  const narrows = isCollapsed(result.axes) && step.inputs.some((value) => (value?.kind === 'raw' || value?.kind === 'gate') && value.axes?.includes('open') === true);
  const past = narrows && !result.past.narrow ? changed(result.past, { narrow: true }) : result.past;
  // A bend of one place or statistic is a gate, whether it came before or after the place was taken.
  if (result.kind === 'raw' && past.bent !== 'no' && isCollapsed(result.axes)) return gate(result.axes, past, gatesOf([result], step.index), past.bent === 'soft' && result.gates.size === 0);
  return past === result.past ? result : { ...result, past };
}

function transferred(step: Step): Abstract {
  const { op, inputs } = step;
  const type = op.type;
  if (type === 'Shape' || type === 'Size') return counted(step) ?? (inputs[0]?.kind === 'constant' ? NEUTRAL : LENGTH);
  if (SHAPE_ONLY.has(type)) return NEUTRAL;
  const lengths = inputs.some((value) => value?.kind === 'length');
  if (lengths && inputs.every((value) => value === undefined || value.kind === 'length' || value.kind === 'constant' || value.kind === 'neutral')) {
    if (COMPARE.has(type)) return comparesLength(step) ? gate([], pastOf([]), new Set([step.index]), false) : NEUTRAL;
    return KEEPS_LENGTH.has(type) ? LENGTH : NEUTRAL;
  }
  // Beside anything else a length is a shape, and says nothing of the content.
  const known = inputs.map((value) => (value === undefined || value.kind === 'length' ? NEUTRAL : value));
  if (known.every(({ kind }) => kind === 'neutral' || kind === 'constant')) return foldConstants(step) ?? NEUTRAL;
  if (op.domain !== '' && !isContrib(op.domain)) return FEATURES;
  if (COMPARE.has(type)) return compare(step, known);
  if (LOGIC.has(type)) return logic(known);
  if (type === '#if') return branch(step, known);
  if (type === '#loop') return loop(step, known);
  if (type === '#join') return join(known);
  if (type === 'Where') return where(step, known);
  if (REDUCE.has(type)) return reduced(step, known);
  if (MIXES.has(type)) return mix(step, known);
  if (LOOKUPS.has(type)) return lookUp(step, known);
  if (WRITES.has(type)) return write(step, known);
  if (CHOICES.has(type)) return chosen(step, known);
  const tainted = known.filter(({ kind }) => kind === 'raw' || kind === 'gate' || kind === 'features');
  const [only] = tainted;
  const result = ARITHMETIC.has(type) ? arithmetic(step, known) : structural(step, known);
  if (tainted.length !== 1 || only?.kind !== 'raw' || result.kind !== 'raw') return result;
  return { ...result, past: bentBy(result.past, bendOf(op, known, only)) };
}

/** How many places are not zero, or differ, is a count and no length. */
function counted({ inputs: [data], index }: Step): Abstract | undefined {
  return (data?.kind === 'raw' || data?.kind === 'gate') && data.past.sized ? raw([], changed(data.past, { counted: true, sized: false, bent: 'no' }), gatesOf([data], index), false) : undefined;
}

/** With a number that the graph fixes, of more places than exporters ask for. */
function comparesLength({ inputs }: Step): boolean {
  const numbers = inputs.flatMap((value) => numbersOf(value) ?? []);
  return numbers.length === 1 && (numbers[0] ?? 0) >= FEWEST_PLACES && Number.isInteger(numbers[0]);
}

function compare({ op, index }: Step, known: readonly Abstract[]): Abstract {
  if (known.some(({ kind }) => kind === 'features')) return FEATURES;
  const axes = broadcast(known.map(axesOf));
  // A position or count below zero is wrapped round: the guard that exporters put before every index.
  const zero = known.some((value) => value.kind === 'constant' && numbersOf(value)?.every((number) => number === 0) === true);
  const located = known.some((value) => value.kind === 'raw' && !value.whole && value.gates.size > 0);
  if (op.type === 'Less' && zero && located) return raw(axes, pastOf(known), gatesOf(known), false);
  const counted = known.some((value) => value.kind === 'raw' && value.gates.size > 0);
  return gate(axes, changed(pastOf(known), { integer: false, counted }), gatesOf(known, index), false);
}

function logic(known: readonly Abstract[]): Abstract {
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  if (gates.length === 0) return join(known);
  const axes = broadcast(known.map((value) => (value.kind === 'features' ? [] : axesOf(value))));
  return gate(axes, pastOf(known), gatesOf(known), gates.every(({ soft }) => soft), gates.some(({ payload }) => payload));
}

function branch({ sink }: Step, [condition = NEUTRAL, ...branches]: readonly Abstract[]): Abstract {
  if (condition.kind === 'gate' && isCollapsed(condition.axes)) {
    sink('branches', condition);
    return FEATURES;
  }
  return join(branches);
}

function loop({ sink }: Step, known: readonly Abstract[]): Abstract {
  for (const value of known) if (value.kind === 'gate' && isCollapsed(value.axes)) sink('loops', value);
  return NEUTRAL;
}

/** Either of several values. */
function join(known: readonly Abstract[]): Abstract {
  if (known.some(({ kind }) => kind === 'features')) return FEATURES;
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  const raws = known.filter(({ kind }) => kind === 'raw');
  const axes = broadcast([...gates, ...raws].map(axesOf));
  if (raws.length > 0) return raw(axes, pastOf(known), gatesOf(known), raws.some((value) => value.kind === 'raw' && value.whole));
  if (gates.length > 0) return gate(axes, pastOf(known), gatesOf(known), gates.every(({ soft }) => soft), gates.some(({ payload }) => payload));
  return known.find(({ kind }) => kind === 'constant') ?? NEUTRAL;
}

function where({ sink, prepares }: Step, [condition = NEUTRAL, ...branches]: readonly Abstract[]): Abstract {
  if (condition.kind !== 'gate') return join(branches);
  if (isCollapsed(condition.axes) && prepares()) return join(branches);
  const computed = branches.some((value) => value.kind === 'features' || (value.kind === 'raw' && value.whole && !isCollapsed(value.axes)));
  if (isCollapsed(condition.axes) && computed) {
    sink('selects', condition);
    return FEATURES;
  }
  // A statistic of nothing is replaced by one or nought.
  const guards = condition.past.counted && branches.every((value) => value.kind !== 'constant' || (value.info.values ?? []).every((number) => Math.abs(number) <= 1));
  const places = !guards && isCollapsed(condition.axes) && branches.every((value) => value.kind !== 'raw' || isCollapsed(value.axes));
  if (computed || (!places && branches.some(({ kind }) => kind === 'raw'))) return join(branches);
  const payload = branches.some(isVector);
  const axes = broadcast([condition.axes, ...branches.map((value) => (value.kind === 'gate' || value.kind === 'raw' ? value.axes : []))]);
  return gate(axes, pastOf([condition, ...branches]), gatesOf([condition, ...branches]), condition.soft, payload || condition.payload);
}

function reduced({ op, index }: Step, known: readonly Abstract[]): Abstract {
  const [data = NEUTRAL, axesInput] = known;
  if (data.kind !== 'raw' && data.kind !== 'gate') return join(known.slice(0, 1));
  const single = op.type === 'ArgMax' || op.type === 'ArgMin';
  const given = single ? [op.attributes.get('axis')?.ints[0] ?? 0] : (attributeInts(op, 'axes') ?? numbersOf(axesInput));
  const keep = (op.attributes.get('keepdims')?.ints[0] ?? 1) !== 0;
  const dynamic = !single && axesInput !== undefined && given === undefined && axesInput.kind !== 'constant' && op.inputs[1] !== undefined;
  const axes = dynamic ? undefined : reduce(data.axes, given?.length === 0 ? undefined : given, keep);
  if (data.kind === 'gate' && !COUNTS.has(op.type)) return { ...data, axes };
  return raw(axes, reducedPast(op, data), gatesOf(known, data.kind === 'gate' ? index : undefined), false);
}

/** Of places of the input a reduction is a statistic; of one place and a constant beside it, a comparison. */
function reducedPast(op: FlatOp, data: Raw | Gate): Past {
  const past = changed(data.past, op.type === 'ReduceProd' ? { degree: data.past.degree * 4 } : op.type.startsWith('Arg') ? { located: true } : {});
  if (data.kind !== 'raw' || !isCollapsed(data.axes)) return past;
  if (op.type.startsWith('Arg')) return bentBy(past, 'hard');
  return ORDERS.has(op.type) && past.anchored ? bentBy(past, 'soft') : past;
}

/** Products with weights. What learned weights mix is features; ones and identities only add up or pass on. */
function mix({ op, sink, learns }: Step, known: readonly Abstract[]): Abstract {
  const tainted = known.filter((value) => value.kind === 'raw' || value.kind === 'gate');
  if (known.some(({ kind }) => kind === 'features')) {
    for (const value of tainted) if (value.kind === 'gate' && isCollapsed(value.axes)) sink('scales-or-adds', value);
    return FEATURES;
  }
  const constants = known.filter((value) => value.kind === 'constant');
  const collapsed = tainted.every((value) => isCollapsed(axesOf(value)));
  const gated = tainted.find((value) => value.kind === 'gate');
  if (gated?.kind === 'gate' && collapsed) return { ...gated, payload: true, axes: closed(gated.axes) };
  // The largest constant is the weight; scales, zero points and biases are smaller.
  const sizes = constants.map(({ info }) => info.dims.reduce((product, size) => product * size, 1));
  const weight = constants[sizes.indexOf(sizes.reduce((most, size) => Math.max(most, size), 0))];
  const dims = weight?.info.dims ?? [];
  const [first = NEUTRAL] = tainted;
  const product = op.type === 'MatMul' || op.type === 'Gemm';
  // Weights for one place of a larger input mix nothing: all that comes out is a straight line in that place.
  const lone = product && first.kind === 'raw' && first.past.narrow && isCollapsed(first.axes) && dims.length === 2 && dims.some((size) => size === 1);
  // A few columns that each take a place or two of the input: a Slice, written as a product.
  const takes = product && first.kind === 'raw' && !isCollapsed(first.axes) && weight?.info.takesPlaces === true;
  if (takes) return raw(replace(first.axes, -1, ['closed']), changed(first.past, { narrow: true, ...(op.type === 'Gemm' && constants.length > 1 ? { anchored: true } : {}) }), gatesOf(known), false);
  if (!lone && (weight === undefined ? constants.length === 0 && !['MatMul', 'Einsum'].includes(op.type) : weight.info.learned || (product && isSmallLearned(weight.info)))) {
    learns(tainted);
    return FEATURES;
  }
  if (tainted.length > 1) return FEATURES;
  const axes = axesOf(first);
  const past = changed(pastOf(tainted), op.type === 'Gemm' && constants.length > 1 ? { anchored: true } : {});
  if (product) return raw(dims.at(-1) === 1 ? replace(axes, -1, ['closed']) : axes, past, gatesOf(known), false);
  // A convolution with one channel out adds the channels up; one with a wide kernel adds up what it covers.
  const narrowed = axes?.map((axis, i): Axis => (axis === 'open' && (i === 1 ? dims[0] === 1 : (dims[i] ?? 0) >= WIDE_KERNEL) ? 'closed' : axis));
  return raw(narrowed, past, gatesOf(known), false);
}

const WIDE_KERNEL = 8;

function lookUp(step: Step, known: readonly Abstract[]): Abstract {
  const { op, sink, learns } = step;
  const [data = NEUTRAL, ...rest] = known;
  const index = op.type === 'OneHot' ? data : rest.find(({ kind }) => kind === 'gate' || kind === 'raw');
  if (op.type === 'OneHot') return data.kind === 'gate' ? { ...data, payload: true } : data.kind === 'raw' ? raw(undefined, data.past, data.gates, false) : FEATURES;
  if (op.type === 'TopK' && data.kind === 'raw') return ranked(data);
  // Categories among numbers: made whole, and looked up in a table of learned rows.
  const category = index?.kind === 'gate' && index.past.integer && data.kind === 'constant' && data.info.learned && (data.info.dims[0] ?? 0) > 2;
  if (category && index !== undefined) {
    learns([index]);
    return FEATURES;
  }
  if (index?.kind === 'gate' && isCollapsed(index.axes)) {
    if (data.kind === 'constant' || data.kind === 'neutral') return { ...index, payload: true };
    sink('indexes', index);
    return FEATURES;
  }
  if (index?.kind === 'raw' && isCollapsed(index.axes) && data.kind === 'features' && step.joinsBranches(0)) {
    sink('indexes', index);
    return FEATURES;
  }
  if (data.kind === 'constant' && index !== undefined) {
    if (data.info.learned) {
      learns([index]);
      return FEATURES;
    }
    const axes = broadcast([axesOf(index)]);
    return data.info.selects ? gate(axes, pastOf(known), gatesOf(known, step.index), false) : index.kind === 'gate' ? index : raw(axes, pastOf(known), gatesOf(known), false);
  }
  if (data.kind === 'features') return FEATURES;
  if (op.type === 'Slice') return withAxes(data, sliced(step, known));
  if (op.type === 'Gather') return withAxes(data, gathered(step, known));
  const result = withAxes(data, picked(op, axesOf(data), rest[0] ?? NEUTRAL));
  return op.type === 'Compress' && (result.kind === 'raw' || result.kind === 'gate') && rest[0]?.kind !== 'constant' ? { ...result, past: changed(result.past, { sized: true }) } : result;
}

/** Order among places tells where; order of one place and a constant is a comparison. */
function ranked(data: Raw): Abstract {
  const past = changed(data.past, { located: true });
  return { ...data, whole: false, past: isCollapsed(data.axes) ? bentBy(past, 'hard') : past };
}

/** One place, picked by a list of one. */
function picked({ type, attributes }: FlatOp, axes: Axes, index: Abstract): Axes {
  if (axes === undefined || index.kind !== 'constant') return undefined;
  const { dims, values } = index.info;
  const count = dims.slice(0, -1).reduce((product, size) => product * size, 1);
  if (type === 'GatherND') return count === 1 ? [...dims.slice(0, -1).map((): Axis => 'closed'), ...axes.slice(dims.at(-1) ?? 0)] : undefined;
  if (type === 'GatherElements') return dims.map((size, i): Axis => (size === 1 ? 'closed' : (axes[i] ?? 'open')));
  if (type !== 'Compress' || values === undefined) return undefined;
  const axis = attributes.get('axis')?.ints[0];
  const one = values.filter((value) => value !== 0).length === 1;
  return axis === undefined ? [one ? 'closed' : 'open'] : one ? replace(axes, axis, ['closed']) : axes;
}

/** Slices of one place close their axis. */
function sliced({ op }: Step, [data = NEUTRAL, starts, ends, over, steps]: readonly Abstract[]): Axes {
  const axes = axesOf(data);
  if (axes === undefined) return undefined;
  const begin = attributeInts(op, 'starts') ?? numbersOf(starts);
  const end = attributeInts(op, 'ends') ?? numbersOf(ends);
  const which = attributeInts(op, 'axes') ?? numbersOf(over) ?? begin?.map((_, i) => i);
  const stride = numbersOf(steps);
  if (begin === undefined || end === undefined || which === undefined) return axes;
  return which.reduce<Axes>((left, axis, i) => {
    const [from = 0, to = 0, by = 1] = [begin[i], end[i], stride?.[i]];
    const sameSide = from < 0 === to < 0;
    const last = from === -1 && to > 0;
    const places = sameSide ? Math.ceil(Math.abs(to - from) / Math.max(1, Math.abs(by))) : last ? 1 : Number.POSITIVE_INFINITY;
    return places <= 1 ? replace(left, axis, ['closed']) : left;
  }, axes);
}

function gathered({ op }: Step, [data = NEUTRAL, index = NEUTRAL]: readonly Abstract[]): Axes {
  const axis = op.attributes.get('axis')?.ints[0] ?? 0;
  if (index.kind === 'constant') {
    const count = index.info.dims.reduce((product, size) => product * size, 1);
    return replace(axesOf(data), axis, index.info.dims.map((size) => (count === 1 || size === 1 ? 'closed' : 'open')));
  }
  return index.kind === 'neutral' ? undefined : replace(axesOf(data), axis, axesOf(index) ?? ['open']);
}

function write({ sink }: Step, [data = NEUTRAL, index = NEUTRAL, updates = NEUTRAL]: readonly Abstract[]): Abstract {
  const gated = [index, updates].find((value) => value.kind === 'gate' && isCollapsed(value.axes));
  if (gated !== undefined && (data.kind === 'features' || data.kind === 'raw')) {
    sink('writes', gated);
    return FEATURES;
  }
  const result = join([data, updates]);
  // Into zeros or constants: as wide as what is written there.
  return withAxes(result, data.kind === 'raw' || data.kind === 'gate' ? data.axes : axesOf(updates));
}

/** Shares of a few places of the input that add up to one: next to a number, or steep, they are a switch between as many things. */
function chosen({ op, extent }: Step, [data = NEUTRAL]: readonly Abstract[]): Abstract {
  if (data.kind !== 'raw') return data;
  const axis = op.attributes.get('axis')?.ints[0] ?? -1;
  const bent = { ...data, past: bentBy(data.past, bendOf(op, [data], data)) };
  const few = (extent(0, axis) ?? Number.POSITIVE_INFINITY) <= MOST_CHOICES;
  return few && (data.past.anchored || data.past.gain >= STEEP_CHOICE) ? { ...bent, axes: replace(data.axes, axis, ['closed']), past: changed(bent.past, { narrow: true }) } : bent;
}

const MOST_CHOICES = 4;
/** Shares this far apart are nearly all or nothing. */
const STEEP_CHOICE = 10;

function structural({ op }: Step, known: readonly Abstract[]): Abstract {
  const [data = NEUTRAL, parameter] = known;
  const given = attributeInts(op, 'axes') ?? numbersOf(parameter);
  switch (op.type) {
    case 'Unsqueeze':
      return withAxes(data, unsqueeze(axesOf(data), given));
    case 'Squeeze':
      return withAxes(data, squeeze(axesOf(data), given));
    case 'Transpose':
      return withAxes(data, transpose(axesOf(data), attributeInts(op, 'perm')));
    case 'Reshape':
      return withAxes(data, reshape(axesOf(data), numbersOf(parameter)?.length));
    case 'Flatten':
      return withAxes(data, reshape(axesOf(data), 2));
    case 'Expand':
    case 'Tile':
      return withAxes(data, axesOf(data));
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
    case 'GlobalLpPool': {
      const axes = axesOf(data)?.map((axis, i) => (i < 2 ? axis : 'closed'));
      return data.kind === 'raw' || (data.kind === 'gate' && op.type !== 'GlobalMaxPool') ? raw(axes, data.past, data.gates, false) : withAxes(data, axes);
    }
    case 'NonZero':
    case 'Unique':
      return data.kind === 'raw' || data.kind === 'gate' ? { ...data, past: changed(data.past, { sized: true }) } : data;
    case 'DynamicQuantizeLinear':
    case 'CumSum':
      return data.kind === 'gate' ? raw(data.axes, data.past, data.gates, false) : data;
    case 'Concat':
    case 'SequenceConstruct': {
      const joined = join(known);
      return joined.kind === 'raw' && known.some(anchors) ? { ...joined, past: changed(joined.past, { anchored: true }) } : joined;
    }
    case 'Resize':
    case 'Upsample':
      return withAxes(data, known.some((value) => value.kind === 'constant' && numbersOf(value)?.slice(-2).every((size) => size === 1) === true) ? axesOf(data)?.map((axis, i) => (i < 2 ? axis : 'closed')) : axesOf(data));
    case 'MaxPool':
    case 'AveragePool':
    case 'LpPool': {
      const kernel = attributeInts(op, 'kernel_shape') ?? [];
      const wide = axesOf(data)?.map((axis, i): Axis => (axis === 'open' && i > 1 && (kernel[i - 2] ?? 0) >= WIDE_KERNEL ? 'closed' : axis));
      return data.kind === 'raw' && wide !== undefined ? raw(wide, data.past, data.gates, false) : withAxes(data, wide);
    }
    default:
      return known.some(({ kind }) => kind === 'features') ? FEATURES : data.kind === 'raw' || data.kind === 'gate' ? data : join(known);
  }
}

const PASS_ON = new Set(['Identity', 'Cast', 'CastLike', 'Unsqueeze', 'Squeeze', 'Reshape', 'Flatten', 'Transpose', 'DequantizeLinear', 'Expand', 'Tile', 'Gather', 'Slice', 'Neg', 'Mul', 'Div', 'Sub', 'Add', 'Pad', 'Split', 'Sqrt', 'Pow', 'Concat', 'Where']);

/** Constants stay constants through what only moves them; small lists are computed where that is easy. */
function foldConstants({ op, inputs }: Step): Abstract | undefined {
  if (!PASS_ON.has(op.type)) return undefined;
  const constants = inputs.filter((value) => value?.kind === 'constant').map((value) => (value.kind === 'constant' ? value.info : undefined)).filter((info): info is ConstantInfo => info !== undefined);
  const [first] = constants;
  if (first === undefined || (op.type !== 'Expand' && op.type !== 'Reshape' && constants.length < inputs.filter((value) => value !== undefined).length)) return undefined;
  if (op.type === 'Concat') {
    const values = constants.flatMap(({ values: own }) => own ?? []);
    const whole = constants.every(({ values: own, dims }) => own !== undefined && own.length >= dims.reduce((product, size) => product * size, 1));
    const dims = first.dims.length <= 1 ? [values.length] : first.dims;
    return { kind: 'constant', info: { dims, values: whole ? values : undefined, learned: constants.some(({ learned }) => learned), selects: false } };
  }
  // The weight among scales and shapes is the largest.
  const size = ({ dims }: ConstantInfo): number => dims.reduce((product, extent) => product * extent, 1);
  const main = constants.reduce((largest, info) => (size(info) > size(largest) ? info : largest), op.type === 'Reshape' || op.type === 'Expand' || op.type === 'Gather' ? first : (constants[0] ?? first));
  const values = ['Identity', 'Cast', 'CastLike', 'Unsqueeze', 'Squeeze', 'Reshape', 'Flatten'].includes(op.type) ? main.values : op.type === 'Neg' ? main.values?.map((value) => -value) : undefined;
  const dims = op.type === 'Unsqueeze' && main.dims.length === 0 ? [1] : op.type === 'Squeeze' && size(main) === 1 ? [] : op.type === 'Gather' || op.type === 'Slice' ? (values === undefined ? [Math.max(2, size(main))] : main.dims) : main.dims;
  return { kind: 'constant', info: { ...main, dims, values } };
}
