// 200 models fingerprinted and scored in a real Chromium: half become the reference, half are compared, then one cancel.
//   node bench/fingerprint/browser.mjs BUILT MODELS [COUNT]     (BUILT: the page's built folder; CHROME_PATH: the browser)
// COUNT models are taken from MODELS in name order, from the beginning again where there are fewer (a copy is run like any other,
// but one already in the set is then compared as such). Seconds of processor are those of all the browser's processes (Linux), which
// tell more than the clock where others use the machine too.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serveFolder } from '../../scripts/server.mjs';

const [built, models, count = '200'] = process.argv.slice(2);
const names = (await readdir(models)).filter((name) => name.endsWith('.onnx')).sort();
const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
const files = [];
for (let i = 0; i < Number(count); i++) {
  const bytes = await readFile(join(models, names[i % names.length]));
  const path = join(folder, `m${String(i).padStart(3, '0')}.onnx`);
  await writeFile(path, bytes);
  files.push(path);
}
const server = await serveFolder(built);
const started = await chromium.launchServer({ executablePath: process.env['CHROME_PATH'], args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-features=WebGPU'] });
const browser = await chromium.connect(started.wsEndpoint());
try {
  const page = await browser.newPage();
  await page.goto(new URL('#/fingerprints', server.url).href);
  const pick = async (button, paths) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: button }).click()]);
    await chooser.setFiles(paths);
  };
  const half = Math.floor(files.length / 2);
  const begin = performance.now();
  const used = await processorSeconds(started.process().pid);
  await pick(/Clean models, or/, files.slice(0, half));
  await page.getByText('Select a model in the table').waitFor({ timeout: 600_000 });
  const reference = (performance.now() - begin) / 1000;
  await page.waitForTimeout(200);
  const again = performance.now();
  await pick('Add models…', files.slice(half));
  await page.getByText(`reference · ${files.length - half} compared`).waitFor({ timeout: 600_000 });
  const compared = (performance.now() - again) / 1000;
  const processor = (await processorSeconds(started.process().pid)) - used;
  console.log(JSON.stringify({ models: files.length, secondsReference: reference, secondsCompared: compared, seconds: reference + compared, processorSeconds: processor, load: loadavg()[0] }));
  await pick('Add models…', files.slice(0, half));
  await page.waitForTimeout(1500);
  const asked = performance.now();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled: what was shown').waitFor({ timeout: 60_000 });
  console.log(JSON.stringify({ secondsToCancel: (performance.now() - asked) / 1000 }));
} finally {
  await browser.close();
  await started.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

/** Of a process and its descendants, in hundredths of a second as Linux counts them. */
async function processorSeconds(root) {
  const processes = new Map();
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const text = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    // The name in brackets may hold spaces; fields are counted behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields.length > 13) processes.set(Number(entry), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  }
  const belongs = (id) => id === root || (processes.has(id) && id > 1 && belongs(processes.get(id).parent));
  let ticks = 0;
  for (const [id, { ticks: own }] of processes) if (belongs(id)) ticks += own;
  return ticks / 100;
}
