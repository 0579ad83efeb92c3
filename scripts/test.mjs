// npm test: everything, on a bare clone: dependencies, types, unit tests, build, journeys in a real Chromium.
// Ends with one line, 'N passed, N failed'; the exit status is 1 where anything failed.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { build, ensureDependencies, requireNode, ROOT, run, tool } from './prepare.mjs';

requireNode();
process.env.CI ??= '1';
const results = join(ROOT, 'test-results');
await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
await ensureDependencies();

const [node, vitest] = tool('vitest', 'vitest.mjs');
const [, tsc] = tool('typescript', 'bin/tsc');
let passed = 0;
const failures = [];

await step('types of the engine', async () => count(await run(node, [tsc, '-p', 'src/engine'])));
await step('types', async () => count(await run(node, [tsc, '-p', '.'])));
await step('unit tests', () => suite('unit', 'vitest.config.ts'));
await step('build', async () => {
  count(await build());
  process.env.CHROME_PATH = await ensureChromium();
});
await step('browser tests', () => suite('e2e', 'e2e/vitest.config.ts'));

for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);

/** A step that cannot be carried out counts as one failure and does not keep the others from running. */
async function step(name, work) {
  const begin = Date.now();
  console.log(`\n== ${name}`);
  const before = failures.length;
  try {
    const problem = await work();
    if (problem !== undefined) failures.push(`${name}: ${problem}`);
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log(`== ${name}: ${failures.length === before ? 'ok' : 'failed'} in ${((Date.now() - begin) / 1000).toFixed(0)} s`);
}

/** One check: passed, or the reason it did not. */
function count(code) {
  if (code !== 0) throw new Error(`exit status ${code}`);
  passed++;
  return undefined;
}

async function suite(name, config) {
  const file = join(results, `${name}.json`);
  const code = await run(node, [vitest, 'run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const { numPassedTests, testResults } = JSON.parse(await readFile(file, 'utf8'));
  passed += numPassedTests;
  let failed = 0;
  for (const { name: path, status, assertionResults, message } of testResults) {
    for (const test of assertionResults.filter(({ status: outcome }) => outcome === 'failed')) failures.push(`${test.fullName}`), failed++;
    // A file that could not even be loaded has no tests to count.
    if (status === 'failed' && assertionResults.every(({ status: outcome }) => outcome !== 'failed')) failures.push(`${path}: ${message}`), failed++;
  }
  return code !== 0 && failed === 0 ? `exit status ${code}` : undefined;
}
