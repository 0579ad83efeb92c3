// The state of each analysis for the coverage bar.
import type { Coverage } from '../engine/core/finding.ts';
import type { AuditView } from './audit-reducer.ts';

export interface CoverageEntry {
  readonly analysis: string;
  /** 'absent': the files hold nothing that it could be about. */
  readonly state: 'ran' | 'running' | 'pending' | 'skipped' | 'absent' | 'failed';
}

/** Reasons of what has nothing to be about begin so, by custom of all analyses: 'no notebooks', 'no image classifier: …'. */
function applied({ status, reason }: Coverage): boolean {
  return status !== 'skipped' || reason?.startsWith('no ') !== true;
}

export function coverageCells(view: AuditView): CoverageEntry[] {
  const live = view.status === 'running' || view.status === 'paused';
  return view.analyses.map((analysis) => {
    if (analysis.coverage !== undefined) return { analysis: analysis.id, state: applied(analysis.coverage) ? analysis.coverage.status : 'absent' };
    if (!live) return { analysis: analysis.id, state: 'skipped' };
    const begun = analysis.stages.some((stage) => stage.status !== 'pending');
    return { analysis: analysis.id, state: begun ? 'running' : 'pending' };
  });
}
