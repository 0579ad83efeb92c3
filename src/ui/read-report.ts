// A stored report given back as a file. Only the version this page writes is taken, and only where its verdict follows from what
// it holds: reports come by mail.
import type { Report } from '../engine/report/report.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { judge } from '../engine/audit/verdict.ts';
import { checkReport } from '../engine/report/check-report.ts';
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
  const problem = checkReport(value);
  if (problem !== undefined) return `${problem.path}: expected ${problem.expected}, found ${problem.found}`;
  const report = value as unknown as Report;
  // A verdict is what findings and coverage say: one that was written over them is none.
  const { verdict } = judge(report.findings, report.coverage, new Set(STATIC), unreadPaths(report.subject.files));
  // An audit that was stopped clears nothing (engine/report/stopped-report.ts).
  const stopped = report.verdict === 'not-tested' && verdict === 'no-evidence';
  return verdict === report.verdict || stopped ? report : `it says “${report.verdict}”, and its findings and coverage say “${verdict}”`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
