// The built folder on a plain host, under a sub-path, without any helpful header: isolation by the service worker after
// one reload, threads, no request that leaves the origin, and the page without a network.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WatchedPage } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { CLEAN, openSample, PLANTED, region } from './workbench.ts';

describe('on a plain host, under a sub-path', () => {
  let site: Site;
  let watched: WatchedPage;
  let navigations = 0;

  beforeAll(async () => {
    site = await openSite({ host: { basePath: '/some/sub/path/', plain: true } });
    watched = await site.open('', { onNavigated: () => navigations++ });
  });
  afterAll(async () => site?.close());

  it('is cross-origin isolated after one reload, and says how many threads it has', async () => {
    const { page } = watched;
    await page.waitForFunction(() => crossOriginIsolated, null, { timeout: 30_000 });
    const processors = await page.evaluate(() => navigator.hardwareConcurrency);
    await page.waitForFunction((threads) => document.querySelector('header')?.innerText.includes(`WASM · ${threads} thread`), Math.min(8, processors));
    expect(navigations).toBe(2);
  });

  it('opens a sample with nothing asked of any other origin', async () => {
    await openSample(watched.page, CLEAN.title);
    expect(watched.strays).toEqual([]);
    expect(watched.errors).toEqual([]);
  });

  it('refuses connections to other origins, in the page and in its workers', async () => {
    const inPage = await watched.page.evaluate(() => fetch('https://example.com/').then(() => 'connected', (error: unknown) => String(error)));
    expect(inPage).toContain('TypeError');
    const policies = await watched.page.evaluate(async () => {
      const scripts = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /worker.*\.js$/.test(name));
      return Promise.all(scripts.map(async (url) => (await fetch(url)).headers.get('content-security-policy')));
    });
    expect(policies.length).toBeGreaterThan(0);
    for (const policy of policies) expect(policy).toContain("connect-src 'self'");
  });

  it('works with the host gone', async () => {
    const { page } = watched;
    await page.waitForFunction(
      async () => {
        const [name] = (await caches.keys()).filter((key) => key.startsWith('assay-'));
        if (name === undefined) return false;
        const kept = (await (await caches.open(name)).keys()).map(({ url }) => url);
        return kept.some((url) => url.endsWith('.wasm')) && kept.some((url) => url.includes('/samples/') && url.endsWith('.safetensors'));
      },
      null,
      { timeout: 60_000, polling: 500 },
    );
    await site.stopServing();
    await watched.context.setOffline(true);
    await page.goto(`${site.url}#/audit`);
    await page.reload();
    await page.waitForFunction(() => crossOriginIsolated);
    await openSample(page, PLANTED.title);
    expect(await region(page, 'Identity').innerText()).toContain('llama');
  });
});
