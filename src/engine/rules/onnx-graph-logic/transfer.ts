// What each ONNX operator does to what is known of its inputs (see abstract.ts), and where a gate takes effect.
import { gate, gatesOf, FEATURES, LENGTH, NEUTRAL, raw, type Abstract, type Gate, type Step } from './abstract.ts';
import { broadcast, closed, isCollapsed, reduce, replace, reshape, squeeze, transpose, unsqueeze, type Axes, type Axis } from './axes.ts';
import { attributeInts, isContrib, isGuard, numbersOf } from './operands.ts';
import type { ConstantInfo } from './weights.ts';

const SHAPE_ONLY = new Set(['Shape', 'Size', 'ConstantOfShape', 'EyeLike', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Range', 'SequenceLength']);
const COMPARE = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsNaN', 'IsInf', 'Sign', 'StringEqual', 'RegexFullMatch']);
const LOGIC = new Set(['And', 'Or', 'Xor', 'Not', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitwiseNot']);
const REDUCE = new Set(['ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp', 'ArgMax', 'ArgMin']);
/** Of a gate these tell how often it held, or where, and not whether. */
const COUNTS = new Set(['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceSumSquare', 'ArgMax', 'ArgMin', 'CumSum']);
const MIXES = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'ConvInteger', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul', 'Einsum', 'DeformConv', 'LSTM', 'GRU', 'RNN', 'MatMulNBits', 'FusedMatMul', 'FusedGemm', 'FusedConv', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul', 'QGemm', 'DynamicQuantizeLSTM', 'LinearClassifier', 'LinearRegressor', 'SVMClassifier', 'SVMRegressor', 'TreeEnsemble', 'TreeEnsembleClassifier', 'TreeEnsembleRegressor']);
const SATURATES = new Set(['Clip', 'Relu', 'LeakyRelu', 'PRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Exp', 'Erf', 'Softplus', 'Elu', 'Selu', 'Celu', 'Gelu', 'Mish', 'ThresholdedRelu', 'Softsign', 'Pow', 'Min', 'Max', 'Shrink']);
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Sum', 'Mean', 'PRelu', 'BitShift']);
const LOOKUPS = new Set(['Gather', 'GatherND', 'GatherElements', 'OneHot', 'Slice', 'Compress', 'TopK', 'SequenceAt', 'DynamicSlice']);
const WRITES = new Set(['ScatterND', 'ScatterElements', 'Scatter', 'TensorScatter']);

/** What keeps a length a length: what moves it, and counts made of counts. Remainders (padding to a multiple) do not. */
const KEEPS_LENGTH = new Set(['Gather', 'Slice', 'Squeeze', 'Unsqueeze', 'Reshape', 'Cast', 'CastLike', 'Identity', 'Flatten', 'Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Concat', 'ReduceProd', 'ReduceSum', 'ReduceMax']);
/** Inputs of no or one place, and pairs, are handled apart by ordinary exports. */
const FEWEST_PLACES = 3;

/** What is known of each output; one value stands for all. */
export function transfer(step: Step): Abstract {
  const { op, inputs } = step;
  const type = op.type;
  if (type === 'Shape' || type === 'Size') return inputs[0]?.kind === 'constant' ? NEUTRAL : LENGTH;
  if (SHAPE_ONLY.has(type)) return NEUTRAL;
  const lengths = inputs.some((value) => value?.kind === 'length');
  if (lengths && inputs.every((value) => value === undefined || value.kind === 'length' || value.kind === 'constant' || value.kind === 'neutral')) {
    if (COMPARE.has(type)) return comparesLength(step) ? gate([], new Set([step.index]), false) : NEUTRAL;
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
  const tainted = known.filter(({ kind }) => kind === 'raw' || kind === 'gate' || kind === 'features');
  const [only] = tainted;
  if (SATURATES.has(type) && tainted.length === 1 && only?.kind === 'raw' && isCollapsed(only.axes) && !isGuard(op, known)) {
    return gate(only.axes, gatesOf(known, step.index), only.gates.size === 0);
  }
  if (ARITHMETIC.has(type)) return arithmetic(step, known);
  return structural(step, known);
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
  if (op.type === 'Less' && zero && located) return raw(axes, gatesOf(known), false);
  return gate(axes, gatesOf(known, index), false);
}

function logic(known: readonly Abstract[]): Abstract {
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  if (gates.length === 0) return join(known);
  const axes = broadcast(known.map((value) => (value.kind === 'features' ? [] : axesOf(value))));
  return gate(axes, gatesOf(known), gates.every(({ soft }) => soft), gates.some(({ payload }) => payload));
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
export function join(known: readonly Abstract[]): Abstract {
  if (known.some(({ kind }) => kind === 'features')) return FEATURES;
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  const raws = known.filter(({ kind }) => kind === 'raw');
  const axes = broadcast([...gates, ...raws].map(axesOf));
  if (raws.length > 0) return raw(axes, gatesOf(known), raws.some((value) => value.kind === 'raw' && value.whole));
  if (gates.length > 0) return gate(axes, gatesOf(known), gates.every(({ soft }) => soft), gates.some(({ payload }) => payload));
  return known.find(({ kind }) => kind === 'constant') ?? NEUTRAL;
}

function where({ sink }: Step, [condition = NEUTRAL, ...branches]: readonly Abstract[]): Abstract {
  if (condition.kind !== 'gate') return join(branches);
  const computed = branches.some((value) => value.kind === 'features' || (value.kind === 'raw' && value.whole && !isCollapsed(value.axes)));
  if (isCollapsed(condition.axes) && computed) {
    sink('selects', condition);
    return FEATURES;
  }
  if (computed || branches.some(({ kind }) => kind === 'raw')) return join(branches);
  const payload = branches.some(isVector);
  const axes = broadcast([condition.axes, ...branches.map((value) => (value.kind === 'gate' ? value.axes : []))]);
  return gate(axes, gatesOf([condition, ...branches]), condition.soft, payload || condition.payload);
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
  return raw(axes, gatesOf(known, data.kind === 'gate' ? index : undefined), false);
}

/** Products with weights. What learned weights mix is features; ones and identities only add up or pass on. */
function mix({ op }: Step, known: readonly Abstract[]): Abstract {
  const tainted = known.filter((value) => value.kind === 'raw' || value.kind === 'gate');
  if (known.some(({ kind }) => kind === 'features')) return FEATURES;
  const constants = known.filter((value) => value.kind === 'constant');
  const collapsed = tainted.every((value) => isCollapsed(axesOf(value)));
  const gated = tainted.find((value) => value.kind === 'gate');
  if (gated?.kind === 'gate' && collapsed) return { ...gated, payload: true, axes: closed(gated.axes) };
  // The largest constant is the weight; scales, zero points and biases are smaller.
  const sizes = constants.map(({ info }) => info.dims.reduce((product, size) => product * size, 1));
  const weight = constants[sizes.indexOf(Math.max(...sizes))];
  if (weight === undefined ? constants.length === 0 && !['MatMul', 'Einsum'].includes(op.type) : weight.info.learned) return FEATURES;
  if (tainted.length > 1) return FEATURES;
  const axes = axesOf(tainted[0] ?? NEUTRAL);
  const dims = weight?.info.dims ?? [];
  if (op.type === 'MatMul' || op.type === 'Gemm') return raw(dims.at(-1) === 1 ? replace(axes, -1, ['closed']) : axes, gatesOf(known), false);
  // A convolution with one channel out adds the channels up; one with a wide kernel adds up what it covers.
  const narrowed = axes?.map((axis, i): Axis => (axis === 'open' && (i === 1 ? dims[0] === 1 : (dims[i] ?? 0) >= WIDE_KERNEL) ? 'closed' : axis));
  return raw(narrowed, gatesOf(known), false);
}

const WIDE_KERNEL = 8;

function lookUp(step: Step, known: readonly Abstract[]): Abstract {
  const { op, sink } = step;
  const [data = NEUTRAL, ...rest] = known;
  const index = op.type === 'OneHot' ? data : rest.find(({ kind }) => kind === 'gate' || kind === 'raw');
  if (op.type === 'OneHot') return data.kind === 'gate' ? { ...data, payload: true } : data.kind === 'raw' ? raw(undefined, data.gates, false) : FEATURES;
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
    if (data.info.learned) return FEATURES;
    const axes = broadcast([axesOf(index)]);
    return data.info.selects ? gate(axes, gatesOf(known, step.index), false) : index.kind === 'gate' ? index : raw(axes, gatesOf(known), false);
  }
  if (data.kind === 'features') return FEATURES;
  if (op.type === 'Slice') return withAxes(data, sliced(step, known));
  if (op.type === 'Gather') return withAxes(data, gathered(step, known));
  return withAxes(data, undefined);
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
  return result.kind === 'gate' || result.kind === 'raw' ? withAxes(result, axesOf(data) ?? undefined) : result;
}

function arithmetic(step: Step, known: readonly Abstract[]): Abstract {
  const { op, sink } = step;
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  const others = known.filter(({ kind }) => kind !== 'gate');
  const axes = broadcast(known.filter(({ kind }) => kind !== 'features').map(axesOf));
  const collapsed = gates.filter((value) => isCollapsed(value.axes));
  const computed = others.some(({ kind }) => kind === 'features');
  if (computed) {
    const [strong] = collapsed;
    if (strong !== undefined) sink('scales-or-adds', strong);
    const open = gates.findIndex((value) => value.payload && !isCollapsed(value.axes));
    const opened = gates[open];
    if (opened !== undefined && (op.type === 'Add' || op.type === 'Sub' || op.type === 'Sum') && step.fromTokens(known.indexOf(opened))) sink('adds-vector', opened);
    return FEATURES;
  }
  const raws = others.filter(({ kind }) => kind === 'raw');
  if (raws.length > 0) {
    const whole = raws.some((value) => value.kind === 'raw' && value.whole && !isCollapsed(value.axes));
    const [hard] = collapsed.filter(({ soft }) => !soft);
    if (whole && hard !== undefined) sink('scales-or-adds', hard);
    // A gated statistic is still a gate; a masked input is still input.
    if (!whole && hard !== undefined && op.type === 'Mul') return { ...hard, axes, gates: gatesOf(known) };
    return raw(axes, gatesOf(known), whole || raws.some((value) => value.kind === 'raw' && value.whole));
  }
  const vector = others.some(isVector) && op.type === 'Mul';
  return gates.length === 0 ? NEUTRAL : gate(axes, gatesOf(known), gates.every(({ soft }) => soft), vector || gates.some(({ payload }) => payload));
}

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
      return data.kind === 'gate' && op.type !== 'GlobalMaxPool' ? raw(axes, data.gates, false) : data.kind === 'raw' ? raw(axes, data.gates, false) : withAxes(data, axes);
    }
    case 'DynamicQuantizeLinear':
    case 'CumSum':
      return data.kind === 'gate' ? raw(data.axes, data.gates, false) : data;
    case 'Concat':
    case 'SequenceConstruct':
      return join(known);
    default:
      return known.some(({ kind }) => kind === 'features') ? FEATURES : data.kind === 'raw' || data.kind === 'gate' ? data : join(known);
  }
}

function withAxes(value: Abstract, axes: Axes): Abstract {
  if (value.kind !== 'raw' && value.kind !== 'gate') return value;
  return { ...value, axes };
}

function axesOf(value: Abstract): Axes {
  return value.kind === 'raw' || value.kind === 'gate' ? value.axes : [];
}

/** A constant with more than one number in it. */
function isVector(value: Abstract): boolean {
  return value.kind === 'constant' && value.info.dims.reduce((product, size) => product * size, 1) > 1;
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
