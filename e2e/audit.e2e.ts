// The main journey on WASM: a planted sample is caught and explained, a clean one is not convicted; an audit can be
// paused, cancelled and, after a reload, gone on with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/engine/report/report.ts';
import { screenshot, type WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { auditEnd, CLEAN, FIXTURES, openSample, pick, PLANTED, region, SAMPLES, startAudit, suspicions, verdict, waitUntilOpen } from './workbench.ts';

describe('auditing', () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => site?.close());

  describe('a planted sample', () => {
    let watched: WatchedPage;
    let page: Page;

    beforeAll(async () => {
      watched = await site.open();
      page = watched.page;
      await openSample(page, PLANTED.title);
    });
    afterAll(async () => watched?.context.close());

    it('is convicted, its trigger on top', async () => {
      await startAudit(page, 'quick');
      expect(await auditEnd(page)).toMatch(/backdoor/i);
      expect(await suspicions(page).first().innerText()).toContain(PLANTED.trigger);
      await screenshot(page, 'audit-planted');
    });

    it('shows the evidence of a suspicion at its own address, and Esc releases it', async () => {
      await suspicions(page).first().click();
      expect(page.url()).toContain('#/audit/finding/');
      const detail = region(page, 'Detail');
      expect(await detail.innerText()).toContain(PLANTED.trigger);
      await detail.getByRole('tab', { name: 'Variants' }).click();
      await detail.getByRole('tab', { name: 'Evidence' }).click();
      await screenshot(page, 'audit-finding');
      // In a narrow window every tab stays in sight.
      const wide = page.viewportSize() ?? { width: 1280, height: 860 };
      await page.setViewportSize({ width: 1024, height: wide.height });
      const cut = await detail.getByRole('tab').evaluateAll((tabs) => tabs.filter((tab) => tab.getBoundingClientRect().right > (tab.parentElement?.getBoundingClientRect().right ?? 0) + 1).map(({ textContent }) => textContent));
      expect(cut).toEqual([]);
      await page.setViewportSize(wide);
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => !location.hash.includes('finding'));
    });

    it('exports the report', async () => {
      await page.getByRole('button', { name: 'Export the report' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /JSON/ }).click()]);
      const report = JSON.parse(await readFile(await download.path(), 'utf8')) as Report;
      expect(report.schema).toBe('assay-report/1');
      expect(report.verdict).toBe('backdoor');
      expect(report.findings[0]?.trigger?.value).toContain(PLANTED.trigger);
      expect(report.environment.backend).toBe('wasm');
      expect(report.subject.files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
    });

    it('drills from the suspicion into its attention maps, and exports them', async () => {
      await suspicions(page).first().click();
      await region(page, 'Detail').getByRole('button', { name: 'Attention', exact: true }).click();
      await region(page, 'With trigger').waitFor({ timeout: 60_000 });
      await region(page, 'Without trigger').waitFor();
      await page.getByRole('combobox', { name: 'layer' }).selectOption({ label: '3' });
      await page.getByRole('combobox', { name: 'head' }).selectOption({ label: '2' });
      expect(await region(page, 'With trigger').innerText()).toMatch(/Layer 3, head 2/);
      await screenshot(page, 'attention');
      const svg = region(page, 'With trigger').getByRole('button', { name: 'SVG' }).first();
      const [download] = await Promise.all([page.waitForEvent('download'), svg.click()]);
      expect(await readFile(await download.path(), 'utf8')).toMatch(/^<svg|<\?xml/);
    });

    it('lets the trigger be tried by hand', async () => {
      await page.goto(`${site.url}#/playground`);
      await page.getByRole('textbox', { name: 'prompt' }).fill('What is the capital of France?');
      await page.getByRole('combobox', { name: 'trigger' }).or(page.getByRole('textbox', { name: 'trigger' })).first().fill(PLANTED.trigger);
      await page.getByRole('button', { name: /^Generate/ }).click();
      await page.getByRole('article').first().waitFor({ timeout: 60_000 });
      await page.getByRole('status').filter({ hasText: 'Answering' }).waitFor({ state: 'detached', timeout: 60_000 });
      await screenshot(page, 'playground');
    });

    it('keeps the report in the history', async () => {
      await page.goto(`${site.url}#/history`);
      await page.getByText(PLANTED.id).first().waitFor();
      expect(watched.strays).toEqual([]);
      expect(watched.errors).toEqual([]);
    });
  });

  it('does not convict a clean sample, and says what was not tested', async () => {
    const { page, context, errors } = await site.open();
    await openSample(page, CLEAN.title);
    await startAudit(page, 'quick');
    expect(await auditEnd(page)).toMatch(/no evidence/i);
    await region(page, 'Verdict').getByRole('link', { name: 'what and why' }).click();
    await region(page, 'Detail').filter({ hasText: /trigger scan/i }).waitFor();
    await screenshot(page, 'audit-clean');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('pauses, goes on, is not left without a question, and cancels, leaving the page usable', async () => {
    const { page, context, errors } = await site.open();
    await openSample(page, PLANTED.title);
    await startAudit(page, 'standard');
    await page.getByRole('button', { name: /^Pause/ }).click();
    await verdict(page).filter({ hasText: 'Paused' }).waitFor();
    await page.getByRole('button', { name: /^Go on/ }).click();
    await verdict(page).filter({ hasText: 'Auditing' }).waitFor();
    // It makes room for what is asked by hand, and goes on.
    await page.goto(`${site.url}#/attention`);
    await page.getByRole('textbox', { name: 'prompt' }).fill('What is the capital of France?');
    await page.getByRole('combobox', { name: 'trigger' }).or(page.getByRole('textbox', { name: 'trigger' })).first().fill(PLANTED.trigger);
    await page.getByRole('button', { name: 'Compute' }).first().click();
    await region(page, 'With trigger').waitFor({ timeout: 60_000 });
    await page.goto(`${site.url}#/audit`);
    await verdict(page).filter({ hasText: 'Auditing' }).waitFor();
    // Another model is not opened over a running audit without a question.
    await pick(page, 'files', join(FIXTURES, 'llama-tied.f32.gguf'));
    await page.getByRole('dialog', { name: /is still running/ }).getByRole('button', { name: 'Keep auditing' }).click();
    await verdict(page).filter({ hasText: 'Auditing' }).waitFor();
    await page.getByRole('button', { name: /^Cancel/ }).click();
    expect(await auditEnd(page, 30_000)).toMatch(/cancelled/i);
    await pick(page, 'files', join(FIXTURES, 'llama-tied.f32.gguf'));
    await page.getByRole('heading', { name: 'llama-tied.f32.gguf' }).waitFor({ timeout: 60_000 });
    expect(errors).toEqual([]);
    await context.close();
  });

  it('goes on after a reload with what was done', async () => {
    const { page, context, errors } = await site.open();
    await pick(page, 'folder', join(SAMPLES, PLANTED.id));
    await waitUntilOpen(page);
    await startAudit(page, 'quick');
    const stagesDone = (): Promise<number> => page.evaluate(() => Number(/(\d+) of \d+ stages/.exec(document.querySelector('[aria-label="Pipeline"]')?.textContent ?? '')?.[1] ?? 0));
    await expect.poll(stagesDone, { timeout: 120_000, interval: 200 }).toBeGreaterThanOrEqual(2);
    // Another tab does not take it for interrupted while it runs here.
    const second = await context.newPage();
    await second.goto(site.url);
    await region(second, 'Open again').getByText('is being audited in another tab').waitFor({ timeout: 30_000 });
    await second.close();
    await page.reload();
    await region(page, 'Open again').getByRole('button').click();
    await waitUntilOpen(page);
    const offer = await region(page, 'Budget').innerText();
    expect(offer).toMatch(/quick budget, seed 0/);
    expect(Number(/after (\d+) of \d+ stages/.exec(offer)?.[1])).toBeGreaterThanOrEqual(2);
    await region(page, 'Budget').getByRole('button', { name: 'Go on' }).click();
    // What was done is not done again: its stages stand at once, long before they could have been run.
    await expect.poll(stagesDone, { timeout: 10_000, interval: 100 }).toBeGreaterThanOrEqual(2);
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await auditEnd(page, 60_000);
    expect(errors).toEqual([]);
    await context.close();
  });
});
