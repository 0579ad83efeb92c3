// Hashing and static audit of large files against sha256sum on the same machine, one after the other, with peak memory.
// Processor time beside the clock: on a machine that others use too, the clock says little.
//   npx tsx bench/intake/speed.ts [--rounds N] FILE…
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { nodeHasher } from '../../src/adapters/node-hasher.ts';
import { openPath } from '../../src/adapters/node-files.ts';
import { hashFiles } from '../../src/engine/artifact/hash-files.ts';
import { inspectPath } from './inspect-path.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '3' } } });
const ROUNDS = Number(values.rounds);

for (const file of positionals) {
  const rows: { sum: number; hash: number; audit: number; sumCpu: number; auditCpu: number }[] = [];
  let peak = 0;
  let severity = '';
  for (let round = 0; round < ROUNDS; round++) {
    let sumCpu = 0;
    const sum = timed(() => (sumCpu = cpuOfSum(file)));
    const begun = performance.now();
    await hashFiles((await openPath(file)).files, nodeHasher);
    const hash = (performance.now() - begun) / 1000;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
    const start = performance.now();
    const cpu = process.cpuUsage();
    const report = await inspectPath(file);
    const audit = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    clearInterval(timer);
    peak = Math.max(peak, process.memoryUsage.rss());
    severity = `${report.verdict}, ${report.findings.filter(({ severity: of }) => of !== 'info').length} findings`;
    rows.push({ sum, hash, audit, sumCpu, auditCpu: (user + system) / 1e6 });
  }
  const median = (key: keyof (typeof rows)[number]): number => rows.map((row) => row[key]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  process.stdout.write(`${file.split('/').at(-1)}: sha256sum ${median('sum').toFixed(2)} s, hashed ${median('hash').toFixed(2)} s, hashed and audited ${median('audit').toFixed(2)} s (${(median('audit') / median('sum')).toFixed(2)} x); processor time ${median('sumCpu').toFixed(2)} s and ${median('auditCpu').toFixed(2)} s (${(median('auditCpu') / median('sumCpu')).toFixed(2)} x); peak memory ${Math.round(peak / 2 ** 20)} MB, ${severity}\n`);
}

/** Processor seconds of sha256sum, user and system together, as bash tells them. */
function cpuOfSum(file: string): number {
  const { stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time sha256sum "$0" > /dev/null', file], { encoding: 'utf8' });
  return stderr.trim().split(/\s+/).map(Number).reduce((sum, value) => sum + value, 0);
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}
