// The report's JSON contract, version 1. Scripts rely on it: change it only with a new schema string and a line in CHANGELOG.md.
import type { BudgetName, Coverage, Finding, Task, Verdict } from '../core/finding.ts';
import type { Bytes, Probability } from '../core/units.ts';

export const REPORT_SCHEMA = 'assay-report/1';

export interface ReportFile {
  readonly path: string;
  readonly bytes: Bytes;
  readonly sha256: string;
  readonly format: string;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly tool: { readonly name: 'assay'; readonly version: string };
  readonly environment: { readonly backend: string; readonly threads: number; readonly adapter: string };
  readonly subject: { readonly name: string; readonly task: Task; readonly architecture: string; readonly parameters: number; readonly files: readonly ReportFile[] };
  readonly options: { readonly budget: BudgetName; readonly seed: number };
  readonly verdict: Verdict;
  readonly score: Probability;
  /** Most suspicious first. */
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
}
