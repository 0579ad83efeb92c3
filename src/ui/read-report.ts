// A stored report given back as a file. Only the version this page writes is taken, and only where its verdict follows from what
// it holds: reports come by mail.
import type { Report } from '../engine/report/report.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { judge } from '../engine/audit/verdict.ts';
import { SEVERITIES } from '../engine/core/finding.ts';
import { unreadPaths } from '../engine/report/inspection-of.ts';
import { REPORT_SCHEMA } from '../engine/report/report.ts';

const MAX_REPORT_BYTES = 64 * 2 ** 20;
const REPORT_FAMILY = 'assay-report';

/** Undefined: no report at all. A string: one that cannot be taken, and why. */
export async function parseReport(file: Blob): Promise<Report | string | undefined> {
  if (file.size > MAX_REPORT_BYTES) return undefined;
  // A config.json is JSON as well: look before parsing it all.
  const head = await file.slice(0, 4096).text();
  if (!head.includes(REPORT_FAMILY)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch {
    return 'it is no JSON: cut off or changed';
  }
  if (!isRecord(value) || value['schema'] !== REPORT_SCHEMA) return `its schema is ${isRecord(value) ? String(value['schema']).slice(0, 40) : 'missing'}; this page reads ${REPORT_SCHEMA}`;
  const problem = problemOf(value);
  if (problem !== undefined) return problem;
  const report = value as unknown as Report;
  // A verdict is what findings and coverage say: one that was written over them is none.
  const { verdict } = judge(report.findings, report.coverage, new Set(STATIC), unreadPaths(report.subject.files));
  // An audit that was stopped clears nothing (engine/report/stopped-report.ts).
  const stopped = report.verdict === 'not-tested' && verdict === 'no-evidence';
  return verdict === report.verdict || stopped ? report : `it says “${report.verdict}”, and its findings and coverage say “${verdict}”`;
}

/** The first field that is not as a report has it; what the page draws is looked at, the evidence is drawn with care. */
function problemOf({ subject, options, findings, coverage, verdict, environment }: Record<string, unknown>): string | undefined {
  if (!isRecord(subject) || typeof subject['name'] !== 'string' || !Array.isArray(subject['files']) || !subject['files'].every(isFile)) return 'subject: expected name, and files with path, bytes and sha256';
  if (!isRecord(options) || typeof options['budget'] !== 'string' || typeof options['seed'] !== 'number') return 'options: expected budget and seed';
  if (!isRecord(environment)) return 'environment: expected backend and threads';
  if (typeof verdict !== 'string') return 'verdict: expected text';
  if (!Array.isArray(coverage) || !coverage.every((entry) => isRecord(entry) && typeof entry['analysis'] === 'string' && ['ran', 'skipped', 'failed'].includes(String(entry['status'])))) return 'coverage: expected a list of analyses with their status';
  if (!Array.isArray(findings)) return 'findings: expected a list';
  const bad = findings.findIndex((finding) => !isFinding(finding));
  return bad < 0 ? undefined : `findings[${bad}]: expected id, title, severity, confidence from 0 to 1, signals and evidence`;
}

function isFile(file: unknown): boolean {
  return isRecord(file) && typeof file['path'] === 'string' && typeof file['bytes'] === 'number' && typeof file['sha256'] === 'string';
}

function isFinding(finding: unknown): boolean {
  if (!isRecord(finding)) return false;
  const { id, rule, title, severity, confidence, location, signals, evidence } = finding;
  return (
    typeof id === 'string' && typeof rule === 'string' && typeof title === 'string' && SEVERITIES.some((known) => known === severity) &&
    typeof confidence === 'number' && confidence >= 0 && confidence <= 1 && isRecord(location) &&
    Array.isArray(signals) && signals.every((signal) => isRecord(signal) && typeof signal['name'] === 'string' && typeof signal['value'] === 'number') &&
    Array.isArray(evidence) && evidence.every((one) => isRecord(one) && typeof one['kind'] === 'string' && typeof one['title'] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
