// Reads a tensor of the runtime as float32 numbers.
import { blockFormat } from '../graph/dequantize.ts';
import type { HostTensor } from './session.ts';

export function toFloats({ type, data }: HostTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  const half = blockFormat('F16');
  if (type !== 'float16' || half === undefined) throw new TypeError(`a tensor of type ${type} is not read as floats`);
  const floats = new Float32Array(data.length);
  half.decode(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), floats);
  return floats;
}
