// Input gradients of matrix products and convolutions. A convolution's gradient with respect to its input is a transposed
// convolution with the same weights, and the other way round. Gradients with respect to weights are not made.
import { inputOf, listOf, numberOf, outputOf, sizeOf, Unsupported, type Emitter, type GradientRule, type Shape } from './emitter.ts';
import type { GraphNode } from './graph-nodes.ts';
import { resize } from './resize-rule.ts';

const swapLast = (emit: Emitter, value: string, rank: number): string => emit.transpose(value, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);

const matMul: GradientRule = ({ node, pull, emit, wants }) => {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const [shapeA, shapeB] = [emit.shape(a), emit.shape(b)];
  if (shapeA.length < 2 || shapeB.length < 2) throw new Unsupported('MatMul with a vector');
  const batch = emit.shape(outputOf(node)).slice(0, -2);
  const [m, inner, n] = [shapeA.at(-2) ?? 1, shapeA.at(-1) ?? 1, shapeB.at(-1) ?? 1];
  return [
    wants(0) ? emit.unbroadcast(emit.op('MatMul', [pull, swapLast(emit, b, shapeB.length)]), [...batch, m, inner], shapeA) : undefined,
    wants(1) ? emit.unbroadcast(emit.op('MatMul', [swapLast(emit, a, shapeA.length), pull]), [...batch, inner, n], shapeB) : undefined,
  ];
};

const gemm: GradientRule = ({ node, pull, emit, wants }) => {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const alpha = numberOf(node, 'alpha', 1);
  const [transA, transB] = [numberOf(node, 'transA', 0) === 1, numberOf(node, 'transB', 0) === 1];
  const flip = (value: string, yes: boolean): string => (yes ? emit.transpose(value, [1, 0]) : value);
  const toA = (): string => flip(emit.scale(emit.op('MatMul', [pull, flip(b, !transB)]), alpha), transA);
  const toB = (): string => flip(emit.scale(emit.op('MatMul', [flip(a, !transA), pull]), alpha), transB);
  const c = node.inputs[2];
  const toC = (): string => emit.scale(emit.unbroadcast(pull, emit.shape(outputOf(node)), emit.shape(c ?? '')), numberOf(node, 'beta', 1));
  return [wants(0) ? toA() : undefined, wants(1) ? toB() : undefined, c !== undefined && wants(2) ? toC() : undefined];
};

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/** A node's sliding window along its spatial axes; automatic pads are worked out from the shapes. */
function windowOf(node: GraphNode, kernel: readonly number[], input: Shape, output: Shape): Window {
  const rank = kernel.length;
  const strides = listOf(node, 'strides') ?? kernel.map(() => 1);
  const dilations = listOf(node, 'dilations') ?? kernel.map(() => 1);
  const auto = node.attributes.get('auto_pad') ?? 'NOTSET';
  const pads = listOf(node, 'pads') ?? Array.from({ length: 2 * rank }, () => 0);
  if (auto === 'NOTSET') {
    const begin = pads.slice(0, rank);
    // Rounded up (ceil_mode), the last window reads beyond the padding.
    const end = kernel.map((size, i) => Math.max(pads[rank + i] ?? 0, ((output[i + 2] ?? 1) - 1) * (strides[i] ?? 1) + (size - 1) * (dilations[i] ?? 1) + 1 - (input[i + 2] ?? 1) - (begin[i] ?? 0)));
    return { kernel, strides, dilations, begin, end };
  }
  const totals = kernel.map((size, i) => (auto === 'VALID' ? 0 : Math.max(0, ((output[i + 2] ?? 1) - 1) * (strides[i] ?? 1) + (size - 1) * (dilations[i] ?? 1) + 1 - (input[i + 2] ?? 1))));
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, i) => total - (small[i] ?? 0));
  return { kernel, strides, dilations, begin: auto === 'SAME_LOWER' ? large : small, end: auto === 'SAME_LOWER' ? small : large };
}

/** The gradient of a convolution with these weights, as long as `input`. */
function transposedConvolution(emit: Emitter, pull: string, weights: string, window: Window, input: Shape, output: Shape, group: number): string {
  const { kernel, strides, dilations, begin, end } = window;
  // What the windows reach of the padded input; a stride may leave some of its end unread.
  const extra = kernel.map((size, i) => {
    const reached = ((output[i + 2] ?? 1) - 1) * (strides[i] ?? 1) + (size - 1) * (dilations[i] ?? 1) + 1;
    return (input[i + 2] ?? 1) + (begin[i] ?? 0) + (end[i] ?? 0) - reached;
  });
  return emit.op('ConvTranspose', [pull, weights], { kernel_shape: kernel, strides, dilations, pads: [...begin, ...end], output_padding: extra, group });
}

