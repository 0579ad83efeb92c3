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
  return emit.along(pull, output.length, axis, emit.floats(matrix, [from.length, length]));
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
  const mode = node.attributes.get('mode') ?? 'constant';
  const shape = emit.shape(inputOf(node, 0));
  const given = listOf(node, 'pads') ?? emit.integersOf(inputOf(node, 1));
  const listed = (node.inputs[3] ?? '') === '' ? [...shape.keys()] : emit.integersOf(node.inputs[3] ?? '').map((axis) => axisOf(axis, shape.length));
  if (given.length !== 2 * listed.length || given.some((count) => count < 0)) throw new Unsupported('Pad by a negative length');
  const along = (axis: number, half: number): number => (listed.includes(axis) ? (given[half * listed.length + listed.indexOf(axis)] ?? 0) : 0);
  if (mode === 'constant') return [emit.slice(pull, shape.map((_, axis) => along(axis, 0)), shape.map((dim, axis) => along(axis, 0) + dim))];
  const dims = [...emit.shape(outputOf(node))];
  let gradient = pull;
  for (const [axis, length] of shape.entries()) {
    if (dims[axis] === length) continue;
    const from = Array.from({ length: dims[axis] ?? 0 }, (_, at) => paddedFrom(at - along(axis, 0), length, mode));
    gradient = scatterAxis(emit, gradient, dims, axis, length, from);
    dims[axis] = length;
  }
  return [gradient];
};

/** Which place of the input stands at a place beyond its ends. */
function paddedFrom(at: number, length: number, mode: unknown): number {
  if (mode === 'edge') return Math.min(length - 1, Math.max(0, at));
  if (mode === 'wrap') return ((at % length) + length) % length;
  if (mode !== 'reflect') throw new Unsupported(`Pad by ${String(mode)}`);
  const period = Math.max(1, 2 * (length - 1));
  const folded = ((at % period) + period) % period;
  return Math.min(folded, period - folded);
}

/** Each repetition pulls at the same values. */
const tile: GradientRule = ({ node, pull, emit }) => {
  const shape = emit.shape(inputOf(node, 0));
  const repeats = emit.integersOf(inputOf(node, 1));
  const split = shape.flatMap((dim, axis) => [repeats[axis] ?? 1, dim]);
  return [emit.reshape(emit.sum(emit.reshape(pull, split), shape.map((_, axis) => 2 * axis)), shape)];
};

const depthToSpace: GradientRule = ({ node, pull, emit }) => {
  const shape = emit.shape(inputOf(node, 0));
  const [rows = 1, channels = 1, height = 1, width = 1] = shape;
  const block = numberOf(node, 'blocksize', 1);
  const apart = emit.reshape(pull, [rows, channels / block ** 2, height, block, width, block]);
  return [emit.reshape(emit.transpose(apart, node.attributes.get('mode') === 'CRD' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]), shape)];
};

/** Entries of the one-hot matrix that a GatherND may take. */
const MOST_PLACES = 2 ** 24;

const gatherND: GradientRule = ({ node, pull, emit, wants }) => {
  if (wants(1) || numberOf(node, 'batch_dims', 0) !== 0) throw new Unsupported('GatherND by a computed index or row by row');
  const shape = emit.shape(inputOf(node, 0));
  const indices = emit.integersOf(inputOf(node, 1));
  const depth = emit.shape(inputOf(node, 1)).at(-1) ?? 1;
  const [read, whole] = [shape.slice(0, depth), sizeOf(shape.slice(depth))];
  const from = Array.from({ length: indices.length / depth }, (_, at) => read.reduce((place, dim, axis) => place * dim + axisOf(indices[at * depth + axis] ?? 0, dim), 0));
  if (from.length * sizeOf(read) > MOST_PLACES) throw new Unsupported('GatherND of many places');
  const dims = [from.length, whole];
  return [emit.reshape(scatterAxis(emit, emit.reshape(pull, dims), dims, 0, sizeOf(read), from), shape)];
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

/** What a reduction gave, with its axes kept. */
function withAxes({ node, emit }: RuleContext, axes: readonly number[]): string {
  return emit.reshape(outputOf(node), emit.shape(inputOf(node, 0)).map((dim, axis) => (axes.includes(axis) ? 1 : dim)));
}

const reducedExtreme = reduction((context, pull, axes) => context.emit.mul(pull, context.emit.op('Cast', [context.emit.equal(inputOf(context.node, 0), withAxes(context, axes))], { to: 1 })));

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
  Tile: tile,
  GatherND: gatherND,
  DepthToSpace: depthToSpace,
  SpaceToDepth: ({ node, pull, emit }) => [emit.op('DepthToSpace', [pull], { blocksize: numberOf(node, 'blocksize', 1) })],
  ReduceSum: reduction(({ node, emit }, pull) => emit.expand(pull, emit.shape(inputOf(node, 0)))),
  ReduceMean: reduction(({ node, emit }, pull, axes) => {
    const shape = emit.shape(inputOf(node, 0));
    return emit.expand(emit.scale(pull, 1 / axes.reduce((count, axis) => count * (shape[axis] ?? 1), 1)), shape);
  }),
  ReduceMax: reducedExtreme,
  ReduceMin: reducedExtreme,
  ReduceL1: reduction(({ node, emit }, pull) => emit.mul(pull, emit.op('Sign', [inputOf(node, 0)]))),
  ReduceL2: reduction((context, pull, axes) => context.emit.mul(pull, context.emit.div(inputOf(context.node, 0), context.emit.divisor(withAxes(context, axes))))),
  ReduceSumSquare: reduction(({ node, emit }, pull) => emit.mul(pull, emit.scale(inputOf(node, 0), 2))),
  ReduceLogSumExp: reduction((context, pull, axes) => context.emit.mul(pull, context.emit.op('Exp', [context.emit.sub(inputOf(context.node, 0), withAxes(context, axes))]))),
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
