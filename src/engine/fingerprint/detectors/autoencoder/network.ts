// Forward, backward and Adam for a stack of linear layers with ReLU between them. Full batch; nothing is random here.
import { multiply, multiplyTransposed, transpose, zeros, type Matrix } from '../../linear/matrix.ts';
import type { LinearLayer } from '../../random/torch-linear.ts';

const RATE = 1e-3;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

export function reconstruct(layers: readonly LinearLayer[], inputs: Matrix): Matrix {
  return forward(layers, inputs).at(-1) ?? inputs;
}

/** Changes `layers` in place. */
export function train(layers: readonly LinearLayer[], inputs: Matrix, steps: number): void {
  const moments = layers.map(({ weight, bias }) => ({ weight: new Moments(weight), bias: new Moments(bias) }));
  for (let step = 1; step <= steps; step++) {
    const outputs = forward(layers, inputs);
    let error = lossGradient(outputs.at(-1) ?? inputs, inputs);
    for (let index = layers.length - 1; index >= 0; index--) {
      const layer = layers[index];
      const own = moments[index];
      const before = index === 0 ? inputs : outputs[index - 1];
      if (layer === undefined || own === undefined || before === undefined) break;
      const passed = index === 0 ? undefined : maskedByRelu(multiply(error, weightMatrix(layer)), before);
      own.weight.step(multiply(transpose(error), before).data, step);
      own.bias.step(columnSums(error), step);
      if (passed !== undefined) error = passed;
    }
  }
}

/** Outputs of every layer, after ReLU except the last. */
function forward(layers: readonly LinearLayer[], inputs: Matrix): Matrix[] {
  const outputs: Matrix[] = [];
  layers.forEach((layer, index) => {
    const product = multiplyTransposed(outputs.at(-1) ?? inputs, weightMatrix(layer));
    const rectify = index < layers.length - 1;
    for (let at = 0; at < product.data.length; at++) {
      const value = (product.data[at] ?? 0) + (layer.bias[at % layer.outputs] ?? 0);
      product.data[at] = rectify && value < 0 ? 0 : value;
    }
    outputs.push(product);
  });
  return outputs;
}

function weightMatrix({ weight, inputs, outputs }: LinearLayer): Matrix {
  return { rows: outputs, cols: inputs, data: weight };
}

function lossGradient(output: Matrix, target: Matrix): Matrix {
  const gradient = zeros(output.rows, output.cols);
  const scale = 2 / output.data.length;
  for (let at = 0; at < output.data.length; at++) gradient.data[at] = scale * ((output.data[at] ?? 0) - (target.data[at] ?? 0));
  return gradient;
}

function maskedByRelu(gradient: Matrix, activation: Matrix): Matrix {
  for (let at = 0; at < gradient.data.length; at++) if ((activation.data[at] ?? 0) <= 0) gradient.data[at] = 0;
  return gradient;
}

function columnSums({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] = (sums[j] ?? 0) + (data[i * cols + j] ?? 0);
  return sums;
}

class Moments {
  readonly #values: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(values: Float64Array) {
    this.#values = values;
    this.#first = new Float64Array(values.length);
    this.#second = new Float64Array(values.length);
  }

  step(gradient: Float64Array, step: number): void {
    const [values, first, second] = [this.#values, this.#first, this.#second];
    const rate = RATE / (1 - BETA1 ** step);
    const correction = Math.sqrt(1 - BETA2 ** step);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i] ?? 0;
      const m = BETA1 * (first[i] ?? 0) + (1 - BETA1) * g;
      const v = BETA2 * (second[i] ?? 0) + (1 - BETA2) * g * g;
      first[i] = m;
      second[i] = v;
      values[i] = (values[i] ?? 0) - (rate * m) / (Math.sqrt(v) / correction + EPSILON);
    }
  }
}
