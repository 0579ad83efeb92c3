import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../../adapters/node-hasher.ts';
import { digestPass } from '../../artifact/digests/digest-pass.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { findingsOf } from '../testing/findings-of.ts';
import { lowBits } from './index.ts';

const COUNT = 4096;
const SCRIPT = new TextEncoder().encode('#!/bin/sh\necho hidden\n');

/** Two tensors of numbers that look random, with a byte of the payload in the low byte of each number of the second. */
function model(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(['a', 'b'].map((name, i) => [name, { dtype: 'F32', shape: [COUNT], data_offsets: [i * COUNT * 4, (i + 1) * COUNT * 4] }]))));
  const numbers = new Uint8Array(Float32Array.from({ length: 2 * COUNT }, (_, i) => Math.sin(i * i * 12.9898) * 0.05).buffer);
  payload.forEach((byte, i) => (numbers[(COUNT + i) * 4] = byte));
  const bytes = new Uint8Array(8 + header.byteLength + numbers.byteLength);
  new DataView(bytes.buffer).setUint32(0, header.byteLength, true);
  bytes.set(header, 8);
  bytes.set(numbers, 8 + header.byteLength);
  return bytes;
}

async function judge(bytes: Uint8Array<ArrayBuffer>) {
  const files = [bytesOf('model.safetensors', bytes)];
  const inspection = await inspectFiles(files);
  return findingsOf(lowBits, files, { inspection, digests: await digestPass(files, inspection, nodeHasher) });
}

describe('low bits of weights', () => {
  it('are told where they spell a script, with the tensor and what they spell', async () => {
    const [finding, ...others] = await judge(model(SCRIPT));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'ASY-EXE-011', severity: 'high', location: { file: 'model.safetensors', tensor: 'b' }, title: expect.stringContaining('8 low bits of b') });
    expect(JSON.stringify(finding?.evidence)).toContain('echo hidden');
  });

  it('are quiet otherwise', async () => {
    expect(await judge(model(new Uint8Array()))).toEqual([]);
  });
});
