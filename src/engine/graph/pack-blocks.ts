// GGML's block formats as com.microsoft.MatMulNBits wants them: quantised values unsigned and in order (element 2j in the low
// nibble of byte j), one float32 scale and, where the format has a minimum, one float32 zero point a block of 32.
// Exact: value = (q - zero) * scale gives what GGML's own formula gives, up to the rounding of -m / d.
import type { Dtype } from '../artifact/artifact.ts';
import type { Bytes } from '../core/units.ts';
import { blockFormat } from './dequantize.ts';

export interface PackedFormat {
  readonly bits: 4 | 8;
  /** Bytes of packed values a block. */
  readonly bytes: Bytes;
  readonly zeros: boolean;
  /** One block of the file at `input[at]` into block `index` of the outputs. */
  pack(input: Uint8Array, at: Bytes, packed: Uint8Array, scales: Float32Array, zeros: Float32Array, index: number): void;
}

export const BLOCK_VALUES = 32;

const formats: Partial<Record<Dtype, PackedFormat>> = {
  Q4_0: { bits: 4, bytes: 16, zeros: false, pack: packQ40 },
  Q4_1: { bits: 4, bytes: 16, zeros: true, pack: packQ41 },
  Q8_0: { bits: 8, bytes: 32, zeros: false, pack: packQ80 },
};

/** Undefined where the type has no such form. */
export function packedFormat(dtype: Dtype): PackedFormat | undefined {
  return formats[dtype];
}

function packQ40(input: Uint8Array, at: Bytes, packed: Uint8Array, scales: Float32Array, _zeros: Float32Array, index: number): void {
  scales[index] = half(input, at);
  packNibbles(input, at + 2, packed, index);
}

function packQ41(input: Uint8Array, at: Bytes, packed: Uint8Array, scales: Float32Array, zeros: Float32Array, index: number): void {
  const scale = half(input, at);
  const minimum = half(input, at + 2);
  if (scale === 0) {
    // Every value is the minimum: (0 - -m) * 1.
    scales[index] = 1;
    zeros[index] = -minimum;
    packed.fill(0, index * 16, (index + 1) * 16);
    return;
  }
  scales[index] = scale;
  zeros[index] = -minimum / scale;
  packNibbles(input, at + 4, packed, index);
}

function packQ80(input: Uint8Array, at: Bytes, packed: Uint8Array, scales: Float32Array, _zeros: Float32Array, index: number): void {
  scales[index] = half(input, at);
  for (let i = 0; i < BLOCK_VALUES; i++) packed[index * 32 + i] = ((input[at + 2 + i] ?? 0) + 128) & 255;
}

/** GGML: byte j holds elements j and j + 16. */
function packNibbles(input: Uint8Array, at: Bytes, packed: Uint8Array, index: number): void {
  const nibble = (element: number): number => {
    const byte = input[at + (element & 15)] ?? 0;
    return element < 16 ? byte & 15 : byte >> 4;
  };
  for (let j = 0; j < 16; j++) packed[index * 16 + j] = nibble(2 * j) | (nibble(2 * j + 1) << 4);
}

const scratch = new Float32Array(1);

function half(input: Uint8Array, at: Bytes): number {
  blockFormat('F16')?.decode(input.subarray(at, at + 2), scratch);
  return scratch[0] ?? 0;
}
