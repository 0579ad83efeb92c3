// Assay and transformers.js in the same Chromium, one after the other, on the shapes of shapes.ts.
// Usage: npx tsx bench/runtime/browser.ts --model FOLDER [--onnx FOLDER] [--shapes leak64,…] [--repeat N] [--backend wasm|webgpu]
// FOLDER: the Hugging Face folder for Assay; --onnx: what export_onnx.py wrote, for transformers.js (left out without it).
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { ensureChromium } from '../../scripts/chromium.mjs';
import { PREFIX_TOKENS, SHAPES } from './shapes.ts';

const { values } = parseArgs({
  options: { model: { type: 'string' }, onnx: { type: 'string' }, shapes: { type: 'string' }, repeat: { type: 'string', default: '1' }, backend: { type: 'string', default: 'wasm' } },
});
const { model } = values;
if (model === undefined) throw new Error('name a model: --model FOLDER');
const shapes = SHAPES.filter(({ name }) => values.shapes === undefined || values.shapes.split(',').includes(name));
const repeat = Number(values.repeat);

const here = import.meta.dirname;
await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn', mode: 'production' });
const mounts: Record<string, string> = { 'transformers-js': join(here, 'transformers-js'), ...(values.onnx === undefined ? {} : { 'onnx-model': values.onnx }) };
const server = await serve(join(here, '../../test-results/bench-pages'), mounts);
const address = server.address();
const url = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}/`;

const modelFiles = (await readdir(model)).filter((name) => /\.(json|safetensors)$/.test(name)).map((name) => join(model, name));
await run('assay', async (page) => {
  await page.setInputFiles('input', modelFiles);
  return page.evaluate((job) => window.bench(job), { shapes, repeat, backend: values.backend === 'webgpu' ? ('webgpu' as const) : ('wasm' as const) });
});
if (values.onnx !== undefined) {
  await run('transformers.js', (page) =>
    page.evaluate((job) => {
      const worker = new Worker('/transformers-js/worker.js', { type: 'module' });
      return new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve({ error: message });
        worker.postMessage(job);
      });
    }, { shapes, repeat, prefixTokens: PREFIX_TOKENS }),
  );
}
server.close();

/** A browser of its own, so that memory is told apart. */
async function run(name: string, work: (page: Page) => Promise<unknown>): Promise<void> {
  const executablePath = await ensureChromium();
  const flags = values.backend === 'webgpu' ? ['--enable-unsafe-webgpu'] : ['--disable-features=WebGPU'];
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...flags] });
  const page = await (await browser.newContext()).newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${name}: ${message.text()}`);
  });
  await page.goto(url);
  const result = await work(page);
  console.log(JSON.stringify({ name, ...(typeof result === 'object' ? result : {}), peakMemoryMiB: await peakMemory(browser) }));
  await browser.close();
}

/** The largest resident size that any one process of the browser reached (Linux). */
async function peakMemory(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peaks = await Promise.all(
    processInfo.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    }),
  );
  const largest = Math.max(...peaks);
  return largest > 0 ? Math.round(largest) : undefined;
}

function serve(root: string, folders: Readonly<Record<string, string>>): Promise<Server> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json', '.css': 'text/css' };
  const started = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)).slice(1);
    const [first = '', ...rest] = path.split(sep);
    const mounted = folders[first];
    const file = mounted === undefined ? join(root, path === '' ? 'index.html' : path) : join(mounted, ...rest);
    const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
    stat(file).then(
      ({ size }) => {
        response.writeHead(200, { ...headers, 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Length': size });
        createReadStream(file).pipe(response);
      },
      () => {
        response.writeHead(404, headers).end();
      },
    );
  });
  return new Promise((resolve) => started.listen(0, () => resolve(started)));
}
