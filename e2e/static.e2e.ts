// The check of the files that begins by itself: a hostile pickle down to its byte, many files with their coverage, findings that
// are accepted, a list of known files, two models side by side, a large hash that is cancelled.
// Fixtures are made here; the pickle would run `true`, were it loaded.
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot, type WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { pick, pickMade, region, suspicions, verdict } from './workbench.ts';

const HOSTILE = Buffer.from('cposix\nsystem\n(Vtrue\ntR.', 'latin1');
const CALL_AT = HOSTILE.indexOf('R');
const LARGE: number = 3 * 2 ** 30;

function safetensors(values: readonly number[]): Buffer {
  const header = Buffer.from(JSON.stringify({ same: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, moved: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, Buffer.from(new Float32Array(values).buffer)]);
}

describe('the check of the files', () => {
  let site: Site;
  let watched: WatchedPage;
  let page: Page;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-static-'));
    site = await openSite();
    watched = await site.open();
    page = watched.page;
  });
  afterAll(async () => {
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const opened = (name: string): Promise<void> => region(page, 'Identity').getByRole('heading', { name }).waitFor({ timeout: 60_000 });
  const imported = async (name: string, content: object): Promise<void> => {
    await page.goto(`${site.url}#/known`);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import…' }).click()]);
    await chooser.setFiles([{ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) }]);
    await page.getByRole('region', { name }).waitFor();
    await page.goto(`${site.url}#/audit`);
  };

  it('says of a pickle what it runs, and leads to the byte that does', async () => {
    await pickMade(page, [{ name: 'model.pkl', buffer: HOSTILE }]);
    await opened('model.pkl');
    expect(await verdict(page).innerText()).toMatch(/Code runs when this file is opened/);
    await suspicions(page).first().click();
    const detail = region(page, 'Detail');
    expect(await detail.innerText()).toMatch(/posix\.system/);
    await detail.getByRole('link', { name: `model.pkl @ 0x${CALL_AT.toString(16)}` }).click();
    await detail.locator('[data-marked="true"]').first().waitFor();
    const marked = await detail.locator('[data-marked="true"]').allInnerTexts();
    expect(marked).toContain(HOSTILE[CALL_AT]?.toString(16));
    expect(page.url()).toContain(`#/audit/file/model.pkl/${CALL_AT}`);
    await screenshot(page, 'static-bytes');
    await region(page, 'Findings in this file').getByRole('link', { name: /posix/ }).first().click();
    expect(page.url()).toContain('#/audit/finding/');
  });

  it('keeps an accepted finding in sight, with its reason', async () => {
    await imported('accepted.json', { schema: 'assay-allow/1', entries: [{ rule: 'ASY-PKL-001', reason: 'our own test file', expires: '2099-01-01' }] });
    await region(page, 'Suspicions').getByText('accepted: our own test file').waitFor({ timeout: 20_000 });
    expect(await verdict(page).innerText()).not.toMatch(/Code runs/);
    expect(await suspicions(page).count()).toBeGreaterThan(0);
    await page.goto(`${site.url}#/known`);
    await page.getByRole('button', { name: 'Remove accepted.json' }).click();
    await page.goto(`${site.url}#/audit`);
    await page.waitForFunction(() => /Code runs/.test(document.querySelector('[aria-label="Verdict"]')?.textContent ?? ''), null, { timeout: 20_000 });
  });

  it('accounts for every file of many, and for those inside others', async () => {
    const texts = Array.from({ length: 30 }, (_, i) => ({ name: `notes-${String(i).padStart(2, '0')}.txt`, buffer: Buffer.from(`note ${i}\n`) }));
    const archive = Buffer.from(zipSync({ 'inner/data.txt': Buffer.from('text'), 'inner/odd.bin': Buffer.from([1, 2, 3, 0xff, 0xfe, 0]) }));
    await pickMade(page, [...texts, { name: 'blob.dat', buffer: Buffer.from([1, 2, 3, 0xff, 0xfe, 0]) }, { name: 'bundle.zip', buffer: archive }]);
    await opened('32 files');
    expect(await verdict(page).innerText()).toMatch(/Not wholly inspected/);
    await page.getByRole('link', { name: '2 of 32 files not wholly inspected' }).click();
    const detail = await region(page, 'Detail').innerText();
    expect(detail).toMatch(/blob\.dat\s+unknown[\s\S]*not inspected/);
    expect(detail).toMatch(/odd\.bin/);
    expect(detail).toMatch(/notes-29\.txt/);
    await screenshot(page, 'static-files');
    await region(page, 'Detail').getByRole('link', { name: 'data.txt' }).click();
    await region(page, 'Bytes').getByText('text').waitFor();
  });

  it('knows a file from an imported list, and says where it is known from', async () => {
    await imported('incident.json', { schema: 'assay-signatures/1', entries: [{ kind: 'file', sha256: createHash('sha256').update('note 7\n').digest('hex'), verdict: 'bad', name: 'the note', source: 'incident 42' }] });
    await page.getByRole('option', { name: /notes-07\.txt is the note/ }).click({ timeout: 20_000 });
    expect(await region(page, 'Detail').innerText()).toMatch(/incident 42[\s\S]*incident\.json/);
  });

  it('compares two models, tensor by tensor', async () => {
    await pickMade(page, [{ name: 'tuned.safetensors', buffer: safetensors([1, 2, 3, 7]) }]);
    await opened('tuned.safetensors');
    await page.getByRole('button', { name: 'Compare with another model' }).click();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: /^Files/ }).click()]);
    await chooser.setFiles([{ name: 'base.safetensors', mimeType: 'application/octet-stream', buffer: safetensors([1, 2, 3, 4]) }]);
    await page.waitForURL(/finding/, { timeout: 20_000 });
    expect(await region(page, 'Detail').innerText()).toMatch(/1 tensors are the same, 1 changed[\s\S]*moved/);
  });

  it('gives up a large hash when asked, and opens the next file', async () => {
    const large = join(folder, 'large.bin');
    const file = await open(large, 'w');
    await file.truncate(LARGE);
    await file.close();
    await pick(page, 'files', large);
    await page.getByText(/of 3\.2[0-9]* GB/).first().waitFor({ timeout: 20_000 });
    await region(page, 'Opening').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Drop a model' }).waitFor({ timeout: 10_000 });
    await pickMade(page, [{ name: 'again.pkl', buffer: HOSTILE }]);
    await opened('again.pkl');
    expect(watched.errors).toEqual([]);
    expect(watched.strays).toEqual([]);
  });
});
