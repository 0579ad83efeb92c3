// The runtimes in Node, native and WebAssembly: weights mapped from files in several folders, handed over as buffers, converted through scratch.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, type ByteSource } from '../engine/core/byte-source.ts';
import { GraphBuilder } from '../engine/graph/graph-builder.ts';
import type { GraphFile, Runtime } from '../engine/runtime/session.ts';
import { commonFolder } from './node-external-data.ts';
import { nodeSource } from './node-files.ts';
import { openNodeRuntime } from './onnxruntime-node.ts';
import { openNodeWasmRuntime } from './onnxruntime-wasm-node.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(Float32Array.from(values).buffer);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** y = x + a + b, where a and b are external data. */
function graphOf(a: ByteSource, b: ByteSource, offset = 0): GraphFile {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [2]);
  const sum = graph.add(x, graph.external('a', 'float32', [2], 'first/a.bin', a, offset, 8));
  graph.output(graph.add(sum, graph.external('b', 'float32', [2], 'b.bin', b, 0, 8)), 'y', 'float32', [2]);
  return graph.finish('sum', new Map());
}

const x = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;

describe.each([
  ['openNodeRuntime', () => openNodeRuntime({ threads: 1 })],
  ['openNodeWasmRuntime', openNodeWasmRuntime],
] as const)('%s', (_, open) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open();
  });

  it('maps files of different folders, through links, at unaligned offsets', async () => {
    const root = await mkdtemp(join(folder, 'links-'));
    await mkdir(join(root, 'blobs'));
    await mkdir(join(root, 'snapshot'));
    await writeFile(join(root, 'blobs', 'abc'), new Uint8Array([7, 7, 7, ...bytes(10, 20)]));
    await writeFile(join(root, 'other.bin'), bytes(100, 200));
    await symlink('../blobs/abc', join(root, 'snapshot', 'a.bin'));
    const session = await runtime.createSession(graphOf(nodeSource(join(root, 'snapshot', 'a.bin'), 'a.bin', 11), nodeSource(join(root, 'other.bin'), 'other.bin', 8), 3));
    const { host } = await session.run({ x }, ['y']);
    expect([...(host['y']?.data ?? [])]).toEqual([111, 222]);
    await session.dispose();
    await session.dispose();
  });

  it('takes bytes that have no file, and what was written to scratch', async () => {
    const scratch = await runtime.scratch('converted', 8);
    await scratch.write(4, bytes(5));
    await scratch.write(0, bytes(4));
    const session = await runtime.createSession(graphOf(bytesOf('a', bytes(10, 20)), await scratch.finish()));
    const { host } = await session.run({ x }, ['y']);
    expect([...(host['y']?.data ?? [])]).toEqual([15, 27]);
    await session.dispose();
  });

  it('removes the scratch folders of processes that are gone', async () => {
    const left = join(tmpdir(), 'assay-scratch-999999999-left');
    await mkdir(left, { recursive: true });
    const other = await open();
    await (await other.scratch('any', 4)).finish();
    expect(existsSync(left)).toBe(false);
  });

  it('holds outputs and takes them back', async () => {
    const session = await runtime.createSession(graphOf(bytesOf('a', bytes(1, 1)), bytesOf('b', bytes(0, 0))));
    const { held, host } = await session.run({ x }, ['y'], new Set(['y']));
    expect(host).toEqual({});
    const first = held['y'];
    if (first === undefined) throw new Error('nothing was held');
    expect([...(await first.read()).data]).toEqual([2, 3]);
    const again = await session.run({ x: first }, ['y']);
    expect([...(again.host['y']?.data ?? [])]).toEqual([3, 4]);
    first.dispose();
    await session.dispose();
  });

  it('says what the runtime said', async () => {
    await expect(runtime.createSession({ name: 'broken', bytes: new Uint8Array([1, 2, 3]), external: new Map() })).rejects.toMatchObject({ code: 'runtime-failure', file: 'broken', field: expect.stringMatching(/^session/) });
    // Where CUDA is installed there is nothing to refuse.
    if (process.env['ASSAY_CUDA'] === undefined) await expect(openNodeRuntime({ backend: 'cuda' })).rejects.toMatchObject({ code: 'runtime-failure', field: 'backend' });
  });
});

describe('commonFolder', () => {
  it('is the deepest folder above all files', () => {
    expect(commonFolder(['/a/b/c.bin'])).toBe('/a/b');
    expect(commonFolder(['/a/b/c.bin', '/a/b/d/e.bin'])).toBe('/a/b');
    expect(commonFolder(['/a/bc/c.bin', '/a/b/d.bin'])).toBe('/a');
    expect(commonFolder(['/tmp/x', '/home/y/z'])).toBe('/');
  });
});
