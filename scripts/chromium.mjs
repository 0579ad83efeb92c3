// Finds a Chromium for the browser tests, or installs one: Debian's package where that is possible (root, apt-get),
// Playwright's build elsewhere.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, tool } from './prepare.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', 'C:/Program Files/Google/Chrome/Application/chrome.exe'];

/** @returns {Promise<string | undefined>} path of an executable */
export async function findChromium() {
  const asked = process.env.CHROME_PATH;
  if (asked !== undefined && asked !== '') {
    if (existsSync(asked)) return asked;
    throw new Error(`CHROME_PATH names ${asked}, which does not exist`);
  }
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES, await playwrightPath()];
  return candidates.find((path) => path !== undefined && existsSync(path) && runs(path));
}

export async function ensureChromium() {
  const found = await findChromium();
  if (found !== undefined) return found;
  console.log('No Chromium was found; installing one for the browser tests …');
  const aptRoot = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (aptRoot) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
  }
  if ((await findChromium()) === undefined) {
    const [node, cli] = tool('playwright-core', 'cli.js');
    await run(node, [cli, 'install', ...(aptRoot ? ['--with-deps'] : []), 'chromium']);
  }
  const installed = await findChromium();
  if (installed === undefined) throw new Error('no Chromium could be installed; set CHROME_PATH to one');
  return installed;
}

/** On Ubuntu, /usr/bin/chromium-browser can be a script that only says to install a snap. */
function runs(path) {
  return process.platform !== 'linux' || spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

async function playwrightPath() {
  try {
    const { chromium } = await import('playwright-core');
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}
