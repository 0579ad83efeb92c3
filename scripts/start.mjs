// npm start: installs and builds what is missing, serves the page on this machine and opens it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, buildIsStale, ensureDependencies, requireNode, ROOT } from './prepare.mjs';
import { askedPort, portProblem } from './ports.mjs';
import { serveFolder } from './server.mjs';

const FIRST_PORT = 4173;
const PORTS_TRIED = 20;
const BAD_USAGE = 2;

requireNode();
const options = new Set(process.argv.slice(2));
if (options.has('--help')) {
  console.log('npm start -- [--no-open] [--port=N]\nServes Assay on this machine and opens it in the browser.');
  process.exit(0);
}
const asked = askedPort([...options]);
if (asked.problem !== undefined) refuse(asked.problem);
await ensureDependencies();
if (buildIsStale()) {
  console.log('Building …');
  if ((await build()) !== 0) process.exit(1);
}
const { url } = await serve();
console.log(`\nAssay runs at ${url}\nEverything stays on this machine. Ctrl+C ends it.`);
if (process.env.CI === undefined && !options.has('--no-open')) open(url);

async function serve() {
  const first = asked.port ?? FIRST_PORT;
  for (let port = first; ; port++) {
    try {
      return await serveFolder(join(ROOT, 'dist'), { port });
    } catch (error) {
      const problem = portProblem(error, port);
      if (problem === undefined) throw error;
      if (asked.port !== undefined || port >= first + PORTS_TRIED) refuse(problem);
    }
  }
}

function refuse(problem) {
  console.error(problem);
  process.exit(BAD_USAGE);
}

function open(address) {
  const [command, ...args] = process.platform === 'darwin' ? ['open', address] : process.platform === 'win32' ? ['cmd', '/c', 'start', '', address] : ['xdg-open', address];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
