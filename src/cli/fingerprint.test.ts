// The fingerprint commands as a script meets them, on the sample population that ships.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 180_000 });
const ROOT = join(import.meta.dirname, '../..');
const SAMPLE = join(ROOT, 'public/samples/fingerprints');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-fingerprint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function assay(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), 'fingerprint', ...args], { cwd: ROOT });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

test('score: a planted model is of high risk, and the status says so', async () => {
  const json = join(folder, 'scores.json');
  const { status, out, err } = await assay('score', join(SAMPLE, 'model-102.onnx'), join(SAMPLE, 'model-110.onnx'), '--reference', join(SAMPLE, 'reference.json'), '--json', json);
  expect(status, err).toBe(1);
  expect(out).toMatch(/^model-102: \d+ \(high, p /m);
  const { results, schema } = JSON.parse(await readFile(json, 'utf8')) as { schema: string; results: { name: string; tier: string; pValue: number; detectors: unknown[]; features: unknown[] }[] };
  expect(schema).toBe('assay-fingerprint-scores/1');
  expect(results.map(({ name, tier }) => [name, tier === 'high'])).toEqual([['model-102', true], ['model-110', false]]);
  expect(results[0]?.detectors).toHaveLength(6);
});

test('a bad model is refused by name and reason, and the others are scored', async () => {
  const mixed = join(folder, 'mixed');
  await mkdir(mixed);
  const good = await readFile(join(SAMPLE, 'model-110.onnx'));
  await writeFile(join(mixed, 'good.onnx'), good);
  await writeFile(join(mixed, 'cut.onnx'), good.subarray(0, good.length / 2));
  await writeFile(join(mixed, 'layer.pkl'), "cos\nsystem\n(S'echo hi'\ntR.");
  const { status, out, err } = await assay('score', mixed, '--reference', join(SAMPLE, 'reference.json'), '--json', '-');
  expect(out).toMatch(/^good: \d+ \((low|medium|high), p /m);
  expect(err).toMatch(/^cut was refused: onnx: truncated · cut\.onnx, offset \d+ · expected \d+ bytes in this field, found \d+$/m);
  expect(err).toMatch(/^layer\.pkl was refused: .*a Python pickle that would import os\.system: loading one runs code/m);
  expect(out).toContain('"name": "layer.pkl"');
  expect(status).toBe(3);
  // A model of high risk beside refused ones is told by the status, and the refusal by the JSON.
  await writeFile(join(mixed, 'planted.onnx'), await readFile(join(SAMPLE, 'model-102.onnx')));
  expect((await assay('score', mixed, '--reference', join(SAMPLE, 'reference.json'))).status).toBe(1);
});

test('build refuses fewer than ten models and says why', async () => {
  const { status, err } = await assay('build', SAMPLE, '--out', join(folder, 'set.json'));
  expect(err).toMatch(/at least 10 clean models/);
  expect(status).toBe(2);
});

test('a file that cannot be written is bad input', async () => {
  const { status, err } = await assay('score', join(SAMPLE, 'model-110.onnx'), '--reference', join(SAMPLE, 'reference.json'), '--json', join(folder, 'none', 'scores.json'));
  expect(err).toMatch(/^ENOENT: no such file or directory, open '.*scores\.json'$/m);
  expect(status).toBe(2);
});

test('usage is told', async () => {
  const { status, err } = await assay('score', SAMPLE);
  expect(err).toContain('--reference FILE is needed');
  expect(status).toBe(2);
});
