// One Chromium a backend, pages that record what they ask for, and screenshots.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ROOT } from '../scripts/prepare.mjs';

export type TestedBackend = 'wasm' | 'webgpu';

/** WebGPU in software: SwiftShader stands in for the GPU, so numbers and buffers are real and speed is not. */
const WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const WASM_FLAGS = ['--disable-features=WebGPU'];

export async function launch(backend: TestedBackend): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'];
  if (executablePath === undefined) throw new Error('CHROME_PATH is not set: run npm test');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...(backend === 'webgpu' ? WEBGPU_FLAGS : WASM_FLAGS)] });
}

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests, by any page, worker or service worker of the context, to anything but the origin. */
  readonly strays: readonly string[];
  /** Uncaught errors and console errors. */
  readonly errors: readonly string[];
}

export interface OpenOptions {
  readonly onNavigated?: () => void;
}

export async function openPage(browser: Browser, url: string, { onNavigated }: OpenOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  const { origin } = new URL(url);
  const strays: string[] = [];
  const errors: string[] = [];
  context.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !/^(blob|data):/.test(asked)) strays.push(asked);
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  if (onNavigated !== undefined) page.on('framenavigated', onNavigated);
  await page.goto(url);
  return { page, context, strays, errors };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, 'test-results/screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
