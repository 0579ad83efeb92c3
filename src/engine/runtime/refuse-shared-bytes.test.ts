import { expect, test } from 'vitest';
import type { TensorInfo } from '../artifact/artifact.ts';
import { bytesOf } from '../core/byte-source.ts';
import { refuseSharedBytes } from './refuse-shared-bytes.ts';

const [one, other] = [bytesOf('one.safetensors', new Uint8Array(40)), bytesOf('other.safetensors', new Uint8Array(40))];
const tensors = (...places: readonly (readonly [string, typeof one, number, number])[]): Map<string, TensorInfo> => new Map(places.map(([name, source, begin, end]) => [name, { name, dtype: 'F32', shape: [(end - begin) / 4], source, begin, end } as TensorInfo]));

test('tensors side by side, in two files, or without numbers share nothing', () => {
  expect(() => refuseSharedBytes({ kind: 'hugging-face', tensors: tensors(['a', one, 8, 16], ['b', one, 16, 24], ['c', other, 8, 16], ['none', one, 12, 12]) })).not.toThrow();
});

test('tensors on the same bytes are refused with both names', () => {
  expect(() => refuseSharedBytes({ kind: 'hugging-face', tensors: tensors(['b', one, 14, 22], ['a', one, 8, 16]) })).toThrow(expect.objectContaining({ code: 'malformed', file: 'one.safetensors', offset: 14, field: 'b', actual: 'overlap with a' }));
});

test('initializers of ONNX may share external data', () => {
  expect(() => refuseSharedBytes({ kind: 'onnx', tensors: tensors(['a', one, 8, 16], ['b', one, 8, 16]) })).not.toThrow();
});
