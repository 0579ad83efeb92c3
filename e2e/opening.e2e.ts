// Opening: by folder picker, file picker and a real drag, and broken models, which get an exact message and leave the
// page usable.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { drop, FIXTURES, pick, pickMade, readFixture, region, waitUntilOpen } from './workbench.ts';

const FOLDER = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'model.safetensors'] as const;

describe('opening a model', () => {
  let site: Site;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    watched = await site.open();
    page = watched.page;
  });
  afterAll(async () => site?.close());

  const identity = (): Promise<string> => region(page, 'Identity').innerText();

  it('by the folder picker', async () => {
    await pick(page, 'folder', join(FIXTURES, 'qwen2-sharded'));
    await waitUntilOpen(page);
    expect(await identity()).toMatch(/qwen2-sharded[\s\S]*qwen2/);
  });

  it('by the file picker', async () => {
    await pick(page, 'files', join(FIXTURES, 'llama-tied.q4_0.gguf'));
    await page.getByRole('heading', { name: 'llama-tied.q4_0.gguf' }).waitFor({ timeout: 60_000 });
    expect(await identity()).toMatch(/Q4_0/);
  });

  it('by dropping a folder', async () => {
    await drop(page, [join(FIXTURES, 'gpt2-f16')]);
    await page.getByRole('heading', { name: 'gpt2-f16' }).waitFor({ timeout: 60_000 });
    expect(await identity()).toMatch(/gpt2/);
  });

  it('by dropping one file', async () => {
    await drop(page, [join(FIXTURES, 'llama-tied.f16.gguf')]);
    await page.getByRole('heading', { name: /^llama-tied\.f16/ }).waitFor({ timeout: 60_000 });
    expect(await identity()).toMatch(/llama/);
  });

  describe('that is broken', () => {
    const folder = async (): Promise<Map<string, Buffer>> => new Map(await Promise.all(FOLDER.map(async (name) => [name, await readFixture(`llama-tied/${name}`)] as const)));
    /** Opens a changed llama-tied and gives all that the page then says. */
    const openChanged = async (change: (files: Map<string, Buffer>) => void): Promise<string> => {
      const files = await folder();
      change(files);
      await pickMade(page, [...files].map(([name, buffer]) => ({ name, buffer })));
      await region(page, 'Opening').waitFor({ timeout: 10_000 }).catch(() => undefined);
      await region(page, 'Opening').waitFor({ state: 'detached', timeout: 60_000 });
      await page.getByText(/cannot be run here|could not be opened/).first().waitFor({ timeout: 30_000 });
      // Said at once, in the banner: that it cannot be run, and that its behaviour was not tested.
      if (await region(page, 'Verdict').isVisible()) expect(await region(page, 'Verdict').innerText()).toMatch(/This model cannot be run here:[\s\S]*was not tested/);
      const whatAndWhy = page.getByRole('link', { name: 'what and why' });
      if (await whatAndWhy.isVisible()) {
        await whatAndWhy.click();
        await page.getByText('What was and was not tested').waitFor({ timeout: 10_000 });
      }
      return page.getByRole('main').innerText();
    };
    const json = (files: Map<string, Buffer>, name: string): Record<string, unknown> => JSON.parse(files.get(name)?.toString('utf8') ?? '{}') as Record<string, unknown>;
    const editHeader = (files: Map<string, Buffer>, edit: (header: Record<string, { shape: number[] }>) => void): void => {
      const whole = files.get('model.safetensors') ?? Buffer.alloc(8);
      const length = Number(whole.readBigUInt64LE(0));
      const header = JSON.parse(whole.subarray(8, 8 + length).toString('utf8')) as Record<string, { shape: number[] }>;
      edit(header);
      const text = Buffer.from(JSON.stringify(header));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(text.length));
      files.set('model.safetensors', Buffer.concat([size, text, whole.subarray(8 + length)]));
    };

    it('truncated weights', async () => {
      const text = await openChanged((files) => files.set('model.safetensors', (files.get('model.safetensors') ?? Buffer.alloc(0)).subarray(0, 100_000)));
      expect(text).toMatch(/truncated/);
      expect(text).toMatch(/model\.safetensors/);
    });

    it('a missing tensor', async () => {
      const text = await openChanged((files) => editHeader(files, (header) => delete header['model.layers.0.self_attn.q_proj.weight']));
      expect(text).toMatch(/missing.tensor/);
      expect(text).toMatch(/model\.layers\.0\.self_attn\.q_proj\.weight/);
    });

    it('a tensor of the wrong shape', async () => {
      const text = await openChanged((files) =>
        editHeader(files, (header) => {
          const entry = header['model.layers.0.mlp.down_proj.weight'];
          entry?.shape.reverse();
        }),
      );
      expect(text).toMatch(/shape.mismatch/);
      expect(text).toMatch(/model\.layers\.0\.mlp\.down_proj\.weight/);
    });

    it('no tokenizer', async () => {
      const text = await openChanged((files) => files.delete('tokenizer.json'));
      expect(text).toMatch(/missing.tokenizer/);
    });

    it('an unknown architecture', async () => {
      const text = await openChanged((files) => files.set('config.json', Buffer.from(JSON.stringify({ ...json(files, 'config.json'), model_type: 'quantum_mamba', architectures: ['QuantumMambaForCausalLM'] }))));
      expect(text).toMatch(/unsupported.architecture/);
      expect(text).toMatch(/quantum_mamba/);
    });

    it('no model at all, and the page still opens the next one', async () => {
      await pickMade(page, [{ name: 'holiday.txt', buffer: Buffer.from('not a model') }]);
      await page.getByText(/cannot be run here|could not be opened/).first().waitFor({ timeout: 30_000 });
      await pick(page, 'files', join(FIXTURES, 'llama-tied.q8_0.gguf'));
      await page.getByRole('heading', { name: 'llama-tied.q8_0.gguf' }).waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Start audit' }).waitFor();
      expect(watched.errors).toEqual([]);
      expect(watched.strays).toEqual([]);
    });
  });
});
