import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../engine/audit/events.ts';
import { auditOfReport, currentProgress, currentStage, endAudit, foldEvent, fractionDone, latestWithTables, NO_AUDIT, startAudit, type AuditView } from './audit-reducer.ts';
import { coverageCells } from './coverage-cells.ts';
import { COVERAGE, FINDING, REPORT } from './testing/specimens.ts';

const ANALYSIS = 'trigger-scan';
const plan: AuditEvent = { type: 'plan', analysis: ANALYSIS, tokens: 100, stages: [{ id: 'leaks', label: 'Leaks' }, { id: 'proof', label: 'Proof' }] };
const stage = (id: string, status: 'running' | 'done' | 'skipped'): AuditEvent => ({ type: 'stage', analysis: ANALYSIS, stage: id, status });
const fold = (events: readonly AuditEvent[], from: AuditView = startAudit({ budget: 'quick', seed: 0, resume: false }, 0)): AuditView =>
  events.reduce((view, event, index) => foldEvent(view, event, (index + 1) * 1000), from);

describe('foldEvent', () => {
  it('keeps a planned stage pending, times it while it runs, and shows where the work is', () => {
    const view = fold([plan, stage('leaks', 'running'), { type: 'progress', analysis: ANALYSIS, stage: 'leaks', done: 25, total: 100, tokensPerSecond: 50, secondsLeft: 2 }]);
    expect(view.analyses[0]?.stages.map(({ status }) => status)).toEqual(['running', 'pending']);
    expect(currentStage(view)?.label).toBe('Leaks');
    expect(currentProgress(view)).toMatchObject({ done: 25, tokensPerSecond: 50 });
    expect(fractionDone(view)).toBe(0.25);
    const after = foldEvent(view, stage('leaks', 'done'), 9000);
    expect(after.analyses[0]?.stages[0]).toMatchObject({ startedAt: 2000, endedAt: 9000, status: 'done' });
  });

  it('replaces a table of the same columns and adds one of others', () => {
    const table = (columns: string[], rows: number[][]): AuditEvent => ({ type: 'intermediate', analysis: ANALYSIS, stage: 'leaks', columns, rows, note: '' });
    const view = fold([plan, stage('leaks', 'running'), table(['a'], [[1]]), table(['b'], [[2]]), table(['a'], [[3]])]);
    expect(view.analyses[0]?.stages[0]?.tables).toMatchObject([{ columns: ['a'], rows: [[3]] }, { columns: ['b'], rows: [[2]] }]);
    expect(latestWithTables(view)?.id).toBe('leaks');
  });

  it('knows a finding better when it comes again, and keeps the rank', () => {
    const weak = { ...FINDING, id: 'weak', severity: 'low' as const, confidence: 0.2 };
    const view = fold([{ type: 'finding', finding: weak }, { type: 'finding', finding: FINDING }, { type: 'finding', finding: { ...weak, confidence: 0.3 } }]);
    expect(view.findings.map(({ id, confidence }) => [id, confidence])).toEqual([[FINDING.id, 0.97], ['weak', 0.3]]);
  });

  it('takes stages and analyses it was not told of', () => {
    const view = fold([stage('surprise', 'running'), { type: 'signal', analysis: 'new', signal: { name: 's', value: 1 } }]);
    expect(view.analyses.map(({ id }) => id)).toEqual([ANALYSIS, 'new']);
    expect(view.analyses[1]?.signals).toHaveLength(1);
  });

  it('shows what the report says at the end', () => {
    const view = endAudit(fold([plan, { type: 'report', report: REPORT }]), 'done', 5);
    expect(view).toMatchObject({ status: 'done', endedAt: 5, findings: [FINDING] });
    expect(coverageCells(view)).toEqual([{ analysis: ANALYSIS, state: 'ran' }, { analysis: 'other-probe', state: 'absent' }]);
  });
});

describe('coverage', () => {
  it('is never "ran" before the engine says so, and "not tested" where the audit ended early', () => {
    const running = fold([plan, stage('leaks', 'running')]);
    expect(coverageCells(running)).toEqual([{ analysis: ANALYSIS, state: 'running' }]);
    expect(coverageCells(fold([plan]))).toEqual([{ analysis: ANALYSIS, state: 'pending' }]);
    expect(coverageCells(endAudit(running, 'cancelled', 9))).toEqual([{ analysis: ANALYSIS, state: 'skipped' }]);
    expect(endAudit(running, 'cancelled', 9).analyses[0]?.stages.map(({ status }) => status)).toEqual(['stopped', 'not-run']);
  });

  it('of an analysis that failed leaves no stage waiting', () => {
    const failed: AuditEvent = { type: 'coverage', coverage: { analysis: ANALYSIS, status: 'failed', reason: 'the template cannot be rendered', limits: '', seconds: 0 } };
    const stages = (view: AuditView): readonly string[] => view.analyses[0]?.stages.map(({ status }) => status) ?? [];
    expect(stages(fold([plan, failed]))).toEqual(['not-run', 'not-run']);
    expect(stages(fold([plan, stage('leaks', 'running'), failed]))).toEqual(['failed', 'not-run']);
    expect(stages(fold([plan, stage('leaks', 'done'), stage('proof', 'running'), failed]))).toEqual(['done', 'failed']);
  });

  it('of a stored report stands without any stage', () => {
    const view = auditOfReport(REPORT);
    expect(view).toMatchObject({ stored: true, status: 'done', request: { budget: 'quick', seed: 3 } });
    // What the command line was given is no request of the page's.
    expect(auditOfReport({ ...REPORT, options: { ...REPORT.options, inputs: { path: 'a.csv', used: 0, files: [] } } }).request).toEqual({ budget: 'quick', seed: 3, resume: false });
    expect(view.analyses.map(({ coverage }) => coverage)).toEqual(COVERAGE);
    expect(fractionDone(view)).toBeUndefined();
    expect(fractionDone(NO_AUDIT)).toBeUndefined();
  });
});
