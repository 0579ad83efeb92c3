// Findings + coverage -> the report (assay-report/1).
import { judge, rankFindings } from '../audit/verdict.ts';
import type { Coverage, Finding } from '../core/finding.ts';
import { REPORT_SCHEMA, type Report } from './report.ts';

export type ReportSubject = Report['subject'];

export const TOOL = { name: 'assay', version: '0.1.0' } as const;

export function buildReport(
  findings: readonly Finding[],
  coverage: readonly Coverage[],
  staticAnalyses: ReadonlySet<string>,
  setting: { readonly subject: ReportSubject; readonly environment: Report['environment'] },
  options: Report['options'],
): Report {
  const { verdict, score } = judge(findings, coverage, staticAnalyses);
  const { backend, threads, adapter } = setting.environment;
  return {
    schema: REPORT_SCHEMA,
    tool: TOOL,
    environment: { backend, threads, adapter },
    subject: setting.subject,
    options: { budget: options.budget, seed: options.seed },
    verdict,
    score,
    findings: rankFindings(findings),
    coverage,
  };
}
