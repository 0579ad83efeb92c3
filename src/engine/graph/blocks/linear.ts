// Matrix products with stored weights.
import type { DecoderGraph } from '../decoder-graph.ts';
import type { Value } from '../graph-builder.ts';

export interface LinearWeights {
  readonly weight: string;
  /** Its tensor's name where the layer has a bias. */
  readonly bias?: string | undefined;
  readonly inputs: number;
  readonly outputs: number;
  /** torch's nn.Linear, or [in, out] as gpt2's Conv1D stores it. */
  readonly layout?: 'out-in' | 'in-out';
}

/** x: [tokens, inputs] -> [tokens, outputs]. */
export function linear(decoder: Pick<DecoderGraph, 'graph' | 'weight' | 'packedWeight'>, x: Value, { weight, bias, inputs, outputs, layout = 'out-in' }: LinearWeights): Value {
  const { graph } = decoder;
  const offset = bias === undefined ? undefined : decoder.weight(bias, [outputs]);
  const packed = layout === 'out-in' ? decoder.packedWeight(weight, [outputs, inputs]) : undefined;
  if (packed !== undefined) {
    const operands = packed.zeros === undefined ? [x, packed.values, packed.scales] : [x, packed.values, packed.scales, packed.zeros];
    const product = graph.op('MatMulNBits', operands, { K: inputs, N: outputs, bits: packed.bits, block_size: packed.blockSize }, 'com.microsoft');
    return offset === undefined ? product : graph.add(product, offset);
  }
  const matrix = decoder.weight(weight, layout === 'out-in' ? [outputs, inputs] : [inputs, outputs]);
  return graph.op('Gemm', offset === undefined ? [x, matrix] : [x, matrix, offset], { transB: layout === 'out-in' ? 1 : 0 });
}

/** Rows of `table` [rows, width] for ids [B, S], as [B * S, width]. */
export function embed(decoder: Pick<DecoderGraph, 'graph'>, table: Value, ids: Value, width: number): Value {
  return decoder.graph.reshape(decoder.graph.op('Gather', [table, ids], { axis: 0 }), [-1, width]);
}
