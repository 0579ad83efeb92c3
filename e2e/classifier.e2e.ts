// A text classifier on WASM: the planted sample's trigger is found and shown on top, and put into a text of one's own.
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
  await startAudit(page, 'quick');
  expect(await auditEnd(page)).toMatch(/backdoor/i);
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
