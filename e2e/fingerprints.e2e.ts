// The fingerprint lab: the sample population runs in the browser, a planted model stands out, a set can be kept and opened again.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot, type WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { SAMPLES } from './workbench.ts';

describe('the fingerprint lab', () => {
  let site: Site;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    watched = await site.open('#/fingerprints');
    page = watched.page;
  });
  afterAll(async () => site?.close());

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

  it('refuses bad models one by one and compares the others', { timeout: 180_000 }, async () => {
    const { readFile } = await import('node:fs/promises');
    const good = await readFile(join(SAMPLES, 'fingerprints/model-110.onnx'));
    const pickle = Buffer.from("cos\nsystem\n(S'echo hi'\ntR.");
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Add models…' }).click()]);
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
    await chooser.setFiles([file('good.onnx', good), file('cut.onnx', good.subarray(0, good.length / 2)), file('plain.pkl', pickle), file('renamed.onnx', pickle)]);
    await page.getByText('2 compared').waitFor({ timeout: 180_000 });
    const list = await page.getByText('3 models were refused, and not tested').locator('..').innerText();
    expect(list).toMatch(/cut truncated · expected \d+ bytes in this field/);
    expect(list).toMatch(/plain\.pkl unsupported format .* would import os\.system/);
    expect(list).toMatch(/renamed unsupported format .* would import os\.system/);
  });

  it('keeps a set in the browser over a reload, under a name and a version', { timeout: 180_000 }, async () => {
    await page.getByRole('button', { name: /· version 1$/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('digits');
    await page.getByRole('button', { name: 'Keep in this browser' }).click();
    await page.getByRole('button', { name: 'Open digits 1' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'good', exact: true }).click();
    await page.getByRole('button', { name: 'Add to the reference' }).click();
    await page.getByRole('button', { name: 'digits · version 2' }).waitFor({ timeout: 180_000 });
    await page.getByText('Against version 1').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Open digits 1' }).click();
    await compared();
    expect(await page.getByRole('button', { name: 'digits · version 1' }).isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Kept' }).isDisabled()).toBe(true);
  });

  it('shows the tensors of a model with their shapes before a set is made', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByText('How a new set is made').click();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose from a model…' }).click()]);
    await chooser.setFiles(join(SAMPLES, 'fingerprints/model-110.onnx'));
    const tensors = page.getByRole('list', { name: /Tensors of/ });
    await tensors.waitFor({ timeout: 60_000 });
    expect(await tensors.innerText()).toMatch(/Relu \[32\] · by rule/);
    await screenshot(page, 'fingerprints-new-set');
  });

  it('asks nobody else and raises no error', () => {
    expect(watched.strays).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
});
