// Input gradients of operators that move values about, reduce them or normalise them.
import { axisOf, inputOf, listOf, numberOf, outputOf, sizeOf, Unsupported, type Emitter, type GradientRule, type RuleContext, type Shape } from './emitter.ts';

const reshaped: GradientRule = ({ node, pull, emit }) => [emit.reshape(pull, emit.shape(inputOf(node, 0)))];

const transpose: GradientRule = ({ node, pull, emit }) => {
  const rank = emit.shape(inputOf(node, 0)).length;
  const perm = listOf(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return [emit.transpose(pull, inverse)];
};

const concat: GradientRule = ({ node, pull, emit, wants }) => {
  const whole = emit.shape(outputOf(node));
  const axis = axisOf(numberOf(node, 'axis', 0), whole.length);
  let begin = 0;
  return node.inputs.map((input, at) => {
    const length = emit.shape(input)[axis] ?? 0;
    const starts = whole.map((_, i) => (i === axis ? begin : 0));
    const ends = whole.map((dim, i) => (i === axis ? begin + length : dim));
    begin += length;
    return wants(at) ? emit.slice(pull, starts, ends) : undefined;
  });
};

const split: GradientRule = ({ node, pulls, emit }) => {
  const shape = emit.shape(inputOf(node, 0));
  const axis = axisOf(numberOf(node, 'axis', 0), shape.length);
  const parts = node.outputs.map((output, at) => {
    const dims = emit.shape(output);
    return pulls[at] ?? emit.floats(new Float32Array(sizeOf(dims)), dims);
  });
  return [emit.op('Concat', parts, { axis })];
};

/** Each position of `axis` of the output came from position `from[position]` of the input: a product with a one-hot matrix. */
function scatterAxis(emit: Emitter, pull: string, output: Shape, axis: number, length: number, from: readonly number[]): string {
  const [first = 0] = from;
  if (from.every((position, i) => position === first + i)) {
    return emit.pad(pull, output.map((_, i) => (i === axis ? first : 0)), output.map((_, i) => (i === axis ? length - first - from.length : 0)));
  }
  const matrix = new Float32Array(from.length * length);
  for (const [row, column] of from.entries()) matrix[row * length + column] = 1;
  const last = [...output.keys()].filter((i) => i !== axis).concat(axis);
  const moved = emit.op('MatMul', [emit.transpose(pull, last), emit.floats(matrix, [from.length, length])]);
  return emit.transpose(moved, last.map((_, i) => last.indexOf(i)));
}

const slice: GradientRule = ({ node, pull, emit }) => {
  const shape = emit.shape(inputOf(node, 0));
  const given = (name: string, at: number): readonly number[] | undefined => listOf(node, name) ?? ((node.inputs[at] ?? '') === '' ? undefined : emit.integersOf(node.inputs[at] ?? ''));
  const starts = given('starts', 1) ?? [];
  const ends = given('ends', 2) ?? [];
  const axes = given('axes', 3) ?? starts.map((_, axis) => axis);
  const steps = given('steps', 4) ?? starts.map(() => 1);
  const dims = [...emit.shape(outputOf(node))];
  let gradient = pull;
  for (const [at, given] of axes.entries()) {
    const axis = axisOf(given, shape.length);
    const length = shape[axis] ?? 0;
    const from = positions(starts[at] ?? 0, ends[at] ?? 0, steps[at] ?? 1, length);
    gradient = scatterAxis(emit, gradient, dims, axis, length, from);
    dims[axis] = length;
  }
  return [gradient];
};

function positions(start: number, end: number, step: number, length: number): number[] {
  const from: number[] = [];
  const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value < 0 ? value + length : value));
  if (step > 0) for (let at = clamp(start, 0, length); at < clamp(end, 0, length); at += step) from.push(at);
  else for (let at = clamp(start, 0, length - 1); at > (end < -length ? -1 : clamp(end, -1, length - 1)); at += step) from.push(at);
  return from;
}

const gather: GradientRule = ({ node, pull, emit, wants }) => {
  if (wants(1)) throw new Unsupported('Gather by a computed index');
  const shape = emit.shape(inputOf(node, 0));
  const axis = axisOf(numberOf(node, 'axis', 0), shape.length);
  const length = shape[axis] ?? 0;
  const indices = emit.integersOf(inputOf(node, 1)).map((index) => axisOf(index, length));
  const dims = shape.map((dim, i) => (i === axis ? indices.length : dim));
  return [scatterAxis(emit, emit.reshape(pull, dims), dims, axis, length, indices)];
};

const expand: GradientRule = ({ node, pull, emit }) => [emit.unbroadcast(pull, emit.shape(outputOf(node)), emit.shape(inputOf(node, 0)))];

const pad: GradientRule = ({ node, pull, emit }) => {
  if ((node.attributes.get('mode') ?? 'constant') !== 'constant') throw new Unsupported('Pad other than with a constant');
  const shape = emit.shape(inputOf(node, 0));
  const pads = listOf(node, 'pads') ?? emit.integersOf(inputOf(node, 1));
  if (pads.length !== 2 * shape.length || pads.some((count) => count < 0)) throw new Unsupported('Pad along some axes, or negative');
  const begin = pads.slice(0, shape.length);
  return [emit.slice(pull, begin, begin.map((start, axis) => start + (shape[axis] ?? 0)))];
};

