// Findings + coverage -> the report (assay-report/1).
import type { AnalysisContext } from '../audit/analysis.ts';
import { judge, rankFindings } from '../audit/verdict.ts';
import type { Coverage, Finding } from '../core/finding.ts';
import { notInspected, withInspection } from './inspection-of.ts';
import { REPORT_SCHEMA, UNKNOWN_ARCHITECTURE, type Report } from './report.ts';

export const TOOL = { name: 'assay', version: '0.1.0' } as const;

export function buildReport(
  findings: readonly Finding[],
  coverage: readonly Coverage[],
  staticAnalyses: ReadonlySet<string>,
  { artifact, runnable, meantFor, files, environment, options, inputs, inspection }: AnalysisContext,
): Report {
  const { verdict, score } = judge(findings, coverage, staticAnalyses, notInspected(inspection));
  const { backend, threads, adapter } = environment;
  return {
    schema: REPORT_SCHEMA,
    tool: TOOL,
    environment: { backend, threads, adapter },
    subject: {
      name: artifact.name,
      task: runnable?.task ?? meantFor ?? 'other',
      architecture: artifact.architecture ?? UNKNOWN_ARCHITECTURE,
      parameters: artifact.parameters ?? 0,
      files: withInspection(files, inspection),
      ...(artifact.leftOut === undefined ? {} : { leftOut: artifact.leftOut }),
    },
    options: { budget: options.budget, seed: options.seed, ...(options.candidates === undefined ? {} : { candidates: options.candidates }), ...(inputs === undefined ? {} : { inputs }) },
    verdict,
    score,
    findings: rankFindings(findings),
    coverage,
  };
}
