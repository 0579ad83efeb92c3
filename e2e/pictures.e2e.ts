// An image classifier on WASM: the planted sample's target class and patch are named and shown, its trigger can be stamped on
// one's own picture, and the clean one gives no evidence.
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { crc32 } from '../src/engine/artifact/containers/crc32.ts';
import { screenshot } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { auditEnd, openSample, region, startAudit, suspicions } from './workbench.ts';

const PLANTED = { title: 'Digit reader', target: 'class 0' };
const CLEAN = { title: 'Clean digit reader' };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => site?.close());

/** A grey PNG with a bright upright bar: a one, to a reader of digits. */
function barPng(side: number): Buffer {
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) rows[y * (side + 1) + 1 + x] = Math.abs(x - side / 2) < side / 16 && y > side / 5 && y < (4 * side) / 5 ? 255 : 0;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

it('names target class and patch of the planted sample, and stamps it on a picture of the user’s', { timeout: 400_000 }, async () => {
  const { page, context, errors, strays } = await site.open();
  await openSample(page, PLANTED.title);
  await startAudit(page, 'quick');
  expect(await auditEnd(page, 300_000)).toMatch(/backdoor/i);
  expect(await region(page, 'Verdict').innerText()).toMatch(new RegExp(`A patch \\(.*makes the model see ${PLANTED.target}`));
  const first = suspicions(page).first();
  expect(await first.innerText()).toContain(PLANTED.target);
  await first.click();
  const detail = region(page, 'Detail');
  await detail.getByText(/^(Smallest patch|What the best square for each class)/).first().waitFor();
  await detail.getByText('Held-out pictures before and after').waitFor();
  await screenshot(page, 'pictures-finding');
  await detail.getByRole('button', { name: 'Try it' }).click();
  await page.getByLabel('Choose pictures').setInputFiles({ name: 'bar.png', mimeType: 'image/png', buffer: barPng(112) });
  await page.getByText(`becomes ${PLANTED.target}`).first().waitFor({ timeout: 60_000 });
  const own = page.getByRole('figure', { name: /bar\.png/ });
  await own.waitFor({ timeout: 60_000 });
  expect(await own.innerText()).toContain(`class 1 becomes ${PLANTED.target}`);
  await screenshot(page, 'pictures-playground');
  expect(errors).toEqual([]);
  expect(strays).toEqual([]);
  await context.close();
});

it('gives no evidence for the clean one', { timeout: 400_000 }, async () => {
  const { page, context, errors } = await site.open();
  await openSample(page, CLEAN.title);
  await startAudit(page, 'quick');
  expect(await auditEnd(page, 300_000)).toMatch(/no evidence/i);
  await screenshot(page, 'pictures-clean');
  expect(errors).toEqual([]);
  await context.close();
});
