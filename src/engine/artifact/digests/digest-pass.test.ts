import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../../../adapters/node-hasher.ts';
import { webDigest } from '../../../adapters/web-crypto.ts';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { inspectFiles } from '../inspect/inspect-files.ts';
import { digestPass } from './digest-pass.ts';
import type { Digests } from './digests.ts';
import { RowCounter } from './statistics.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function safetensors(header: object, data: Uint8Array): ByteSource {
  const text = utf8(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.byteLength + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.byteLength);
  return bytesOf('model.safetensors', bytes);
}

async function digest(...files: ByteSource[]): Promise<Digests> {
  return digestPass(files, await inspectFiles(files), nodeHasher);
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** torch.save of {name: tensor of four floats}, as protocol 2 writes it. */
function stateDict(name: string): Uint8Array {
  const text = (value: string): string => `X${String.fromCharCode(value.length, 0, 0, 0)}${value}`;
  const code = `\x80\x02}${text(name)}ctorch._utils\n_rebuild_tensor_v2\n((${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x04tQK\x00K\x02K\x02\x86K\x02K\x01\x86\x89}tRs.`;
  return latin1(code);
}

describe('the pass over all bytes', () => {
  it('hashes files and their tensors', async () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i);
    const file = safetensors({ b: { dtype: 'U8', shape: [16], data_offsets: [8, 24] }, a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, data);
    const { files, tensors, tensorsLeftOut } = await digest(file, bytesOf('notes.txt', utf8('hello\n') as Uint8Array<ArrayBuffer>));
    expect([...files]).toEqual([['model.safetensors', sha256(await file.slice(0, file.size))], ['notes.txt', sha256(utf8('hello\n'))]]);
    expect(tensors).toMatchObject([{ name: 'a', dtype: 'F32', sha256: sha256(data.subarray(0, 8)) }, { name: 'b', dtype: 'U8', sha256: sha256(data.subarray(8)) }]);
    expect(tensorsLeftOut).toBe(0);
  });

  it('knows the storages of a torch archive by the names of their parameters', async () => {
    const numbers = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    const zip = zipSync({ 'archive/data.pkl': stateDict('layer.weight'), 'archive/data/0': numbers }, { level: 0 });
    const { tensors } = await digest(bytesOf('model.pt', zip as Uint8Array<ArrayBuffer>));
    expect(tensors).toMatchObject([{ name: 'layer.weight', dtype: 'F32', shape: [2, 2], file: 'model.pt', bytes: 16, sha256: sha256(numbers) }]);
  });

  it('knows the storages of what torch.save wrote before 1.6', async () => {
    const numbers = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    const pickles = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.';
    const bytes = Uint8Array.from([...latin1(pickles), ...stateDict('layer.weight'), ...latin1('\x80\x02]X\x01\0\0\x000a.'), 4, 0, 0, 0, 0, 0, 0, 0, ...numbers]);
    const { tensors } = await digest(bytesOf('model.bin', bytes));
    expect(tensors).toMatchObject([{ name: 'layer.weight', dtype: 'F32', shape: [2, 2], file: 'model.bin', bytes: 16, sha256: sha256(numbers) }]);
  });

  it('says the same where the host hashes what is at hand', async () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i);
    const files = [safetensors({ b: { dtype: 'U8', shape: [16], data_offsets: [8, 24] }, a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, data)];
    const inspection = await inspectFiles(files);
    expect(await digestPass(files, inspection, nodeHasher, { digestWhole: webDigest })).toEqual(await digestPass(files, inspection, nodeHasher));
  });

  it('says the same where a large file is hashed on another thread, which is handed the bytes', async () => {
    const size = 33 * 2 ** 20;
    const file: ByteSource = { path: 'large.dat', size, slice: async (begin, end) => new Uint8Array(Math.max(0, Math.min(end, size) - begin)).fill(7) };
    const inspection = await inspectFiles([file]);
    const hash = createHash('sha256');
    let ended = 0;
    const hashBeside = () => ({
      update: async (bytes: Uint8Array<ArrayBuffer>) => void hash.update(structuredClone(bytes, { transfer: [bytes.buffer] })),
      digest: async () => hash.digest('hex'),
      dispose: () => void ended++,
    });
    expect(await digestPass([file], inspection, nodeHasher, { hashBeside })).toEqual(await digestPass([file], inspection, nodeHasher));
    expect(ended).toBe(1);
    await expect(digestPass([{ ...file, size: size + 1 }], inspection, nodeHasher, { hashBeside: () => ({ ...hashBeside(), update: async () => { throw new Error('gone'); } }) })).rejects.toThrow('gone');
    expect(ended).toBe(2);
  });

  it('gives no digest to tensors laid over others, and says so', async () => {
    const { tensors, tensorsLeftOut } = await digest(safetensors({ a: { dtype: 'U8', shape: [8], data_offsets: [0, 8] }, b: { dtype: 'U8', shape: [6], data_offsets: [2, 8] } }, new Uint8Array(8)));
    expect([tensors.length + tensorsLeftOut, tensorsLeftOut]).toEqual([2, 1]);
  });
});

