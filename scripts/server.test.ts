import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from './server.mjs';

describe('serveFolder', () => {
  let server: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    const outer = await mkdtemp(join(tmpdir(), 'assay-server-'));
    const root = join(outer, 'site');
    await mkdir(root);
    await writeFile(join(outer, 'secret.txt'), 'outside');
    await writeFile(join(root, 'index.html'), '<p>page</p>');
    await writeFile(join(root, 'runtime.wasm'), '0123456789');
    server = await serveFolder(root, { basePath: '/some/path/' });
  });
  afterAll(() => server.close());

  it('serves the page and its files under a sub-path, with types and isolation headers', async () => {
    const page = await fetch(server.url);
    expect(await page.text()).toBe('<p>page</p>');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect((await fetch(`${server.url}runtime.wasm`)).headers.get('content-type')).toBe('application/wasm');
    expect((await fetch(new URL('/', server.url))).status).toBe(404);
    expect((await fetch(`${server.url}missing.js`)).status).toBe(404);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=20-', 416, '', 'bytes */10'],
  ])('answers %s', async (range, status, text, contentRange) => {
    const response = await fetch(`${server.url}runtime.wasm`, { headers: { range } });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([status, text, contentRange]);
  });

  it('gives nothing from outside its folder', async () => {
    const { hostname, port } = new URL(server.url);
    for (const path of ['/some/path/../secret.txt', '/some/path/%2e%2e/secret.txt', '/some/path/..%2fsecret.txt', '/some/path/%00']) {
      const status = await new Promise<number | undefined>((resolve) => request({ hostname, port, path }, ({ statusCode }) => resolve(statusCode)).end());
      expect(status, path).not.toBe(200);
    }
  });
});
