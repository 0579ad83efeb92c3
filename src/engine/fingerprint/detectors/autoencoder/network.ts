// Forward, backward and Adam for a stack of linear layers with ReLU between them. Full batch; nothing is random here. Training runs in
// single precision, as PyTorch's does, in the memory of the compiled kernels; sizes are padded there with zeros, which stay zero.
import { Arena, roundUp, type Kernels } from '../../linear/kernels/kernels.ts';
import { multiplyTransposed, type Matrix } from '../../linear/matrix.ts';
import type { LinearLayer } from '../../random/torch-linear.ts';

const RATE = 1e-3;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];
const WIDTH_TILE = 8;
const ROW_TILE = 4;

/** In double precision. */
export function reconstruct(layers: readonly LinearLayer[], inputs: Matrix): Matrix {
  return layers.reduce((before, { weight, bias, inputs: cols, outputs: rows }, index) => {
    const product = multiplyTransposed(before, { rows, cols, data: weight });
    const rectify = index < layers.length - 1;
    for (let at = 0; at < product.data.length; at++) {
      const value = (product.data[at] ?? 0) + (bias[at % rows] ?? 0);
      product.data[at] = rectify && value < 0 ? 0 : value;
    }
    return product;
  }, inputs);
}

/** Where a layer stands in the kernels' memory: addresses in bytes, sizes padded. */
interface Placed {
  readonly layer: LinearLayer;
  readonly inputs: number;
  readonly outputs: number;
  /** Weight [inputs, outputs], transposed, and bias [outputs], offsets into the block of parameters and that of gradients. */
  readonly weight: number;
  readonly bias: number;
  /** [rows, outputs]. */
  readonly result: number;
  /** [rows, outputs]: derivative of the loss by the result. */
  readonly error: number;
}

/** Changes `layers` in place. */
export function train(layers: readonly LinearLayer[], inputs: Matrix, steps: number): void {
  const arena = new Arena();
  const rows = roundUp(inputs.rows, ROW_TILE);
  const width = roundUp(inputs.cols, WIDTH_TILE);
  let size = 0;
  const placed = layers.map((layer): Placed => {
    const [before, after] = [roundUp(layer.inputs, WIDTH_TILE), roundUp(layer.outputs, WIDTH_TILE)];
    const weight = size;
    const bias = weight + 4 * before * after;
    size = bias + 4 * after;
    return { layer, inputs: before, outputs: after, weight, bias, result: arena.take(4 * rows * after), error: arena.take(4 * rows * after) };
  });
  const [data, values, gradient, first, second] = [arena.take(4 * rows * width), arena.take(size), arena.take(size), arena.take(size), arena.take(size)];
  const { kernels, singles } = arena.open();
  for (let i = 0; i < inputs.rows; i++) singles.set(inputs.data.subarray(i * inputs.cols, (i + 1) * inputs.cols), data / 4 + i * width);
  for (const place of placed) copyLayer(singles, place, values, 'in');
  for (let step = 1; step <= steps; step++) {
    forward(kernels, placed, rows, data, values, arena.panel);
    backward(kernels, placed, rows, inputs, data, values, gradient, arena.panel);
    kernels.adam32(size / 4, values, gradient, first, second, RATE / (1 - BETA1 ** step), Math.sqrt(1 - BETA2 ** step), BETA1, BETA2, EPSILON);
  }
  for (const place of placed) copyLayer(singles, place, values, 'out');
}

function forward(kernels: Kernels, placed: readonly Placed[], rows: number, data: number, values: number, panel: number): void {
  placed.forEach(({ inputs, outputs, weight, bias, result }, index) => {
    const before = placed[index - 1]?.result ?? data;
    kernels.multiply32(rows, outputs, inputs, before, inputs, 1, values + weight, outputs, 1, result, panel);
    kernels.addBias32(rows, outputs, result, values + bias, index < placed.length - 1 ? 0 : -Infinity);
  });
}

function backward(kernels: Kernels, placed: readonly Placed[], rows: number, { rows: given, cols }: Matrix, data: number, values: number, gradient: number, panel: number): void {
  for (let index = placed.length - 1; index >= 0; index--) {
    const place = placed[index];
    if (place === undefined) break;
    const { inputs, outputs, weight, bias, result, error } = place;
    const below = placed[index - 1];
    // Of the rows that were given alone: padded ones come out as something too, and must not teach.
    if (index === placed.length - 1) kernels.difference32(given * outputs, result, data, 2 / (given * cols), error);
    kernels.multiply32(inputs, outputs, rows, below?.result ?? data, 1, inputs, error, outputs, 1, gradient + weight, panel);
    kernels.columnSums32(rows, outputs, error, gradient + bias);
    if (below === undefined) break;
    kernels.multiply32(rows, inputs, outputs, error, outputs, 1, values + weight, 1, outputs, below.error, panel);
    kernels.maskByPositive32(rows * inputs, below.error, below.result);
  }
}

function copyLayer(memory: Float32Array, { layer, outputs: padded, weight, bias }: Placed, values: number, direction: 'in' | 'out'): void {
  const { inputs, outputs } = layer;
  const [from, biasFrom] = [(values + weight) / 4, (values + bias) / 4];
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const at = from + input * padded + output;
      if (direction === 'in') memory[at] = layer.weight[output * inputs + input] ?? 0;
      else layer.weight[output * inputs + input] = memory[at] ?? 0;
    }
    if (direction === 'in') memory[biasFrom + output] = layer.bias[output] ?? 0;
    else layer.bias[output] = memory[biasFrom + output] ?? 0;
  }
}
