// What both commands need first: a Node that is new enough, the dependencies, the build.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const MINIMUM_NODE = [20, 19];

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(`Assay needs Node ${MINIMUM_NODE.join('.')} or later; this is ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}

/** Runs a command with its output shown. @returns {Promise<number>} its exit status */
export function run(command, args, { env = {}, cwd = ROOT } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env }, shell: process.platform === 'win32' });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

export async function runOrExit(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) process.exit(code);
}

/** A tool of node_modules, run by this very Node. */
export function tool(name, ...path) {
  return [process.execPath, join(ROOT, 'node_modules', name, ...path)];
}

/** Installs the locked dependencies where they are absent or the lock file is newer. */
export async function ensureDependencies() {
  const lock = join(ROOT, 'package-lock.json');
  const installed = join(ROOT, 'node_modules/.package-lock.json');
  if (existsSync(installed)) {
    const [wanted, present] = await Promise.all([lock, installed].map(async (file) => JSON.parse(await readFile(file, 'utf8')).packages));
    const complete = Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional === true || present[path]?.version === entry.version);
    if (complete) return;
  }
  console.log('Installing dependencies …');
  // onnxruntime-node would otherwise fetch CUDA libraries; CPU needs none.
  await runOrExit('npm', ['ci', '--no-audit', '--no-fund'], { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } });
}

/** True where dist/ is missing or older than anything it is made from. */
export function buildIsStale() {
  const built = join(ROOT, 'dist/index.html');
  if (!existsSync(built)) return true;
  const at = statSync(built).mtimeMs;
  const newer = (path) => {
    if (!existsSync(path)) return false;
    const info = statSync(path);
    if (info.isFile()) return info.mtimeMs > at;
    return readdirSync(path).some((name) => newer(join(path, name)));
  };
  return ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json', 'scripts/headers.mjs'].some((name) => newer(join(ROOT, name)));
}

export function build() {
  const [node, vite] = tool('vite', 'bin/vite.js');
  return run(node, [vite, 'build', '--logLevel', 'warn']);
}
