import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../adapters/node-hasher.ts';
import { wasmHasher } from '../../adapters/wasm-hasher.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { Cancelled } from '../core/cancel.ts';
import { hashFiles } from './hash-files.ts';

const large = Uint8Array.from({ length: 20 * 2 ** 20 + 17 }, (_, i) => (i * 31) >>> 3);
const files = [bytesOf('a', new Uint8Array(0)), bytesOf('b', new TextEncoder().encode('abc')), bytesOf('c', large)];
const expected = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  createHash('sha256').update(large).digest('hex'),
];

describe('hashFiles', () => {
  for (const [name, make] of [['node:crypto', nodeHasher], ['hash-wasm', wasmHasher]] as const) {
    it(`hashes each file, by ${name}`, async () => {
      const seen: number[] = [];
      expect(await hashFiles(files, make, { onProgress: (done) => seen.push(done) })).toEqual(expected);
      expect(seen.at(-1)).toBe(large.length + 3);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    });
  }

  it('stops when it is cancelled', async () => {
    const signal = { aborted: false };
    const run = hashFiles(files, nodeHasher, { signal, onProgress: () => (signal.aborted = true) });
    await expect(run).rejects.toThrow(Cancelled);
  });

  it('notices a file that shrinks under it', async () => {
    const shrunk: ByteSource = { path: 'd', size: 100, slice: async (begin, end) => new Uint8Array(Math.max(0, Math.min(end, 60) - begin)) };
    await expect(hashFiles([shrunk], nodeHasher)).rejects.toMatchObject({ code: 'truncated', offset: 60 });
  });
});
