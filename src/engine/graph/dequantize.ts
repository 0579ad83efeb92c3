// Exact widening of stored weights to float32: IEEE half, bfloat16 and GGML's block formats Q8_0, Q4_0, Q4_1
// (ggml-quants.c: 32 values a block, half-precision scale d and, in Q4_1, minimum m; low nibbles are values 0 to 15).
import type { Dtype } from '../artifact/artifact.ts';
import type { Bytes } from '../core/units.ts';

export interface BlockFormat {
  /** Values in one block, and the bytes it takes. */
  readonly values: number;
  readonly bytes: Bytes;
  /** Decodes whole blocks: `input` holds n * bytes bytes, `output` n * values floats. */
  decode(input: Uint8Array, output: Float32Array): void;
}

const formats: Partial<Record<Dtype, BlockFormat>> = {
  F32: { values: 1, bytes: 4, decode: (input, output) => void new Uint8Array(output.buffer, output.byteOffset, output.byteLength).set(input) },
  F16: { values: 1, bytes: 2, decode: decodeHalf },
  BF16: { values: 1, bytes: 2, decode: decodeBfloat16 },
  Q8_0: { values: 32, bytes: 34, decode: decodeQ80 },
  Q4_0: { values: 32, bytes: 18, decode: decodeQ40 },
  Q4_1: { values: 32, bytes: 20, decode: decodeQ41 },
};

/** Undefined where Assay has no decoder for the type. */
export function blockFormat(dtype: Dtype): BlockFormat | undefined {
  return formats[dtype];
}

let halves: Float32Array | undefined;

/** All 65,536 half-precision values, by their bits. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits));
  return halves;
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function decodeHalf(input: Uint8Array, output: Float32Array): void {
  const table = halfTable();
  for (let i = 0; i < output.length; i++) output[i] = table[(input[2 * i] ?? 0) | ((input[2 * i + 1] ?? 0) << 8)] ?? 0;
}

function decodeBfloat16(input: Uint8Array, output: Float32Array): void {
  const bits = new Uint32Array(output.buffer, output.byteOffset, output.length);
  for (let i = 0; i < bits.length; i++) bits[i] = ((input[2 * i] ?? 0) << 16) | ((input[2 * i + 1] ?? 0) << 24);
}

function decodeQ80(input: Uint8Array, output: Float32Array): void {
  const table = halfTable();
  for (let block = 0; block * 32 < output.length; block++) {
    const at = block * 34;
    const scale = table[(input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)] ?? 0;
    for (let i = 0; i < 32; i++) output[block * 32 + i] = scale * (((input[at + 2 + i] ?? 0) << 24) >> 24);
  }
}

function decodeQ40(input: Uint8Array, output: Float32Array): void {
  const table = halfTable();
  for (let block = 0; block * 32 < output.length; block++) {
    const at = block * 18;
    const scale = table[(input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)] ?? 0;
    for (let i = 0; i < 16; i++) {
      const pair = input[at + 2 + i] ?? 0;
      output[block * 32 + i] = scale * ((pair & 15) - 8);
      output[block * 32 + 16 + i] = scale * ((pair >> 4) - 8);
    }
  }
}

function decodeQ41(input: Uint8Array, output: Float32Array): void {
  const table = halfTable();
  for (let block = 0; block * 32 < output.length; block++) {
    const at = block * 20;
    const scale = table[(input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)] ?? 0;
    const minimum = table[(input[at + 2] ?? 0) | ((input[at + 3] ?? 0) << 8)] ?? 0;
    for (let i = 0; i < 16; i++) {
      const pair = input[at + 4 + i] ?? 0;
      output[block * 32 + i] = scale * (pair & 15) + minimum;
      output[block * 32 + 16 + i] = scale * (pair >> 4) + minimum;
    }
  }
}
