// The state of each analysis for the coverage bar.
import { isAbsent } from '../engine/core/finding.ts';
import type { AuditView } from './audit-reducer.ts';

export interface CoverageEntry {
  readonly analysis: string;
  /** 'absent': the files hold nothing that it could be about. */
  readonly state: 'ran' | 'running' | 'pending' | 'skipped' | 'absent' | 'failed';
}

export function coverageCells(view: AuditView): CoverageEntry[] {
  const live = view.status === 'running' || view.status === 'paused';
  return view.analyses.map((analysis) => {
    if (analysis.coverage !== undefined) return { analysis: analysis.id, state: isAbsent(analysis.coverage) ? 'absent' : analysis.coverage.status };
    if (!live) return { analysis: analysis.id, state: 'skipped' };
    const begun = analysis.stages.some((stage) => stage.status !== 'pending');
    return { analysis: analysis.id, state: begun ? 'running' : 'pending' };
  });
}
