// A built folder served to a browser of its own: what every journey stands on.
import { join } from 'node:path';
import { ROOT } from '../scripts/prepare.mjs';
import { serveFolder } from '../scripts/server.mjs';
import { launch, openPage, type OpenOptions, type TestedBackend, type WatchedPage } from './browser.ts';

export interface SiteOptions {
  /** Relative to the repository. */
  readonly folder?: string;
  readonly backend?: TestedBackend;
  readonly host?: Parameters<typeof serveFolder>[1];
}

export interface Site {
  readonly url: string;
  /** A page of its own context; `route` is what follows the site's address. */
  open(route?: string, options?: OpenOptions): Promise<WatchedPage>;
  /** The host goes away, the browser stays. */
  stopServing(): Promise<void>;
  close(): Promise<void>;
}

export async function openSite({ folder = 'dist', backend = 'wasm', host }: SiteOptions = {}): Promise<Site> {
  const server = await serveFolder(join(ROOT, folder), host);
  const browser = await launch(backend);
  return {
    url: server.url,
    open: (route = '', options = {}) => openPage(browser, new URL(route, server.url).href, options),
    stopServing: () => server.close(),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