/** Axes of a reduction, by attribute (older operators) or input; all where none are given. */
function reducedAxes({ node, emit }: RuleContext): number[] {
  const rank = emit.shape(inputOf(node, 0)).length;
  const second = node.inputs[1] ?? '';
  const given = listOf(node, 'axes') ?? (second === '' ? [] : emit.integersOf(second));
  return given.length === 0 ? Array.from({ length: rank }, (_, axis) => axis) : given.map((axis) => axisOf(axis, rank));
}

function reduction(spread: (context: RuleContext, pull: string, axes: readonly number[]) => string): GradientRule {
  return (context) => {
    const { node, pull, emit } = context;
    const shape = emit.shape(inputOf(node, 0));
    const axes = reducedAxes(context);
    const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    return [spread(context, emit.reshape(pull, kept), axes)];
  };
}

const softmaxAxis = ({ node, emit }: RuleContext): number => {
  const rank = emit.shape(inputOf(node, 0)).length;
  const axis = axisOf(numberOf(node, 'axis', emit.opset >= 13 ? -1 : 1), rank);
  if (emit.opset < 13 && axis !== rank - 1) throw new Unsupported('Softmax over several axes');
  return axis;
};

/** Through (x - mean) / sqrt(var + eps) over `axes`, given the gradient with respect to the normalised value. */
function throughNorm(emit: Emitter, x: string, pull: string, axes: readonly number[], epsilon: number): string {
  const centred = emit.sub(x, emit.mean(x, axes));
  const deviation = emit.op('Sqrt', [emit.add(emit.mean(emit.mul(centred, centred), axes), emit.scalar(epsilon))]);
  const normalised = emit.div(centred, deviation);
  const inner = emit.sub(emit.sub(pull, emit.mean(pull, axes)), emit.mul(normalised, emit.mean(emit.mul(pull, normalised), axes)));
  return emit.div(inner, deviation);
}

const perChannel = (emit: Emitter, value: string, rank: number): string => emit.reshape(value, [1, -1, ...Array.from({ length: rank - 2 }, () => 1)]);

const batchNormalization: GradientRule = ({ node, pull, emit }) => {
  if (numberOf(node, 'training_mode', 0) === 1) throw new Unsupported('BatchNormalization in training mode');
  const deviation = emit.op('Sqrt', [emit.add(inputOf(node, 4), emit.scalar(numberOf(node, 'epsilon', 1e-5)))]);
  return [emit.mul(pull, perChannel(emit, emit.div(inputOf(node, 1), deviation), emit.shape(inputOf(node, 0)).length))];
};

const layerNormalization: GradientRule = ({ node, pull, emit }) => {
  const x = inputOf(node, 0);
  const rank = emit.shape(x).length;
  const first = axisOf(numberOf(node, 'axis', -1), rank);
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  return [throughNorm(emit, x, emit.mul(pull, inputOf(node, 1)), axes, numberOf(node, 'epsilon', 1e-5))];
};

const instanceNormalization: GradientRule = ({ node, pull, emit }) => {
  const x = inputOf(node, 0);
  const rank = emit.shape(x).length;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  return [throughNorm(emit, x, emit.mul(pull, perChannel(emit, inputOf(node, 1), rank)), axes, numberOf(node, 'epsilon', 1e-5))];
};

export const SHAPE_RULES: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Expand: expand,
  Pad: pad,
  ReduceSum: reduction(({ node, emit }, pull) => emit.expand(pull, emit.shape(inputOf(node, 0)))),
  ReduceMean: reduction(({ node, emit }, pull, axes) => {
    const shape = emit.shape(inputOf(node, 0));
    return emit.expand(emit.scale(pull, 1 / axes.reduce((count, axis) => count * (shape[axis] ?? 1), 1)), shape);
  }),
  ReduceMax: reduction(({ node, emit }, pull, axes) => {
    const x = inputOf(node, 0);
    const kept = emit.shape(x).map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    return emit.mul(pull, emit.op('Cast', [emit.equal(x, emit.reshape(outputOf(node), kept))], { to: 1 }));
  }),
  ReduceL2: reduction(({ node, emit }, pull, axes) => {
    const x = inputOf(node, 0);
    const kept = emit.shape(x).map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    return emit.mul(pull, emit.div(x, emit.reshape(outputOf(node), kept)));
  }),
  Softmax: (context) => {
    const { node, pull, emit } = context;
    const y = outputOf(node);
    return [emit.mul(y, emit.sub(pull, emit.sum(emit.mul(pull, y), [softmaxAxis(context)])))];
  },
  LogSoftmax: (context) => {
    const { node, pull, emit } = context;
    return [emit.sub(pull, emit.mul(emit.op('Exp', [outputOf(node)]), emit.sum(pull, [softmaxAxis(context)])))];
  },
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
};
