// The fingerprint lab: the sample population runs in the browser, a planted model stands out, a set can be kept and opened again.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../scripts/prepare.mjs';
import { serveFolder } from '../scripts/server.mjs';
import { launch, openPage, screenshot, type WatchedPage } from './browser.ts';
import { SAMPLES } from './workbench.ts';

describe('the fingerprint lab', () => {
  let server: Awaited<ReturnType<typeof serveFolder>>;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    server = await serveFolder(join(ROOT, 'dist'));
    browser = await launch('wasm');
    watched = await openPage(browser, new URL('#/fingerprints', server.url).href);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const row = (name: string): Promise<string> => page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) }).innerText();
  const compared = (): Promise<void> => page.getByText('Select a model in the table').waitFor({ timeout: 180_000 });

  it('tells planted models of the sample from clean ones, and what it is worth', { timeout: 240_000 }, async () => {
    await page.getByRole('button', { name: 'Try the sample population' }).click();
    await compared();
    expect(await row('model-102')).toMatch(/high/);
    expect(await row('model-110')).not.toMatch(/high/);
    expect(await page.getByRole('list', { name: 'Checks' }).innerText()).toMatch(/Planted models score high/);
    await page.getByRole('button', { name: 'model-102', exact: true }).click();
    await page.getByText('robust deviations').waitFor();
    await screenshot(page, 'fingerprints');
  });

  it('keeps the set and opens it again', { timeout: 180_000 }, async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export set' }).click()]);
    const kept = await download.path();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const pick = async (button: string | RegExp, paths: readonly string[]): Promise<void> => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: button }).click()]);
      await chooser.setFiles([...paths]);
    };
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: /Clean models, or/ }).click()]);
    const { readFile } = await import('node:fs/promises');
    await chooser.setFiles([{ name: 'kept.json', mimeType: 'application/json', buffer: await readFile(kept) }]);
    await compared();
    await pick('Add models…', [join(SAMPLES, 'fingerprints/model-102.onnx')]);
    await page.getByText('1 compared').waitFor({ timeout: 180_000 });
    expect(await row('model-102')).toMatch(/high/);
  });

  it('asks nobody else and raises no error', () => {
    expect(watched.strays).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
});
