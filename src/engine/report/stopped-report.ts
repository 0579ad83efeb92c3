// The report of an audit that was stopped before its end: what had been found, and for everything that had not ended that it
// did not. It can convict (a proof is a proof), and never clear.
import { ofAnotherKind } from '../audit/not-run.ts';
import { judge, rankFindings } from '../audit/verdict.ts';
import { isLeftOut, type Coverage, type Finding, type Task } from '../core/finding.ts';
import { unreadPaths } from './inspection-of.ts';
import type { Report } from './report.ts';

export interface Stopped extends Pick<Report, 'environment' | 'options'> {
  /** As far as they had come. */
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
  /** Why an analysis has not ended, in the user's words. */
  readonly why: (analysis: string) => string;
  /** Of the model that was run: probes of other kinds of model would not have applied. */
  readonly task?: Task;
}

/** `checked`: what the check of the files had said. */
export function reportOfStopped(checked: Report, { findings, coverage, why, task, environment, options }: Stopped): Report {
  const ended = new Map(coverage.map((entry) => [entry.analysis, entry]));
  // The check of the files leaves the probes to the audit.
  const all = checked.coverage.map((entry): Coverage => ended.get(entry.analysis) ?? (isLeftOut(entry) ? { ...entry, ...stoppedEntry(entry.analysis, why, task) } : entry));
  const files = new Set(checked.coverage.filter((entry) => !isLeftOut(entry)).map(({ analysis }) => analysis));
  const { verdict, score } = judge(findings, all, files, unreadPaths(checked.subject.files));
  const subject = task === undefined ? checked.subject : { ...checked.subject, task };
  return { ...checked, subject, environment, options, findings: rankFindings(findings), coverage: all, score, verdict: verdict === 'no-evidence' ? 'not-tested' : verdict };
}

function stoppedEntry(analysis: string, why: Stopped['why'], task: Task | undefined): Pick<Coverage, 'status' | 'reason'> {
  const reason = task === undefined ? undefined : ofAnotherKind(analysis, task);
  return reason === undefined ? { status: 'failed', reason: why(analysis) } : { status: 'skipped', reason };
}
