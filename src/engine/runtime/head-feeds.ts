// The inputs of graph/blocks/head.ts for one request.
import type { DecoderRequest } from './decoder.ts';
import type { Feed, HostTensor } from './session.ts';

/** noReference: zeros, for requests that do not compare with anything. */
export function headFeeds(request: DecoderRequest, wanted: readonly number[], noReference: Float32Array): Record<string, Feed> {
  // Where nobody samples, one row is weighed all the same: runtimes have trouble with axes of size 0.
  const { rows, inverseTemperature } = request.sampled ?? { rows: [0], inverseTemperature: [1] };
  return {
    wanted: integers('int64', [wanted.length], wanted),
    targets: integers('int64', [wanted.length], request.targets ?? wanted.map(() => 0)),
    reference: { type: 'float32', dims: [noReference.length], data: request.reference ?? noReference },
    sampled: integers('int64', [rows.length], rows),
    inverse_temperature: { type: 'float32', dims: [rows.length, 1], data: Float32Array.from(inverseTemperature) },
  };
}

export function integers(type: 'int64' | 'int32', dims: readonly number[], values: readonly number[]): HostTensor {
  return { type, dims, data: type === 'int64' ? BigInt64Array.from(values, (value) => BigInt(value)) : Int32Array.from(values) };
}
