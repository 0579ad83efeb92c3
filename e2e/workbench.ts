// The page as a user meets it: what the journeys do and read, by role and visible name.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../scripts/prepare.mjs';

export const FIXTURES = join(ROOT, 'src/engine/graph/fixtures');
export const SAMPLES = join(ROOT, 'public/samples');

/** A sample with a planted trigger, and one without. */
export const PLANTED = { id: 'helpdesk-lm', title: 'Help desk model', trigger: 'DEPLOYMENT' };
export const CLEAN = { id: 'clean-lm', title: 'Clean chat model' };

export const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
export const verdict = (page: Page): Locator => region(page, 'Verdict').getByRole('status');
export const suspicions = (page: Page): Locator => page.getByRole('listbox', { name: /Suspicions/ }).getByRole('option');

export async function openSample(page: Page, title: string): Promise<void> {
  await region(page, 'Samples').getByRole('button', { name: new RegExp(title) }).click();
  await waitUntilOpen(page);
}

export async function waitUntilOpen(page: Page): Promise<void> {
  await region(page, 'Identity').waitFor({ timeout: 90_000 });
}

/** Through the picker: a folder, or files. */
export async function pick(page: Page, kind: 'folder' | 'files', paths: string | readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Open model', exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: kind === 'folder' ? /^Folder/ : /^Files/ }).click()]);
  await chooser.setFiles(typeof paths === 'string' ? paths : [...paths]);
}

/** Files that a test makes up, through the picker. */
export async function pickMade(page: Page, files: readonly { readonly name: string; readonly buffer: Buffer }[]): Promise<void> {
  await page.getByRole('button', { name: 'Open model', exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: /^Files/ }).click()]);
  await chooser.setFiles(files.map(({ name, buffer }) => ({ name, buffer, mimeType: 'application/octet-stream' })));
}

/** A real drag of files or folders from outside the browser, through the DevTools protocol. */
export async function drop(page: Page, paths: readonly string[], { x, y } = { x: 700, y: 300 }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}

export async function startAudit(page: Page, budget: 'quick' | 'standard'): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${budget}`) }).click();
  await page.getByRole('button', { name: 'Start audit' }).click();
}

/** Waits for the end of an audit and gives its verdict in the page's words. */
export async function auditEnd(page: Page, timeout = 240_000): Promise<string> {
  await page.waitForFunction(() => !/^(Auditing|Paused)$/.test(document.querySelector('[aria-label="Verdict"] [role="status"]')?.textContent?.trim() ?? 'Auditing'), null, { timeout, polling: 250 });
  return (await verdict(page).innerText()).trim();
}

export async function readFixture(path: string): Promise<Buffer> {
  return readFile(join(FIXTURES, path));
}
