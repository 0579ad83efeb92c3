// The state of each analysis for the coverage bar.
import { PROBED } from '../engine/audit/registry.ts';
import { isAbsent, isStoppedEntry, type Coverage, type Task } from '../engine/core/finding.ts';
import { isUnderWay, type AuditView } from './audit-reducer.ts';

export interface CoverageEntry {
  readonly analysis: string;
  /** 'absent': the files hold nothing that it could be about; 'stopped': the user cancelled the audit before it had ended. */
  readonly state: 'ran' | 'running' | 'pending' | 'skipped' | 'absent' | 'stopped' | 'failed';
}

/** `task`: of the model that is open, where it is known: a probe of another kind of model does not apply, asked for or not. */
export function coverageCells(view: AuditView, task?: Task): CoverageEntry[] {
  const live = isUnderWay(view);
  return view.analyses.map((analysis) => {
    if (analysis.coverage !== undefined) return { analysis: analysis.id, state: endedState(analysis.coverage, task) };
    if (isOfOther(analysis.id, task)) return { analysis: analysis.id, state: 'absent' };
    if (!live) return { analysis: analysis.id, state: 'skipped' };
    const begun = analysis.stages.some((stage) => stage.status !== 'pending');
    return { analysis: analysis.id, state: begun ? 'running' : 'pending' };
  });
}

function endedState(coverage: Coverage, task: Task | undefined): CoverageEntry['state'] {
  if (isStoppedEntry(coverage)) return 'stopped';
  return isAbsent(coverage) || (coverage.status === 'skipped' && isOfOther(coverage.analysis, task)) ? 'absent' : coverage.status;
}

/** As they are told: what ran on the model's behaviour, what was not tested or failed, what else ran; apart, what does not apply. */
export function coverageOrder(cells: readonly CoverageEntry[]): { readonly told: readonly CoverageEntry[]; readonly absent: readonly CoverageEntry[] } {
  const told = cells.filter(({ state }) => state !== 'absent').map((cell) => ({ cell, rank: rankOf(cell) }));
  return { told: told.toSorted((a, b) => a.rank - b.rank).map(({ cell }) => cell), absent: cells.filter(({ state }) => state === 'absent') };
}

function rankOf({ analysis, state }: CoverageEntry): number {
  if (state !== 'ran' && state !== 'running') return 1;
  return PROBED.has(analysis) ? 0 : 2;
}

function isOfOther(analysis: string, task: Task | undefined): boolean {
  const wanted = PROBED.get(analysis);
  // Of a model that is for none of the probes nobody knows what it does: not tested.
  const known = [...PROBED.values()].some((probed) => probed === task);
  return known && wanted !== undefined && wanted !== task;
}
