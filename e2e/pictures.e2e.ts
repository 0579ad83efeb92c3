// An image classifier on WASM: the planted sample's target class and patch are named and shown, its trigger can be stamped on
// one's own picture, and the clean one gives no evidence.
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  const data = Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    return Math.abs(x - side / 2) < side / 16 && y > side / 5 && y < (4 * side) / 5 ? 255 : 0;
  });
  return Buffer.from(encode({ width: side, height: side, data, channels: 1, depth: 8 }));
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
