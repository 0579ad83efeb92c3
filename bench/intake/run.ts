// Static audit of a corpus with expected verdicts, beside what other scanners said of the same files.
//   npx tsx bench/intake/run.ts --corpus DIR [--missed] [--json FILE]
// DIR holds manifest.json: [{file, expected: malicious|suspicious|benign, why, peers: {name: verdict}}].
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { SEVERITIES, type Severity } from '../../src/engine/core/finding.ts';
import type { Report } from '../../src/engine/report/report.ts';
import { inspectPath } from './inspect-path.ts';
import { printTable, type Outcome, type Sample } from './table.ts';

const { values } = parseArgs({ options: { corpus: { type: 'string' }, missed: { type: 'boolean' }, json: { type: 'string' }, only: { type: 'string' } } });
if (values.corpus === undefined) throw new Error('--corpus DIR is needed');

const samples = (JSON.parse(await readFile(join(values.corpus, 'manifest.json'), 'utf8')) as Sample[]).filter(({ file }) => values.only === undefined || file.includes(values.only));
const outcomes: Outcome[] = [];
const begun = performance.now();
const cpu = process.cpuUsage();
for (const sample of samples) {
  const start = performance.now();
  const report = await inspectPath(join(values.corpus, sample.file));
  outcomes.push({ sample, ...summarise(report), milliseconds: performance.now() - start });
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(printTable(outcomes, seconds, values.missed === true));
process.stdout.write(`processor time ${((user + system) / 1e6).toFixed(1)} s\n`);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(outcomes.map(({ sample, ...rest }) => ({ file: sample.file, expected: sample.expected, ...rest })), null, 1));

function summarise(report: Report): Pick<Outcome, 'severity' | 'notInspected' | 'findings' | 'failed'> {
  const severity = report.findings.reduce<Severity | 'none'>((worst, finding) => (worst === 'none' || SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(worst) ? finding.severity : worst), 'none');
  return {
    severity,
    notInspected: report.subject.files.some(({ inspection }) => inspection?.status !== 'inspected'),
    findings: report.findings.map(({ rule, severity: of, title }) => `${of} ${rule} ${title}`),
    failed: report.coverage.filter(({ status }) => status === 'failed').map(({ analysis, reason }) => `${analysis}: ${reason ?? ''}`),
  };
}
