// Hashing and static audit of large files against sha256sum on the same machine, one after the other, with peak memory.
//   npx tsx bench/intake/speed.ts FILE…
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { nodeHasher } from '../../src/adapters/node-hasher.ts';
import { openPath } from '../../src/adapters/node-files.ts';
import { hashFiles } from '../../src/engine/artifact/hash-files.ts';
import { inspectPath } from './inspect-path.ts';

const ROUNDS = 3;

for (const file of process.argv.slice(2)) {
  const rows: { sum: number; hash: number; audit: number }[] = [];
  let peak = 0;
  let severity = '';
  for (let round = 0; round < ROUNDS; round++) {
    const sum = timed(() => spawnSync('sha256sum', [file]));
    const begun = performance.now();
    await hashFiles((await openPath(file)).files, nodeHasher);
    const hash = (performance.now() - begun) / 1000;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
    const start = performance.now();
    const report = await inspectPath(file);
    const audit = (performance.now() - start) / 1000;
    clearInterval(timer);
    peak = Math.max(peak, process.memoryUsage.rss());
    severity = `${report.verdict}, ${report.findings.filter(({ severity: of }) => of !== 'info').length} findings`;
    rows.push({ sum, hash, audit });
  }
  const median = (key: 'sum' | 'hash' | 'audit'): number => rows.map((row) => row[key]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  process.stdout.write(`${file.split('/').at(-1)}: sha256sum ${median('sum').toFixed(2)} s, hashed ${median('hash').toFixed(2)} s, hashed and audited ${median('audit').toFixed(2)} s (${(median('audit') / median('sum')).toFixed(2)} x), peak memory ${Math.round(peak / 2 ** 20)} MB, ${severity}\n`);
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}