const convolution: GradientRule = ({ node, pull, emit, wants }) => {
  if (wants(1) || wants(2)) throw new Unsupported('a convolution whose weights depend on the input');
  const [x, weights, y] = [inputOf(node, 0), inputOf(node, 1), outputOf(node)];
  const [input, output] = [emit.shape(x), emit.shape(y)];
  const window = windowOf(node, emit.shape(weights).slice(2), input, output);
  return [transposedConvolution(emit, pull, weights, window, input, output, numberOf(node, 'group', 1))];
};

const convolutionTransposed: GradientRule = ({ node, pull, emit, wants }) => {
  if (wants(1) || wants(2)) throw new Unsupported('a convolution whose weights depend on the input');
  if ((node.attributes.get('auto_pad') ?? 'NOTSET') !== 'NOTSET' || listOf(node, 'output_shape') !== undefined) throw new Unsupported('ConvTranspose with automatic pads');
  const [x, weights] = [inputOf(node, 0), inputOf(node, 1)];
  const window = windowOf(node, emit.shape(weights).slice(2), emit.shape(outputOf(node)), emit.shape(x));
  const { kernel, strides, dilations, begin, end } = window;
  const whole = emit.op('Conv', [pull, weights], { kernel_shape: kernel, strides, dilations, pads: [...begin, ...end], group: numberOf(node, 'group', 1) });
  // Output padding can make one position more than the input had.
  const expected = emit.shape(x);
  return [emit.slice(whole, expected.map(() => 0), expected)];
};

/** Weights [channels * window, 1, ...kernel]: filter `at` of a channel reads one place of its window. */
function places(emit: Emitter, channels: number, kernel: readonly number[]): string {
  const size = sizeOf(kernel);
  const values = new Float32Array(channels * size * size);
  for (let filter = 0; filter < channels * size; filter++) values[filter * size + (filter % size)] = 1;
  return emit.floats(values, [channels * size, 1, ...kernel]);
}

/** The largest takes what is pulled back; where several are equal they share it. */
const maxPool: GradientRule = ({ node, pull, emit }) => {
  const [x, y] = [inputOf(node, 0), outputOf(node)];
  const [input, output] = [emit.shape(x), emit.shape(y)];
  const kernel = listOf(node, 'kernel_shape') ?? [];
  const window = windowOf(node, kernel, input, output);
  const [rows = 1, channels = 1] = input;
  const size = sizeOf(kernel);
  const { strides, dilations, begin, end } = window;
  const weights = places(emit, channels, kernel);
  const patches = emit.op('Conv', [x, weights], { kernel_shape: kernel, strides, dilations, pads: [...begin, ...end], group: channels });
  const wide = [rows, channels, size, ...output.slice(2)];
  const narrow = [rows, channels, 1, ...output.slice(2)];
  const won = emit.op('Cast', [emit.equal(emit.reshape(patches, wide), emit.reshape(y, narrow))], { to: 1 });
  const share = emit.div(emit.mul(won, emit.reshape(pull, narrow)), emit.op('Max', [emit.sum(won, [2]), emit.scalar(1)]));
  return [transposedConvolution(emit, emit.reshape(share, [rows, channels * size, ...output.slice(2)]), weights, window, input, output, channels)];
};

const averagePool: GradientRule = ({ node, pull, emit }) => {
  const [x, y] = [inputOf(node, 0), outputOf(node)];
  const [input, output] = [emit.shape(x), emit.shape(y)];
  const kernel = listOf(node, 'kernel_shape') ?? [];
  const window = windowOf(node, kernel, input, output);
  const channels = input[1] ?? 1;
  const weights = emit.floats(new Float32Array(channels * sizeOf(kernel)).fill(1), [channels, 1, ...kernel]);
  const padded = [...window.begin, ...window.end].some((count) => count > 0);
  const counts = padded && numberOf(node, 'count_include_pad', 0) === 0 ? readCounts(emit, window, input, output) : undefined;
  if (numberOf(node, 'ceil_mode', 0) === 1) return [transposedConvolution(emit, emit.mul(pull, shares(emit, node, window, input, output)), weights, window, input, output, channels)];
  const share = counts === undefined ? emit.scale(pull, 1 / sizeOf(kernel)) : emit.div(pull, counts);
  return [transposedConvolution(emit, share, weights, window, input, output, channels)];
};

