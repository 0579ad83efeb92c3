import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../engine/core/byte-source.ts';
import { GraphBuilder } from '../engine/graph/graph-builder.ts';
import { openModelPath, openPath } from './node-files.ts';

const root = mkdtempSync(join(tmpdir(), 'assay-files-'));
const folder = join(root, 'model');

beforeAll(() => {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(root, 'outside.bin'), 'secret');
  writeFileSync(join(folder, 'config.json'), '{}');
  writeFileSync(join(folder, '.hidden.pkl'), 'x');
  writeFileSync(join(folder, '.git', 'HEAD'), 'x');
  mkdirSync(join(folder, '.git', 'hooks'));
  writeFileSync(join(folder, '.git', 'hooks', 'post-checkout'), 'x');
  writeFileSync(join(folder, '.git', 'hooks', 'pre-push.sample'), 'x');
  writeFileSync(join(folder, 'onnx', 'model.onnx'), new Uint8Array([0, 1, 2, 3, 4, 5]));
  symlinkSync('config.json', join(folder, 'link.json'));
  symlinkSync('../outside.bin', join(folder, 'out.bin'));
  symlinkSync('nowhere', join(folder, 'dead'));
  symlinkSync('onnx', join(folder, 'folder-link'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('openPath', () => {
  it('lists a folder in path order, hidden files included, and says what it left', async () => {
    const drop = await openPath(folder);
    expect(drop.name).toBe('model');
    expect(drop.files.map(({ path, size }) => [path, size])).toEqual([['.git/hooks/post-checkout', 1], ['.hidden.pkl', 1], ['config.json', 2], ['link.json', 2], ['onnx/model.onnx', 6]]);
    expect(drop.skipped?.filter(({ kind }) => kind !== 'known').map(({ path, target }) => [path, target]).sort()).toEqual([['dead', 'nowhere'], ['out.bin', '../outside.bin']]);
    expect(drop.skipped?.map(({ path, why }) => `${path}: ${why}`).sort()).toEqual([
      ".git: a repository's history is no part of the model",
      'dead: a link to nothing',
      'folder-link: a link to a folder',
      'out.bin: a link that leads out of the folder',
    ]);
  });

  it('reads ranges, clamped to the file', async () => {
    const { name, files } = await openPath(join(folder, 'onnx', 'model.onnx'));
    expect(name).toBe('model.onnx');
    const [source] = files;
    expect(source?.handle).toEqual({ hostPath: join(folder, 'onnx', 'model.onnx') });
    expect([...((await source?.slice(2, 4)) ?? [])]).toEqual([2, 3]);
    expect([...((await source?.slice(-5, 2)) ?? [])]).toEqual([0, 1]);
    expect([...((await source?.slice(4, 99)) ?? [])]).toEqual([4, 5]);
    expect((await source?.slice(5, 3))?.byteLength).toBe(0);
  });

  it("follows the Hugging Face cache's links into its own blobs", async () => {
    const repository = join(root, 'models--a--b');
    const snapshot = join(repository, 'snapshots', 'rev');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(repository, 'blobs'));
    writeFileSync(join(repository, 'blobs', 'abc'), 'weights');
    symlinkSync('../../blobs/abc', join(snapshot, 'model.safetensors'));
    expect((await openPath(snapshot)).files.map(({ path, size }) => [path, size])).toEqual([['model.safetensors', 7]]);
  });

  it('names what is not there', async () => {
    const missing = join(root, 'missing');
    await expect(openPath(missing)).rejects.toMatchObject({ name: 'ArtifactError', code: 'missing-file', file: missing, actual: 'ENOENT' });
  });
});

describe('openModelPath', () => {
  const beside = join(root, 'beside');
  const paths = async (name: string): Promise<string[]> => (await openModelPath(join(beside, name))).files.map(({ path }) => path);

  /** A graph whose only weights stand in another file. */
  function external(location: string): Uint8Array {
    const g = new GraphBuilder();
    const weights = g.external('w', 'float32', [1], location, bytesOf(location, new Uint8Array(4)), 0, 4);
    g.output(g.op('Add', [g.input('x', 'float32', [1]), weights]), 'y', 'float32', [1]);
    return g.finish('model', new Map()).bytes;
  }

  beforeAll(() => {
    mkdirSync(join(beside, 'parts'), { recursive: true });
    mkdirSync(join(root, 'lone'));
    writeFileSync(join(root, 'lone', 'a.onnx'), external('gone.bin'));
    writeFileSync(join(beside, 'a.onnx'), external('parts/weights.bin'));
    writeFileSync(join(beside, 'b.onnx'), external('../outside.bin'));
    writeFileSync(join(beside, 'broken.onnx'), new Uint8Array([255]));
    for (const name of ['parts/weights.bin', 'parts/config.json', 'a.onnx.data', 'a.onnx.gguf', 'b.onnx_data', 'config.json', 'preprocessor_config.json', 'tokenizer_config.json', 'vocab.txt', 'labels.txt', 'notes.md', 'other.safetensors']) writeFileSync(join(beside, name), 'x');
    symlinkSync('../outside.bin', join(beside, 'merges.txt'));
  });

  const SHARED = ['config.json', 'labels.txt', 'preprocessor_config.json', 'tokenizer_config.json', 'vocab.txt'];

  it('takes what belongs to an ONNX file beside it, and no other model', async () => {
    expect(await paths('a.onnx')).toEqual(['a.onnx', 'a.onnx.data', ...SHARED.slice(0, 2), 'parts/weights.bin', ...SHARED.slice(2)]);
    expect(await paths('b.onnx')).toEqual(['b.onnx', 'b.onnx_data', ...SHARED]);
    expect(await paths('broken.onnx')).toEqual(['broken.onnx', ...SHARED]);
    const drop = await openModelPath(join(beside, 'a.onnx'));
    expect(drop.name).toBe('a.onnx');
    expect(drop.skipped?.map(({ path, kind }) => [path, kind])).toEqual([['merges.txt', 'elsewhere']]);
  });

  it('takes what belongs to a graph from one above where its folder holds graphs only', async () => {
    const exported = join(root, 'exported');
    mkdirSync(join(exported, 'onnx'), { recursive: true });
    writeFileSync(join(exported, 'onnx', 'model.onnx'), external('model.onnx_data'));
    for (const name of ['onnx/model.onnx_data', 'onnx/vocab.txt', 'vocab.txt', 'config.json', 'tokenizer.json', 'model.safetensors', 'README.md']) writeFileSync(join(exported, name), 'x');
    const opened = async (): Promise<string[]> => (await openModelPath(join(exported, 'onnx', 'model.onnx'))).files.map(({ path }) => path);
    expect(await opened()).toEqual(['model.onnx', 'model.onnx_data', 'vocab.txt', 'config.json', 'tokenizer.json']);
    writeFileSync(join(exported, 'onnx', 'config.json'), 'x');
    expect(await opened()).not.toContain('tokenizer.json');
  });

  it('opens everything else as it is', async () => {
    expect(await paths('other.safetensors')).toEqual(['other.safetensors']);
    expect((await openModelPath(join(root, 'lone', 'a.onnx'))).files.map(({ path }) => path)).toEqual(['a.onnx']);
    expect((await openModelPath(folder)).files.length).toBe((await openPath(folder)).files.length);
  });
});
