// Builds what the browser tests load, where it is missing or older than its sources, and finds a Chromium.
import { build } from 'vite';
import { ensureChromium } from '../scripts/chromium.mjs';
import { buildIsStale } from '../scripts/prepare.mjs';

export async function setup(): Promise<void> {
  process.env['CHROME_PATH'] = await ensureChromium();
  if (buildIsStale()) await build({ configFile: new URL('../vite.config.ts', import.meta.url).pathname, logLevel: 'warn', mode: 'production' });
  await build({ configFile: new URL('./vite.config.ts', import.meta.url).pathname, logLevel: 'warn', mode: 'production' });
}
