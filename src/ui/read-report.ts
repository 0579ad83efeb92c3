// A stored report given back as a file. Only the version this page writes is taken; anything else is no report.
import type { Report } from '../engine/report/report.ts';
import { REPORT_SCHEMA } from '../engine/report/report.ts';

const MAX_REPORT_BYTES = 64 * 2 ** 20;

export async function parseReport(file: Blob): Promise<Report | undefined> {
  if (file.size > MAX_REPORT_BYTES) return undefined;
  // A config.json is JSON as well: look before parsing it all.
  const head = await file.slice(0, 4096).text();
  if (!head.includes(REPORT_SCHEMA)) return undefined;
  try {
    const value = JSON.parse(await file.text()) as unknown;
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isReport(value: unknown): value is Report {
  if (!isRecord(value) || value['schema'] !== REPORT_SCHEMA) return false;
  const { subject, options, findings, coverage, verdict } = value;
  return (
    isRecord(subject) && typeof subject['name'] === 'string' && Array.isArray(subject['files']) &&
    isRecord(options) && typeof options['budget'] === 'string' && typeof options['seed'] === 'number' &&
    typeof verdict === 'string' &&
    Array.isArray(findings) && findings.every((finding) => isRecord(finding) && typeof finding['id'] === 'string' && Array.isArray(finding['signals']) && Array.isArray(finding['evidence'])) &&
    Array.isArray(coverage) && coverage.every((entry) => isRecord(entry) && typeof entry['analysis'] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
