// The onnxruntime-web adapter in a real worker: an exported model against transformers' numbers, held tensors, scratch.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../scripts/prepare.mjs';
import type { TestedBackend, WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';

const FIXTURES = join(ROOT, 'src/engine/graph/fixtures');

describe.each<TestedBackend>(['wasm', 'webgpu'])('runtime on %s', (backend) => {
  let site: Site;
  let watched: WatchedPage;

  beforeAll(async () => {
    site = await openSite({ folder: 'test-results/pages', backend });
    watched = await site.open();
  });
  afterAll(async () => site?.close());

  it('starts, and says what runs and why', async () => {
    const { environment, limits } = await watched.page.evaluate((choice) => window.engine.start(location.href, choice), backend);
    expect(environment.backend).toBe(backend);
    expect(environment.adapter).not.toBe('');
    expect(environment.why).toContain('asked for');
    if (backend === 'wasm') expect(environment.threads).toBeGreaterThan(0);
    expect(limits.maxTensorBytes).toBeGreaterThan(2 ** 26);
  });

  it('runs an exported decoder to transformers\' logits', async () => {
    const model = await readFile(join(FIXTURES, 'llama-tied-onnx/model.onnx'));
    const expected = JSON.parse(await readFile(join(FIXTURES, 'llama-tied.expect.json'), 'utf8')) as { inputIds: number[][]; logitsLast: number[][] };
    const logits = await watched.page.evaluate(
      async ({ base64, ids }) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const data = BigInt64Array.from(ids.flat(), BigInt);
        const dims = [ids.length, ids[0]?.length ?? 0];
        const ones = new BigInt64Array(data.length).fill(1n);
        const feeds = {
          input_ids: { type: 'int64' as const, dims, data },
          attention_mask: { type: 'int64' as const, dims, data: ones },
        };
        const { logits: output } = await window.engine.runOnnx(bytes, feeds, ['logits']);
        return { dims: output?.dims, data: [...(output?.data ?? [])].map(Number) };
      },
      { base64: model.toString('base64'), ids: expected.inputIds },
    );
    const [rows = 0, length = 0, vocabulary = 0] = logits.dims ?? [];
    expect([rows, length]).toEqual([expected.inputIds.length, expected.inputIds[0]?.length]);
    let worst = 0;
    expected.logitsLast.forEach((row, index) =>
      row.forEach((value, token) => {
        worst = Math.max(worst, Math.abs(value - (logits.data[(index * length + length - 1) * vocabulary + token] ?? Number.NaN)));
      }),
    );
    expect(worst).toBeLessThan(1e-3);
  });

  it('keeps converted weights in scratch files', async () => {
    expect(await watched.page.evaluate(() => window.engine.scratchRoundTrip(1_000_003, 65_536))).toBe(true);
  });

  it('asks nobody else for anything', () => {
    expect(watched.strays).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
});
