// The monitor page: the sample's planted trigger is named, panels follow the brush, an alert goes its way, a reload loses nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot, type WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { drop, region, SAMPLES } from './workbench.ts';

const BASELINE = join(SAMPLES, 'monitor/baseline.json');
const LOG = join(SAMPLES, 'monitor/log.parquet');

describe('the monitor page', () => {
  let site: Site;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    watched = await site.open('#/monitor');
    page = watched.page;
  });
  afterAll(async () => site?.close());

  const alerts = () => region(page, 'Alerts');
  const checked = (): Promise<void> => alerts().getByRole('heading', { name: /^Alerts/ }).waitFor({ timeout: 90_000 });
  const predictions = async (): Promise<number> => Number((/· ([\d,]+) predictions/.exec(await page.locator('main').innerText())?.[1] ?? '').replaceAll(',', ''));
  const save = async (button: string): Promise<string> => {
    const [download]: [Download, unknown] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
    return readFile(await download.path(), 'utf8');
  };

  it('names the planted class, group and word of its sample', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Show me with a sample' }).click();
    await checked();
    const text = await alerts().innerText();
    expect(text).toMatch(/candidate trigger/);
    expect(text).toMatch(/positive/);
    expect(await page.locator('main').innerText()).toMatch(/Quarantine advised/);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('takes a baseline and a log that are dropped, and marks the alerts on the timeline', { timeout: 120_000 }, async () => {
    for (const [title, file] of [['1 · Baseline', BASELINE], ['2 · Log to check', LOG]] as const) {
      const heading = page.getByRole('heading', { name: title });
      const box = await heading.boundingBox();
      if (box === null) throw new Error(`${title} is not shown`);
      await drop(page, [file], { x: box.x + 20, y: box.y + 30 });
      if (file === BASELINE) await page.getByText(/predictions, \d+ classes/).waitFor({ timeout: 30_000 });
    }
    await checked();
    const marks = page.locator('main figure').filter({ hasText: 'Share of each class' }).getByRole('button', { name: /from about here/ });
    expect(await marks.count()).toBeGreaterThan(0);
    await marks.last().locator('path').click();
    await alerts().getByRole('button', { name: '← all alerts' }).click();
    await screenshot(page, 'monitor');
  });

  it('links the panels to the brush', { timeout: 60_000 }, async () => {
    const whole = await predictions();
    const chart = page.getByRole('group', { name: /Share of each class: brush/ });
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the timeline is not shown');
    const latency = page.locator('main figure').filter({ hasText: 'Latency by class' });
    const before = await latency.innerHTML();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByText('brushed', { exact: false }).first().waitFor();
    const brushed = await predictions();
    expect(brushed).toBeGreaterThan(whole * 0.1);
    expect(brushed).toBeLessThan(whole * 0.3);
    expect(await latency.innerHTML()).not.toBe(before);
    await chart.press('Escape');
    expect(await predictions()).toBe(whole);
  });

  it('leads an alert from open to closed, with a quarantine file and a reason', { timeout: 60_000 }, async () => {
    await alerts().getByRole('link').first().click();
    await alerts().getByRole('button', { name: 'Acknowledge' }).click();
    await alerts().getByRole('button', { name: 'Quarantine the model' }).click();
    expect(JSON.parse(await save('Quarantine file'))).toMatchObject({ schema: 'assay-quarantine/1', state: 'quarantined', reasons: [{}] });
    await alerts().getByRole('button', { name: 'Close…' }).click();
    await alerts().getByLabel('Reason').selectOption('attack confirmed');
    await alerts().getByLabel('Note').fill('ticket 12');
    await alerts().getByRole('button', { name: 'Close the alert' }).click();
    expect(await alerts().innerText()).toMatch(/closed · attack confirmed: ticket 12/);
    const report = JSON.parse(await save('Export report')) as { alerts: { state: string; history: { state: string }[] }[] };
    expect(report.alerts.find(({ state }) => state === 'closed')?.history.map(({ state }) => state)).toEqual(['acknowledged', 'quarantined', 'closed']);
  });

  it('loses nothing to a reload', { timeout: 60_000 }, async () => {
    const before = await alerts().innerText();
    await page.waitForTimeout(300);
    await page.reload();
    await alerts().waitFor({ timeout: 30_000 });
    await page.waitForFunction((text) => document.querySelector('[aria-label="Alerts"]')?.textContent?.includes(text) === true, 'ticket 12', { timeout: 10_000 });
    expect(await alerts().innerText()).toBe(before);
    await alerts().getByRole('button', { name: '← all alerts' }).click();
    await page.getByRole('button', { name: 'Search log for a trigger…' }).click();
    await page.getByRole('dialog').getByLabel('Trigger').fill('the');
    await page.getByRole('dialog').getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('dialog').getByText(/predictions hold “the”/).waitFor({ timeout: 30_000 });
  });

  it('asks nobody else and raises no error', () => {
    expect(watched.strays).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
});
