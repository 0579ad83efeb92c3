// The weights PyTorch gives a stack of nn.Linear layers after torch.manual_seed(seed), on the CPU: uniform within
// 1 / sqrt(inputs), weight before bias, layer after layer; 24 bits of one MT19937 draw each, rounded to single precision.
import { MersenneTwister } from './mersenne-twister.ts';

export interface LinearLayer {
  /** [outputs, inputs], row-major. */
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** @param sizes inputs of the first layer, then the outputs of each */
export function torchLinearLayers(sizes: readonly number[], seed: number): LinearLayer[] {
  const bits = new MersenneTwister(seed);
  const uniform = (count: number, bound: number): Float64Array => {
    const values = new Float64Array(count);
    const [low, high] = [Math.fround(-bound), Math.fround(bound)];
    const range = Math.fround(high - low);
    for (let i = 0; i < count; i++) values[i] = Math.fround(Math.fround(((bits.next() & 0xffffff) / 2 ** 24) * range) + low);
    return values;
  };
  return sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index] ?? 0;
    const bound = 1 / Math.sqrt(inputs);
    const weight = uniform(outputs * inputs, bound);
    return { weight, bias: uniform(outputs, bound), inputs, outputs };
  });
}
