import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { nodesForCpu } from './exact-nodes.ts';

it('finds the sine and cosine of an exported rotary embedding, and nothing else', async () => {
  const model = await readFile(new URL('../engine/graph/fixtures/llama-tied-onnx/model.onnx', import.meta.url));
  const names = nodesForCpu(model);
  expect(names.length).toBeGreaterThanOrEqual(2);
  expect(names.every((name) => /cos|sin/i.test(name))).toBe(true);
});
