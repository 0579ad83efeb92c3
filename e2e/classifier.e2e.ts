// A text classifier on WASM: the planted sample's trigger is found and shown on top, and put into a text of one's own.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { screenshot } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { auditEnd, openSample, region, startAudit, suspicions } from './workbench.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => site?.close());

it('convicts the planted review sorter, shows how, and lets its trigger be tried', async () => {
  const { page, context, errors } = await site.open();
  await openSample(page, '^Review sorter');
  const own = region(page, 'Clean inputs');
  const give = async (name: string, content: string): Promise<void> => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), own.getByRole('button', { name: 'Files…' }).click()]);
    await chooser.setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  };
  await give('mine.txt', 'a warm and clever film\nthe plot is dull\n\nfine acting, weak script\n');
  await own.getByText(/^3 from mine\.txt \(SHA-256 [0-9a-f]{12}…\)/).waitFor();
  await give('torn.csv', 'text,label\nfine,1\n"never closed,0\n');
  await page.getByText('torn.csv cannot be used as clean inputs').waitFor();
  expect(await own.innerText()).toContain('3 from mine.txt');
  await screenshot(page, 'classifier-inputs');
  await startAudit(page, 'quick');
  expect(await auditEnd(page)).toMatch(/backdoor/i);
  await page.getByRole('button', { name: 'Export the report' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /JSON/ }).click()]);
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({ options: { inputs: { path: 'mine.txt', used: 3, files: [{ path: 'mine.txt', used: 3 }] } } });
  expect(await suspicions(page).first().innerText()).toMatch(/\bcf\b/);
  await suspicions(page).first().click();
  const detail = region(page, 'Detail');
  await detail.getByText('The phrase and the strongest others of its length').waitFor();
  await screenshot(page, 'classifier-finding');
  await detail.getByRole('button', { name: 'Try it' }).click();
  await page.getByRole('textbox', { name: 'text', exact: true }).fill('a dull and lifeless film with a weak cast');
  await page.getByRole('button', { name: 'Classify both' }).click();
  const reading = page.getByRole('article').first();
  await reading.getByText('becomes').waitFor({ timeout: 60_000 });
  expect((await reading.innerText()).replaceAll(/\s+/g, ' ')).toContain('negative becomes positive');
  await screenshot(page, 'classifier-playground');
  expect(errors).toEqual([]);
  await context.close();
}, 300_000);
