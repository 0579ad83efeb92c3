// The report of an audit that was stopped before its end: what had been found, and for everything that had not ended that it
// did not. It can convict (a proof is a proof), and never clear.
import { judge, rankFindings } from '../audit/verdict.ts';
import type { Coverage, Finding } from '../core/finding.ts';
import { unreadPaths } from './inspection-of.ts';
import type { Report } from './report.ts';

/** Coverage of the check of files says so of everything that it leaves to the audit (run-audit.ts). */
const LEFT_TO_THE_AUDIT = 'not asked for';

export interface Stopped extends Pick<Report, 'environment' | 'options'> {
  /** As far as they had come. */
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
  /** In the user's words. */
  readonly why: string;
}

/** `checked`: what the check of the files had said. */
export function reportOfStopped(checked: Report, { findings, coverage, why, environment, options }: Stopped): Report {
  const ended = new Map(coverage.map((entry) => [entry.analysis, entry]));
  const isLeft = ({ reason }: Coverage): boolean => reason === LEFT_TO_THE_AUDIT;
  const all = checked.coverage.map((entry): Coverage => ended.get(entry.analysis) ?? (isLeft(entry) ? { ...entry, status: 'failed', reason: why } : entry));
  const files = new Set(checked.coverage.filter((entry) => !isLeft(entry)).map(({ analysis }) => analysis));
  const { verdict, score } = judge(findings, all, files, unreadPaths(checked.subject.files));
  return { ...checked, environment, options, findings: rankFindings(findings), coverage: all, score, verdict: verdict === 'no-evidence' ? 'not-tested' : verdict };
}
