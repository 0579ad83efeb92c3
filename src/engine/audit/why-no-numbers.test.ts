import { expect, it } from 'vitest';
import type { Digests, TensorDigest } from '../artifact/digests/digests.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { refuseNoNumbers } from '../runtime/refuse-no-numbers.ts';
import { whyNoNumbers } from './why-no-numbers.ts';

const tensor = (name: string, nan: number, infinite = 0): TensorDigest => ({ name, dtype: 'F32', shape: [4], file: 'm.safetensors', bytes: 16, sha256: '', statistics: { rows: 4, nan, infinite, zeroRows: 0, repeatedRows: 0, outliers: [] } });
const digests = (...tensors: TensorDigest[]): Digests => ({ files: new Map(), tensors, tensorsLeftOut: 0, buried: [], lowBits: { hits: [], looked: 0, left: 0 } });

function thrown(): ArtifactError {
  try {
    refuseNoNumbers(new Float32Array([NaN]), 'logits');
  } catch (error) {
    if (error instanceof ArtifactError) return error;
  }
  throw new Error('nothing was refused');
}

it('names the tensors that hold NaN, then those that are infinite', () => {
  expect(whyNoNumbers(thrown(), digests(tensor('a', 0), tensor('b', 2), tensor('c', 0, 1)))).toBe('b in m.safetensors holds 2 NaN');
  expect(whyNoNumbers(thrown(), digests(tensor('a', 0), tensor('c', 0, 1)))).toBe('c in m.safetensors holds 1 times infinity');
  expect(whyNoNumbers(thrown(), digests(...['a', 'b', 'c', 'd', 'e'].map((name) => tensor(name, 1))))).toMatch(/^a in .* and 2 more tensors$/);
});

it('says where to look, or that nothing was there', () => {
  expect(whyNoNumbers(thrown(), undefined)).toBe('see what was found among the weights’ numbers');
  expect(whyNoNumbers(thrown(), digests(tensor('a', 0)))).toBe('no tensor of plain floats (1) holds NaN or infinity');
  expect(whyNoNumbers(new ArtifactError({ code: 'runtime-failure', format: 'onnxruntime' }), undefined)).toBeUndefined();
});
