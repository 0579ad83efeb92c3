// What a check leaves behind: its JSON, the quarantine file, the exit status, and a summary to read.
import { writeFile } from 'node:fs/promises';
import { SEVERITIES, type Severity } from '../engine/core/finding.ts';
import type { MonitorReport } from '../engine/monitor/report.ts';
import type { MonitorArguments } from './monitor-arguments.ts';

export async function writeResults(report: MonitorReport, { json, quarantine, failOn }: Pick<MonitorArguments, 'json' | 'quarantine' | 'failOn'>): Promise<void> {
  if (json !== undefined) await writeText(json, `${JSON.stringify(report, null, 2)}\n`);
  if (quarantine === undefined || exitStatus(report, failOn) !== 1) return;
  const reasons = report.alerts.filter(({ state }) => state !== 'closed').map(({ id, title, severity, since, rows, evidence }) => ({ id, title, severity, rows, evidence, ...(since === undefined ? {} : { since: new Date(since).toISOString() }) }));
  await writeText(quarantine, `${JSON.stringify({ schema: 'assay-quarantine/1', state: report.state, model: report.baseline.model, log: report.log.name, reasons }, null, 2)}\n`);
}

export async function writeText(file: string, text: string): Promise<void> {
  if (file !== '-') return writeFile(file, text);
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
}

/** 1: an alert that nobody closed or acknowledged stands at or above the threshold. 3: a monitor failed, or no row could be read. */
export function exitStatus({ alerts, monitors, log }: MonitorReport, failOn: Severity): number {
  const least = SEVERITIES.indexOf(failOn);
  if (alerts.some(({ state, severity }) => (state === 'open' || state === 'quarantined') && SEVERITIES.indexOf(severity) >= least)) return 1;
  return log.rows === 0 || monitors.some(({ status }) => status === 'failed') ? 3 : 0;
}

export function summary(report: MonitorReport): string {
  const { log, alerts, monitors, windows, options } = report;
  const lines = [
    `${log.name}: ${report.state.replaceAll('-', ' ')} · ${log.rows.toLocaleString('en')} predictions, ${alerts.filter(({ state }) => state !== 'closed').length} alerts`,
    ...alerts.map(({ severity, title, detail, evidence, state }) => `  ${severity.padEnd(8)} ${title}${state === 'open' ? '' : ` (${state})`} · ${evidence.kind === 'e' ? `e = ${evidence.value.toExponential(1)}, alarm at ${evidence.threshold.toExponential(0)}` : `p ${evidence.value === 0 ? '< 1e-300' : `= ${evidence.value.toExponential(1)}`} after correction`}\n           ${detail}`),
    ...(report.triggers ?? []).map(({ trigger, holding, tested, pValue }) => `  audit's trigger “${trigger}”: ${holding === 0 ? 'in no prompt' : `in ${holding.toLocaleString('en')} prompts${tested === undefined ? '' : `, p = ${pValue.toExponential(1)} for ${tested}`}`}`),
    `  sequential monitors: one false alarm in ${Math.round(1 / options.budget).toLocaleString('en')} predictions allowed, so at most ${report.falseAlarmsAllowed.toFixed(2)} on average here`,
    ...(windows === undefined ? [] : [`  fixed windows of ${windows.size}: ${windows.alarms} of ${windows.windows} at p < ${windows.level} (${windows.expectedFalse.toFixed(1)} expected on a clean log), ${windows.alarmsAfterAdjusting} after correction`]),
    ...monitors.filter(({ status }) => status !== 'ran').map(({ analysis, status, reason }) => `  ${analysis} ${status}${reason === undefined ? '' : `: ${reason}`}`),
  ];
  return `${lines.join('\n')}\n${malformedLines(log.malformed)}`;
}

export function malformedLines({ count, reasons, examples }: MonitorReport['log']['malformed']): string {
  if (count === 0) return '';
  const shown = examples.slice(0, 3).map(({ row, reason }) => `    row ${row.toLocaleString('en')}: ${reason}`);
  return [`  ${count.toLocaleString('en')} malformed rows left out: ${reasons.slice(0, 5).map(({ reason, count: n }) => `${reason} (${n})`).join('; ')}`, ...shown, ''].join('\n');
}
