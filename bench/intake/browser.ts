// The same large files through the page's own file picker in Chromium: opened, audited and hashed, beside sha256sum in turn.
//   npx vite build && [ROUNDS=3] npx tsx bench/intake/browser.ts FILE…      (CHROME_PATH where Chromium is not found by itself)
// Says how long until the first findings, until all is hashed, the longest task that kept the page busy, and how long a cancel
// takes in the middle of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { chromium, type Page } from 'playwright-core';
import { ensureChromium } from '../../scripts/chromium.mjs';
import { ROOT } from '../../scripts/prepare.mjs';
import { serveFolder } from '../../scripts/server.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const server = await serveFolder(process.env['DIST'] ?? join(ROOT, 'dist'));
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-features=WebGPU'] });

for (const file of process.argv.slice(2)) {
  const rows: { sum: number; first: number; all: number; longest: number }[] = [];
  let cancelled = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    spawnSync('sha256sum', [file]);
    const sum = (performance.now() - begun) / 1000;
    const page = await freshPage();
    const start = await pick(page, file);
    await page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 300_000 });
    const first = (performance.now() - start) / 1000;
    await page.getByRole('region', { name: 'Identity' }).waitFor({ timeout: 900_000 });
    const all = (performance.now() - start) / 1000;
    const longest = await page.evaluate(() => Math.max(0, ...((globalThis as { longTasks?: number[] }).longTasks ?? [])));
    rows.push({ sum, first, all, longest });
    await page.context().close();
    if (round > 0) continue;
    const other = await freshPage();
    await pick(other, file);
    await other.waitForFunction(() => /[1-9]\d* MB of/.test(document.querySelector('[aria-label="Opening"]')?.textContent ?? ''), null, { timeout: 120_000 });
    const asked = performance.now();
    await other.getByRole('region', { name: 'Opening' }).getByRole('button', { name: 'Cancel' }).click();
    await other.getByRole('heading', { name: 'Drop a model' }).waitFor();
    cancelled = (performance.now() - asked) / 1000;
    await other.context().close();
  }
  const median = (key: keyof (typeof rows)[number]): number => rows.map((row) => row[key]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  process.stdout.write(`${file.split('/').at(-1)}: sha256sum ${median('sum').toFixed(2)} s, first findings ${median('first').toFixed(2)} s, hashed and audited ${median('all').toFixed(2)} s (${(median('all') / median('sum')).toFixed(2)} x), longest task of the page ${Math.round(median('longest'))} ms, cancel answered in ${cancelled.toFixed(2)} s\n`);
}
await browser.close();
await server.close();

async function freshPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => /WASM/.test(document.querySelector('header')?.textContent ?? ''), null, { timeout: 60_000 });
  await page.evaluate(() => {
    const kept: number[] = ((globalThis as { longTasks?: number[] }).longTasks = []);
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => kept.push(duration))).observe({ type: 'longtask', buffered: false });
  });
  return page;
}

/** Picks the file; the clock starts when the browser has it. */
async function pick(page: Page, file: string): Promise<number> {
  await page.getByRole('button', { name: 'Open model', exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: /^Files/ }).click()]);
  const start = performance.now();
  await chooser.setFiles(file);
  return start;
}
