// Sizes of number formats: bytes of a block and how many elements a block holds.
import type { Dtype } from './artifact.ts';
import type { Bytes } from '../core/units.ts';

export interface BlockSize {
  readonly elements: number;
  readonly bytes: Bytes;
}

/** safetensors' dtype names (format 0.4 and later). Those Assay cannot run keep their name behind `other:`. */
export const SAFETENSORS_DTYPES: ReadonlyMap<string, { readonly dtype: Dtype; readonly bits: number }> = new Map([
  ['F64', { dtype: 'F64', bits: 64 }],
  ['F32', { dtype: 'F32', bits: 32 }],
  ['F16', { dtype: 'F16', bits: 16 }],
  ['BF16', { dtype: 'BF16', bits: 16 }],
  ['I64', { dtype: 'I64', bits: 64 }],
  ['I32', { dtype: 'I32', bits: 32 }],
  ['I16', { dtype: 'I16', bits: 16 }],
  ['I8', { dtype: 'I8', bits: 8 }],
  ['U64', { dtype: 'U64', bits: 64 }],
  ['U32', { dtype: 'U32', bits: 32 }],
  ['U16', { dtype: 'U16', bits: 16 }],
  ['U8', { dtype: 'U8', bits: 8 }],
  ['BOOL', { dtype: 'BOOL', bits: 8 }],
  ['C64', { dtype: 'other:C64', bits: 64 }],
  ['F8_E4M3', { dtype: 'other:F8_E4M3', bits: 8 }],
  ['F8_E5M2', { dtype: 'other:F8_E5M2', bits: 8 }],
  ['F8_E4M3FNUZ', { dtype: 'other:F8_E4M3FNUZ', bits: 8 }],
  ['F8_E5M2FNUZ', { dtype: 'other:F8_E5M2FNUZ', bits: 8 }],
  ['F8_E8M0', { dtype: 'other:F8_E8M0', bits: 8 }],
  ['F6_E2M3', { dtype: 'other:F6_E2M3', bits: 6 }],
  ['F6_E3M2', { dtype: 'other:F6_E3M2', bits: 6 }],
  ['F4', { dtype: 'other:F4', bits: 4 }],
]);

const ggml = (dtype: Dtype, elements: number, bytes: Bytes): { readonly dtype: Dtype } & BlockSize => ({ dtype, elements, bytes });

/** ggml's tensor types by number (ggml.h, ggml-common.h); 4, 5, 31 to 33 and 36 to 38 were removed. */
export const GGML_TYPES: ReadonlyMap<number, { readonly dtype: Dtype } & BlockSize> = new Map([
  [0, ggml('F32', 1, 4)],
  [1, ggml('F16', 1, 2)],
  [2, ggml('Q4_0', 32, 18)],
  [3, ggml('Q4_1', 32, 20)],
  [6, ggml('other:Q5_0', 32, 22)],
  [7, ggml('other:Q5_1', 32, 24)],
  [8, ggml('Q8_0', 32, 34)],
  [9, ggml('other:Q8_1', 32, 36)],
  [10, ggml('other:Q2_K', 256, 84)],
  [11, ggml('other:Q3_K', 256, 110)],
  [12, ggml('other:Q4_K', 256, 144)],
  [13, ggml('other:Q5_K', 256, 176)],
  [14, ggml('other:Q6_K', 256, 210)],
  [15, ggml('other:Q8_K', 256, 292)],
  [16, ggml('other:IQ2_XXS', 256, 66)],
  [17, ggml('other:IQ2_XS', 256, 74)],
  [18, ggml('other:IQ3_XXS', 256, 98)],
  [19, ggml('other:IQ1_S', 256, 50)],
  [20, ggml('other:IQ4_NL', 32, 18)],
  [21, ggml('other:IQ3_S', 256, 110)],
  [22, ggml('other:IQ2_S', 256, 82)],
  [23, ggml('other:IQ4_XS', 256, 136)],
  [24, ggml('I8', 1, 1)],
  [25, ggml('I16', 1, 2)],
  [26, ggml('I32', 1, 4)],
  [27, ggml('I64', 1, 8)],
  [28, ggml('F64', 1, 8)],
  [29, ggml('other:IQ1_M', 256, 56)],
  [30, ggml('BF16', 1, 2)],
  [34, ggml('other:TQ1_0', 256, 54)],
  [35, ggml('other:TQ2_0', 256, 66)],
  [39, ggml('other:MXFP4', 32, 17)],
  [40, ggml('other:NVFP4', 64, 36)],
  [41, ggml('other:Q1_0', 128, 18)],
]);

/** Product of the dimensions, or undefined where it leaves the exact integers (CWE-190). */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
