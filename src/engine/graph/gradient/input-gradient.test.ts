// Every rule against central finite differences on onnxruntime-node, one small graph an operator.
import { beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../../adapters/onnxruntime-node.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { seeded } from '../../core/random.ts';
import type { HostTensor, Runtime } from '../../runtime/session.ts';
import { float, GraphBuilder, type Value } from '../graph-builder.ts';
import { readOnnxModel } from '../onnx-reader.ts';
import { Emitter } from './emitter.ts';
import { buildInputGradient, GRADIENT_RULES, type GradientResult } from './input-gradient.ts';

const ROWS = 2;
const CLASSES = 3;
const IMAGE = [ROWS, 4, 6, 6];
const random = seeded(5, 'gradient test');
const noise = (count: number, low = -1, high = 1): Float32Array => Float32Array.from({ length: count }, () => low + (high - low) * random.next());
const size = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

type Build = (g: GraphBuilder, x: Value, weights: (dims: readonly number[], low?: number, high?: number) => Value) => Value;

interface Case {
  readonly operators: string;
  readonly build: Build;
  readonly dims?: readonly number[];
  readonly low?: number;
  readonly high?: number;
  /** The graph is not told the dimensions of its input. */
  readonly free?: boolean;
}

const one = (type: string, attributes = {}, rest: Partial<Case> = {}): Case => ({ operators: type, build: (g, x) => g.op(type, [x], attributes), ...rest });
const SEQUENCE = [ROWS, 5, 8];
/** 0, 1, … as long as the sequence: onnxruntime makes a Slice of this and a Gather, and crashes where the range is an output. */
const places = (g: GraphBuilder, x: Value): Value => g.op('Range', [g.int64([0], true), g.op('Squeeze', [g.op('Shape', [x], { start: 1, end: 2 }), g.int64([0])]), g.int64([1], true)]);

const CASES: readonly Case[] = [
  ...['Relu', 'Sigmoid', 'Tanh', 'Erf', 'Exp', 'Neg', 'Abs', 'Softplus', 'HardSigmoid', 'Gelu', 'Identity', 'Mish', 'LogSoftmax', 'Selu', 'Softsign', 'Sin', 'Cos'].map((type) => one(type)),
  ...['Log', 'Sqrt', 'Reciprocal'].map((type) => one(type, {}, { low: 0.5, high: 2 })),
  one('Celu', { alpha: 0.5 }), one('ThresholdedRelu', { alpha: 0.3 }), one('DepthToSpace', { blocksize: 2 }), one('DepthToSpace', { blocksize: 2, mode: 'CRD' }), one('SpaceToDepth', { blocksize: 3 }),
  one('LeakyRelu', { alpha: 0.2 }), one('Elu', { alpha: float(1) }), one('HardSwish', {}, { low: -5, high: 5 }), one('Gelu', { approximate: 'tanh' }),
  { operators: 'Clip', build: (g, x) => g.op('Clip', [x, g.float32(-0.4), g.float32(0.5)]) },
  { operators: 'PRelu', build: (g, x, w) => g.op('PRelu', [x, w([4, 1, 1], 0.1, 0.3)]) },
  { operators: 'Add Mul Sub Div with broadcasting', build: (g, x, w) => g.op('Div', [g.op('Sub', [g.op('Mul', [g.op('Add', [x, w([4, 1, 1])]), w([6])]), w([1, 1, 6, 1])]), w([4, 6, 6], 1, 2)]) },
  { operators: 'Sub Div of two that vary', build: (g, x) => g.op('Div', [g.op('Sub', [g.op('Tanh', [x]), x]), g.op('Exp', [x])]) },
  { operators: 'Pow', build: (g, x) => g.op('Pow', [x, g.float32(3)]) },
  { operators: 'Sum Mean Max Min', build: (g, x, w) => g.op('Sum', [g.op('Mean', [x, w(IMAGE)]), g.op('Max', [x, w(IMAGE)]), g.op('Min', [x, w(IMAGE)])]) },
  { operators: 'Where', build: (g, x, w) => g.op('Where', [g.op('Greater', [x, g.float32(0.1)]), x, w([6])]) },
  { operators: 'Conv', build: (g, x, w) => g.op('Conv', [x, w([6, 4, 3, 3]), w([6])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }) },
  { operators: 'Conv, stride, dilation, groups', build: (g, x, w) => g.op('Conv', [x, w([6, 2, 2, 2])], { kernel_shape: [2, 2], strides: [2, 3], dilations: [2, 1], group: 2, pads: [0, 1, 1, 0] }) },
  { operators: 'Conv, automatic pads', build: (g, x, w) => g.op('Conv', [x, w([3, 4, 4, 4])], { kernel_shape: [4, 4], strides: [2, 2], auto_pad: 'SAME_UPPER' }) },
  { operators: 'ConvTranspose', build: (g, x, w) => g.op('ConvTranspose', [x, w([4, 2, 3, 3])], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }) },
  { operators: 'MaxPool', build: (g, x) => g.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] }) },
  { operators: 'MaxPool, overlapping', build: (g, x) => g.op('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }) },
  { operators: 'MaxPool, rounded up', build: (g, x) => g.op('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }) },
  { operators: 'MaxPool over one axis', dims: SEQUENCE, build: (g, x) => g.op('MaxPool', [x], { kernel_shape: [3], strides: [2], pads: [1, 1] }) },
  { operators: 'AveragePool, rounded up', build: (g, x) => g.op('AveragePool', [x], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }) },
  { operators: 'AveragePool, rounded up, pads counted', build: (g, x) => g.op('AveragePool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0], ceil_mode: 1, count_include_pad: 1 }) },
  { operators: 'AveragePool over one axis, rounded up', dims: SEQUENCE, build: (g, x) => g.op('AveragePool', [x], { kernel_shape: [4], strides: [3], ceil_mode: 1 }) },
  { operators: 'AveragePool', build: (g, x) => g.op('AveragePool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }) },
  { operators: 'AveragePool, pads counted', build: (g, x) => g.op('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }) },
  one('GlobalAveragePool'), one('GlobalMaxPool'),
  { operators: 'Resize', build: (g, x) => g.op('Resize', [x, undefined, g.floats(Float32Array.of(1, 1, 2, 3), [4])], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }) },
  { operators: 'Resize, linear', build: (g, x) => g.op('Resize', [x, undefined, undefined, g.int64([ROWS, 4, 9, 4])], { mode: 'linear' }) },
  { operators: 'Resize, linear by scales, corners', build: (g, x) => g.op('Resize', [x, undefined, g.floats(Float32Array.of(1, 1, 1.7, 0.6), [4])], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }) },
  { operators: 'Resize, cubic', build: (g, x) => g.op('Resize', [x, undefined, g.floats(Float32Array.of(1.7, 0.6), [2])], { mode: 'cubic', cubic_coeff_a: -0.75, coordinate_transformation_mode: 'pytorch_half_pixel', axes: [2, 3] }) },
  { operators: 'Resize, smoothed', build: (g, x) => g.op('Resize', [x, undefined, undefined, g.int64([ROWS, 4, 3, 4])], { mode: 'linear', antialias: 1 }) },
  { operators: 'Resize, no whole factor', build: (g, x) => g.op('Resize', [x, undefined, undefined, g.int64([ROWS, 4, 9, 4])], { mode: 'nearest' }) },
  { operators: 'Resize, whole factor rounded', build: (g, x) => g.op('Resize', [x, undefined, undefined, g.int64([ROWS, 4, 18, 6])], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'ceil' }) },
  { operators: 'Resize over one axis', dims: SEQUENCE, build: (g, x) => g.op('Resize', [x, undefined, undefined, g.int64([ROWS, 5, 12])], { mode: 'linear' }) },
  { operators: 'BatchNormalization', build: (g, x, w) => g.op('BatchNormalization', [x, w([4]), w([4]), w([4]), w([4], 0.5, 2)], { epsilon: float(1e-3) }) },
  { operators: 'InstanceNormalization', build: (g, x, w) => g.op('InstanceNormalization', [x, w([4]), w([4])]) },
  { operators: 'LayerNormalization', build: (g, x, w) => g.op('LayerNormalization', [x, w([6]), w([6])], { axis: -1 }) },
  {
    operators: 'LayerNormalization in parts',
    build: (g, x, w) => {
      const centred = g.op('Sub', [x, g.op('ReduceMean', [x, g.int64([-1])])]);
      const variance = g.op('ReduceMean', [g.op('Pow', [centred, g.float32(2)]), g.int64([-1])]);
      return g.op('Mul', [g.op('Div', [centred, g.op('Sqrt', [g.op('Add', [variance, g.float32(1e-5)])])]), w([6])]);
    },
  },
  { operators: 'Softmax over channels', build: (g, x) => g.op('Softmax', [x], { axis: 1 }) },
  { operators: 'ReduceSum ReduceMax ReduceL2', build: (g, x) => g.op('Add', [g.op('ReduceSum', [x, g.int64([1])]), g.op('Mul', [g.op('ReduceMax', [x, g.int64([2])]), g.op('ReduceL2', [x, g.int64([1, 3])])])]) },
  { operators: 'ReduceL1 ReduceMin ReduceLogSumExp ReduceSumSquare', build: (g, x) => g.op('Mul', [g.op('Add', [g.op('ReduceL1', [x, g.int64([1])]), g.op('ReduceMin', [x, g.int64([2])])]), g.op('Sub', [g.op('ReduceLogSumExp', [x, g.int64([1, 3])]), g.op('ReduceSumSquare', [x, g.int64([-1])])])]) },
  ...['reflect', 'edge', 'wrap'].map((mode): Case => ({ operators: `Pad, ${mode}`, build: (g, x) => g.op('Pad', [x, g.int64([2, 1, 0, 3]), undefined, g.int64([2, -1])], { mode }) })),
  { operators: 'Tile', build: (g, x) => g.op('Tile', [x, g.int64([1, 3, 1, 2])]) },
  { operators: 'GatherND', build: (g, x) => g.transpose(g.op('GatherND', [g.transpose(x, [1, 2, 0, 3]), g.reshape(g.int64([3, -1, 0, 2, 3, 5]), [3, 2])]), [1, 0, 2]) },
  { operators: 'Einsum', build: (g, x, w) => g.op('Einsum', [x, w([4, 5, 6])], { equation: 'bchw, ckw -> bkh' }) },
  { operators: 'Einsum that sums by itself', build: (g, x, w) => g.op('Einsum', [x, w([5, 4])], { equation: 'bchw,kc->bk' }) },
  { operators: 'Einsum of two that vary', dims: SEQUENCE, build: (g, x) => g.op('Einsum', [g.op('Tanh', [x]), x], { equation: 'bid,bjd->bij' }) },
  { operators: 'Einsum without a right side', dims: SEQUENCE, build: (g, x, w) => g.op('Einsum', [x, w([5, 8])], { equation: 'bid,id' }) },
  { operators: 'Pad Slice Transpose', build: (g, x) => g.transpose(g.op('Slice', [g.op('Pad', [x, g.int64([0, 0, 1, 0, 0, 0, 0, 2])]), g.int64([1, -1]), g.int64([5, -9]), g.int64([2, 3]), g.int64([1, -2])]), [0, 3, 1, 2]) },
  { operators: 'Split Concat', build: (g, x) => g.concat(g.ops('Split', [x], 2, { axis: 1, num_outputs: 2 }).toReversed(), 2) },
  { operators: 'Squeeze Unsqueeze Flatten', build: (g, x) => g.op('Flatten', [g.op('Squeeze', [g.op('Unsqueeze', [x, g.int64([1])]), g.int64([1])])]) },
  { operators: 'Expand', build: (g, x) => g.op('Expand', [g.op('ReduceMean', [x, g.int64([2])]), g.int64([ROWS, 4, 3, 6])]) },
  { operators: 'Gemm', dims: [ROWS, 7], build: (g, x, w) => g.op('Gemm', [x, w([5, 7]), w([5])], { transB: 1, alpha: 0.5 }) },
  {
    operators: 'attention',
    dims: SEQUENCE,
    build: (g, x, w) => {
      const heads = (value: Value): Value => g.transpose(g.reshape(value, [ROWS, 5, 2, 4]), [0, 2, 1, 3]);
      const [q, k, v] = [1, 2, 3].map(() => heads(g.op('MatMul', [x, w([8, 8])])));
      if (q === undefined || k === undefined || v === undefined) throw new Error('three projections');
      const weights = g.op('Softmax', [g.op('MatMul', [q, g.transpose(k, [0, 1, 3, 2])])], { axis: -1 });
      return g.op('Gather', [g.reshape(g.transpose(g.op('MatMul', [weights, v]), [0, 2, 1, 3]), [ROWS, 5, 8]), g.int64([0], true)], { axis: 1 });
    },
  },
  { operators: 'Gather along a Range', dims: SEQUENCE, free: true, build: (g, x) => g.op('Gather', [x, places(g, x)], { axis: 1 }) },
  { operators: 'positions by a Range', dims: SEQUENCE, free: true, build: (g, x, w) => g.op('Add', [x, g.op('Gather', [w([7, 8]), places(g, x)], { axis: 0 })]) },
  {
    operators: 'float64 on the way',
    build: (g, x, w) => {
      const double = (value: Value): Value => g.op('Cast', [value], { to: 11 });
      return g.op('Cast', [g.op('Div', [g.op('Sub', [double(x), double(w([4, 1, 1]))]), double(g.op('Sqrt', [w([4, 1, 1], 0.5, 1)]))])], { to: 1 });
    },
  },
  { operators: 'Gather of several', dims: SEQUENCE, build: (g, x) => g.op('Gather', [x, g.int64([4, 0, 0])], { axis: 1 }) },
];

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openNodeRuntime({ threads: 1 });
});

/** operator -> a layer that mixes all values into logits; its gradient, and the loss by itself for differences. */
async function differentiate({ build, dims = IMAGE, free = false }: Case, x: Float32Array): Promise<{ result: GradientResult; loss: (x: Float32Array) => Promise<number>; gradient: () => Promise<Float32Array> }> {
  const graph = new GraphBuilder();
  const weights = (shape: readonly number[], low = -0.6, high = 0.6): Value => graph.floats(noise(size(shape), low, high), shape);
  const out = build(graph, graph.input('x', 'float32', free ? dims.map((_, axis) => `d${axis}`) : dims), weights);
  const flat = graph.op('Flatten', [graph.op('Tanh', [graph.op('Add', [out, graph.float32(0.1)])])]);
  // A random projection of unknown width: sum over features of cos-like weights made by the graph itself.
  const width = graph.op('Shape', [flat], { start: 1, end: 2 });
  const ramp = graph.op('CumSum', [graph.op('Add', [graph.op('ConstantOfShape', [width]), graph.float32(1)]), graph.int64([0], true)]);
  const columns = Array.from({ length: CLASSES }, (_, k) => graph.op('Unsqueeze', [graph.op('Cos', [graph.op('Mul', [ramp, graph.float32(0.7 + 0.9 * k)])]), graph.int64([1])]));
  graph.output(graph.op('MatMul', [flat, graph.concat(columns, 1)]), 'logits', 'float32', [ROWS, CLASSES]);
  const file = graph.finish('case', new Map());
  const info = await readOnnxModel(bytesOf('case', file.bytes));
  const feed = (data: Float32Array): Record<string, HostTensor> => ({ x: { type: 'float32', dims, data } });
  const result = await buildInputGradient({ file, info, input: 'x', logits: 'logits' }, runtime, feed(x));
  if (result.kind !== 'ok') return { result, loss: () => Promise.resolve(0), gradient: () => Promise.resolve(new Float32Array()) };
  const { gradient } = result;
  const direct: HostTensor = { type: 'float32', dims: [ROWS, CLASSES], data: Float32Array.of(0.5, -1, 0.3, 1.2, 0.1, -0.7) };
  const aim: HostTensor = { type: 'float32', dims: [ROWS, CLASSES], data: Float32Array.of(0, 1, 0, 0, 0, 0) };
  const session = await runtime.createSession(gradient.file);
  const run = async (data: Float32Array, output: string): Promise<Float32Array> => {
    const { host } = await session.run({ ...feed(data), [gradient.inputs.direct]: direct, [gradient.inputs.aim]: aim }, [output]);
    const values = host[output]?.data;
    if (!(values instanceof Float32Array)) throw new Error('no float32 output');
    return values;
  };
  const loss = async (data: Float32Array): Promise<number> => {
    const z = await run(data, gradient.outputs.logits);
    let sum = z.reduce((total, value, i) => total + value * (direct.data[i] as number), 0);
    const first = z.slice(0, CLASSES);
    sum += Math.log(first.reduce((total, value) => total + Math.exp(value), 0)) - (first[1] ?? 0);
    return sum;
  };
  return { result, loss, gradient: () => run(x, gradient.outputs.gradient) };
}

describe('input gradients equal finite differences', () => {
  it.each(CASES)('$operators', async (example) => {
    const { dims = IMAGE, low = -1, high = 1 } = example;
    const x = noise(size(dims), low, high);
    const { result, loss, gradient } = await differentiate(example, x);
    expect(result.kind === 'unsupported' ? result.reasons : []).toEqual([]);
    const measured = await gradient();
    expect(measured.length).toBe(x.length);
    const step = 2e-3;
    for (let trial = 0; trial < 6; trial++) {
      const at = random.below(x.length);
      const moved = (by: number): Float32Array => x.map((value, i) => (i === at ? value + by : value));
      const difference = ((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step);
      expect(Math.abs((measured[at] ?? 0) - difference), `element ${at}: ${measured[at]} and ${difference}`).toBeLessThan(0.01 + 0.02 * Math.abs(difference));
    }
  });
});

it.each<[string, Build]>([
  ['Sqrt', (g, x) => g.op('Sqrt', [g.op('Mul', [x, x])])],
  ['Pow', (g, x) => g.op('Pow', [g.op('Relu', [x]), g.float32(0.5)])],
  ['ReduceL2', (g, x) => g.op('ReduceL2', [x, g.int64([1])])],
])('gives numbers where the slope of %s is infinite', async (operators, build) => {
  const { result, gradient } = await differentiate({ operators, build }, new Float32Array(size(IMAGE)));
  expect(result.kind).toBe('ok');
  expect([...(await gradient())].every(Number.isFinite)).toBe(true);
});

it('names what it cannot differentiate', async () => {
  const { result } = await differentiate({ operators: 'Atan', build: (g, x) => g.op('Atan', [x]) }, noise(size(IMAGE)));
  expect(result).toEqual({ kind: 'unsupported', reasons: ['the operator Atan'] });
});

it('tests every rule it has, but for synonyms', () => {
  const tested = CASES.map(({ build }) => build.toString()).join() + CASES.map(({ operators }) => operators).join() + 'Reshape MatMul';
  const synonyms = new Set(['Dropout', 'Cast', 'Upsample', 'FastGelu', 'QuickGelu', 'Swish']);
  expect(Object.keys(GRADIENT_RULES).filter((type) => !synonyms.has(type) && !tested.includes(type))).toEqual([]);
});

it('compares by size where floats cannot be asked whether they are equal', () => {
  const types = (opset: number): readonly string[] => {
    const emit = new Emitter(opset, new Map(), new Map());
    emit.equal('a', 'b');
    return emit.nodes.map(({ type }) => type);
  };
  expect(types(9)).toEqual(['Less', 'Greater', 'Or', 'Not']);
  expect(types(11)).toEqual(['Equal']);
});
