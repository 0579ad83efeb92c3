// The page on real WebGPU (SwiftShader in place of a GPU), with a model small enough for it: open, attention maps,
// answers, and an audit that is begun and cancelled.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot, type WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { auditEnd, drop, FIXTURES, region, startAudit, waitUntilOpen } from './workbench.ts';

describe('the page on WebGPU', () => {
  let site: Site;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    site = await openSite({ backend: 'webgpu' });
  });
  afterAll(async () => site?.close());

  it('prefers WASM to a software adapter, and says so', async () => {
    const { page: plain, context } = await site.open();
    await plain.waitForFunction(() => /WASM · \d+ thread/.test(document.querySelector('header')?.innerText ?? ''));
    expect(await plain.locator('#backend-why').textContent()).toMatch(/software and slower than WASM/);
    await context.close();
  });

  it('opens a model on WebGPU when asked to', async () => {
    watched = await site.open('?backend=webgpu');
    page = watched.page;
    await page.waitForFunction(() => document.querySelector('header')?.innerText.includes('WebGPU'));
    await drop(page, [join(FIXTURES, 'llama-tied')]);
    await waitUntilOpen(page);
  });

  it('computes attention maps', async () => {
    await page.goto(`${site.url}?backend=webgpu#/attention`);
    await page.getByRole('textbox', { name: 'prompt' }).fill('one two three');
    await page.getByRole('button', { name: 'Compute', exact: true }).first().click();
    await region(page, 'Layers and heads').waitFor({ timeout: 120_000 });
    await screenshot(page, 'attention-webgpu');
  });

  it('starts an audit, and cancels it', async () => {
    await page.goto(`${site.url}?backend=webgpu#/audit`);
    await startAudit(page, 'quick');
    await page.getByRole('button', { name: /^Cancel/ }).click();
    expect(await auditEnd(page, 60_000)).toMatch(/cancelled/i);
    expect(watched.errors).toEqual([]);
    expect(watched.strays).toEqual([]);
  });
});