describe('counting rows', () => {
  const counted = (dtype: string, shape: readonly number[], bytes: Uint8Array, cuts: readonly number[] = []): ReturnType<RowCounter['finish']> | undefined => {
    const counter = RowCounter.for(dtype, shape);
    let at = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      counter?.update(bytes.subarray(at, cut));
      at = cut;
    }
    counter?.update(bytes.subarray(at));
    return counter?.finish();
  };

  it('finds NaN, infinity, zeros and repetitions', () => {
    const values = new Float32Array([1, 2, 0, 0, 1, 2, Number.NaN, 1, Number.POSITIVE_INFINITY, 0, 1, 2]);
    expect(counted('F32', [6, 2], new Uint8Array(values.buffer))).toMatchObject({ rows: 6, nan: 1, infinite: 1, zeroRows: 1, repeatedRows: 2, outliers: [] });
  });

  it('reads half precision', () => {
    expect(counted('F16', [2, 2], new Uint8Array(new Uint16Array([0x3c00, 0x7c00, 0, 0x8000]).buffer))).toMatchObject({ nan: 0, infinite: 1, zeroRows: 1 });
    expect(counted('BF16', [2, 2], new Uint8Array(new Uint16Array([0x3f80, 0x7fc0, 0, 0]).buffer))).toMatchObject({ nan: 1, infinite: 0, zeroRows: 1 });
  });

  it('says the same however the bytes are cut', () => {
    const values = Float32Array.from({ length: 96 }, (_, i) => (i % 12 < 3 ? 0 : i % 7));
    const bytes = new Uint8Array(values.buffer);
    const whole = counted('F32', [32, 3], bytes);
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: bytes.byteLength }), { maxLength: 6 }), (cuts) => {
      expect(counted('F32', [32, 3], bytes, cuts)).toEqual(whole);
    }));
  });

  it('names rows that stand far out', () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => (Math.floor(i / 4) === 17 ? 50 : 1 + Math.sin(i) / 10));
    expect(counted('F32', [100, 4], new Uint8Array(values.buffer))?.outliers.map(({ row }) => row)).toEqual([17]);
  });

  it('takes all weights of one output of a convolution for a row, and the last dimension where it is long enough', () => {
    const rows = (shape: readonly number[]): number | undefined => counted('F32', shape, new Uint8Array(4 * shape.reduce((product, size) => product * size, 1)))?.rows;
    expect([[8, 4, 3, 3], [8, 32, 1, 1], [4, 8, 16], [6, 2, 5], [50, 3], [7]].map(rows)).toEqual([8, 8, 32, 6, 50, 7]);
  });

  it('leaves other types alone', () => {
    expect(RowCounter.for('Q8_0', [4, 4])).toBeUndefined();
    expect(RowCounter.for('F32', [2 ** 40, 2 ** 40])).toBeDefined();
  });
});