/** What each value that a window reads counts for, [1, 1, ...output]: by how much the runtime divides the last windows of a pool that is rounded up differs among its versions. */
function shares(emit: Emitter, node: GraphNode, window: Window, input: Shape, output: Shape): string {
  const ones = emit.floats(new Float32Array(sizeOf(input.slice(2))).fill(1), [1, 1, ...input.slice(2)]);
  const attributes = Object.fromEntries([...node.attributes]);
  return emit.div(emit.op('AveragePool', [ones], attributes), readCounts(emit, window, input, output));
}

/** How many inputs that are no padding each window reads: [1, 1, ...output]. */
function readCounts(emit: Emitter, { kernel, strides, dilations, begin }: Window, input: Shape, output: Shape): string {
  const along = kernel.map((size, axis) =>
    Array.from({ length: output[axis + 2] ?? 1 }, (_, position) => {
      const reads = Array.from({ length: size }, (_, k) => position * (strides[axis] ?? 1) + k * (dilations[axis] ?? 1) - (begin[axis] ?? 0));
      return reads.filter((at) => at >= 0 && at < (input[axis + 2] ?? 1)).length;
    }),
  );
  const products = along.reduce<number[]>((known, counts) => known.flatMap((product) => counts.map((count) => product * count)), [1]);
  return emit.floats(Float32Array.from(products), [1, 1, ...output.slice(2)]);
}

const globalAverage: GradientRule = ({ node, pull, emit }) => {
  const shape = emit.shape(inputOf(node, 0));
  return [emit.expand(emit.scale(pull, 1 / sizeOf(shape.slice(2))), shape)];
};

const globalMax: GradientRule = ({ node, pull, emit }) => {
  const x = inputOf(node, 0);
  return [emit.where(emit.equal(x, outputOf(node)), emit.expand(pull, emit.shape(x)))];
};

/** For each operand: what is pulled back against the other operands. A letter that it alone has was summed. */
const einsum: GradientRule = ({ node, pull, emit, wants }) => {
  const { terms, result } = equationOf(node);
  const lengths = new Map<string, number>();
  for (const [at, term] of terms.entries()) {
    for (const [axis, letter] of [...term].entries()) {
      const length = emit.shape(inputOf(node, at))[axis] ?? 1;
      if ((lengths.get(letter) ?? length) !== length) throw new Unsupported('Einsum with broadcasting');
      lengths.set(letter, length);
    }
  }
  return terms.map((term, at) => {
    if (!wants(at)) return undefined;
    const others = terms.filter((_, other) => other !== at);
    const held = [...term].filter((letter) => result.includes(letter) || others.some((other) => other.includes(letter)));
    const back = emit.op('Einsum', [pull, ...node.inputs.filter((_, other) => other !== at)], { equation: `${[result, ...others].join(',')}->${held.join('')}` });
    if (held.length === term.length) return back;
    return emit.expand(emit.reshape(back, [...term].map((letter) => (held.includes(letter) ? (lengths.get(letter) ?? 1) : 1))), emit.shape(inputOf(node, at)));
  });
};

function equationOf({ attributes, inputs }: GraphNode): { readonly terms: readonly string[]; readonly result: string } {
  const [left = '', right] = String(attributes.get('equation') ?? '').replaceAll(' ', '').split('->');
  const terms = left.split(',');
  if (left.includes('.') || terms.length !== inputs.length || terms.some((term) => new Set(term).size !== term.length)) throw new Unsupported('Einsum with an ellipsis or a diagonal');
  // Without a right side: letters that stand once, in alphabetical order.
  const once = [...left].filter((letter) => letter !== ',' && left.indexOf(letter) === left.lastIndexOf(letter)).sort();
  return { terms, result: right ?? once.join('') };
}

export const LINEAR_RULES: Readonly<Record<string, GradientRule>> = {
  MatMul: matMul,
  Gemm: gemm,
  Einsum: einsum,
  Conv: convolution,
  ConvTranspose: convolutionTransposed,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalMax,
  Resize: resize,
  Upsample: resize,
};
