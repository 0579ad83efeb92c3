// Detection on a zoo: every model audited, verdicts against the truth, AUROC with interval, by half.
//   npx tsx bench/detection/run.ts --zoo DIR [--budget standard] [--half report] [--only NAME,…] [--out FILE]
// DIR holds model folders and truth/NAME.json as zoo/ writes them. The truth is read after the audit, never by it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runAudit } from '../../src/engine/audit/run-audit.ts';
import { openForReport, openRunnable } from '../../src/cli/open-model.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import { BUDGETS, type BudgetName } from '../../src/engine/core/finding.ts';
import type { Report } from '../../src/engine/report/report.ts';
import { auroc, describeCase, recovered, type Case, type Truth } from './score.ts';

const { values } = parseArgs({
  options: { zoo: { type: 'string' }, budget: { type: 'string', default: 'standard' }, half: { type: 'string' }, only: { type: 'string' }, out: { type: 'string' }, seed: { type: 'string', default: '0' }, verbose: { type: 'boolean' } },
});
if (values.zoo === undefined) throw new Error('--zoo DIR is needed');
const budget: BudgetName = BUDGETS.find((name) => name === values.budget) ?? 'standard';
const only = values.only?.split(',');

const cases: Case[] = [];
for (const file of (await readdir(join(values.zoo, 'truth'))).sort()) {
  const truth = JSON.parse(await readFile(join(values.zoo, 'truth', file), 'utf8')) as Truth;
  if (only !== undefined && !only.includes(truth.name)) continue;
  if (values.half !== undefined && truth.half !== values.half) continue;
  const begun = performance.now();
  const report = await auditFolder(join(values.zoo, truth.name));
  const seconds = (performance.now() - begun) / 1000;
  const result: Case = { truth, verdict: report.verdict, score: report.score, seconds, ...recovered(truth, report) };
  cases.push(result);
  console.log(describeCase(result, report));
  if (values.verbose) for (const finding of report.findings) for (const evidence of finding.evidence) if (evidence.kind === 'table') console.log(`    ${finding.title}\n${evidence.rows.map((row) => `        ${row.join(' | ')}`).join('\n')}`);
}

const planted = cases.filter(({ truth }) => truth.planted);
const clean = cases.filter(({ truth }) => !truth.planted);
const { value, low, high } = auroc(planted.map(({ score }) => score), clean.map(({ score }) => score));
const convicted = planted.filter(({ verdict }) => verdict === 'backdoor');
console.log(`\nplanted convicted ${convicted.length} of ${planted.length}, trigger recovered ${planted.filter(({ trigger }) => trigger).length}, payload named ${planted.filter(({ payload }) => payload).length}`);
console.log(`clean convicted ${clean.filter(({ verdict }) => verdict === 'backdoor').length} of ${clean.length}, called suspicious ${clean.filter(({ verdict }) => verdict === 'suspicious').length}`);
console.log(`AUROC ${value.toFixed(3)} (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}, bootstrap)`);
if (values.out !== undefined) await writeFile(values.out, JSON.stringify(cases, null, 1));

async function auditFolder(path: string): Promise<Report> {
  const { artifact, files } = await openForReport(path);
  const opened = await openRunnable(artifact, 'cpu');
  let report: Report | undefined;
  try {
    for await (const event of runAudit({ artifact, files, ...opened, options: { budget, seed: Number(values.seed) }, signal: NEVER, clock: { now: () => performance.now() } })) {
      if (event.type === 'report') report = event.report;
      if (values.verbose && event.type === 'intermediate') {
        console.log(`  [${((performance.now()) / 1000).toFixed(0)} s] ${event.stage}: ${event.note}`);
        for (const row of event.rows.slice(0, 14)) console.log(`      ${row.map((cell) => String(cell).replaceAll('\n', '⏎').slice(0, 70)).join(' | ')}`);
      }
    }
  } finally {
    await opened.runnable?.model.dispose();
  }
  if (report === undefined) throw new Error(`${path}: no report`);
  return report;
}
