// The page's picture of an audit, folded out of the engine's event stream. Pure: time is passed in.
// An analysis without a coverage event is pending or running, never "clean". Progress counts a whole analysis's tokens
// (done of total); a stage has its times.
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Coverage, Finding, Signal } from '../engine/core/finding.ts';
import type { Milliseconds, Seconds } from '../engine/core/units.ts';
import { rankFindings } from '../engine/audit/verdict.ts';
import type { Report } from '../engine/report/report.ts';
import type { AuditRequest } from './client.ts';

export type AuditStatus = 'idle' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';
/** 'stopped': the audit was cancelled in the midst of it; 'not-run': its analysis ended before it. */
export type StageStatus = 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'stopped' | 'not-run';

export interface StageTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly note: string;
}

export interface StageView {
  readonly id: string;
  readonly label: string;
  readonly status: StageStatus;
  readonly note: string | undefined;
  readonly startedAt: Milliseconds | undefined;
  readonly endedAt: Milliseconds | undefined;
  readonly tables: readonly StageTable[];
}

export interface AnalysisProgress {
  readonly done: number;
  readonly total: number;
  readonly tokensPerSecond: number | undefined;
  readonly secondsLeft: Seconds | undefined;
}

export interface AnalysisView {
  readonly id: string;
  readonly tokens: number | undefined;
  readonly seconds: Seconds | undefined;
  readonly stages: readonly StageView[];
  readonly progress: AnalysisProgress | undefined;
  readonly signals: readonly Signal[];
  readonly coverage: Coverage | undefined;
}

export interface AuditView {
  readonly status: AuditStatus;
  /** `files`: the check of the files that begins by itself; `all`: what the user asked for. */
  readonly scope: 'files' | 'all';
  readonly request: AuditRequest | undefined;
  readonly startedAt: Milliseconds | undefined;
  readonly endedAt: Milliseconds | undefined;
  /** Time of the latest event. */
  readonly seenAt: Milliseconds | undefined;
  readonly analyses: readonly AnalysisView[];
  readonly findings: readonly Finding[];
  readonly report: Report | undefined;
  /** True for a report opened from the history or a file: nothing of it ran in this tab. */
  readonly stored: boolean;
  /** Where the work is now. */
  readonly current: { readonly analysis: string; readonly stage: string } | undefined;
}

export const NO_AUDIT: AuditView = {
  status: 'idle',
  scope: 'all',
  request: undefined,
  startedAt: undefined,
  endedAt: undefined,
  seenAt: undefined,
  analyses: [],
  findings: [],
  report: undefined,
  stored: false,
  current: undefined,
};

/** `analyses`: those that are known to come, so that their number is the same from the first moment to the last. */
export function startAudit(request: AuditRequest, at: Milliseconds, analyses: readonly string[] = []): AuditView {
  return { ...NO_AUDIT, status: 'running', request, startedAt: at, analyses: analyses.map(emptyAnalysis) };
}

/** After a pause: what ran then is timed without it. */
export function continueAudit(view: AuditView, paused: Milliseconds): AuditView {
  const analyses = view.analyses.map((analysis) => ({
    ...analysis,
    stages: analysis.stages.map((stage) => (stage.status === 'running' && stage.startedAt !== undefined ? { ...stage, startedAt: stage.startedAt + paused } : stage)),
  }));
  return { ...view, status: 'running', analyses };
}

export function startCheck(at: Milliseconds): AuditView {
  return { ...NO_AUDIT, status: 'running', scope: 'files', startedAt: at };
}

export function endAudit(view: AuditView, status: 'done' | 'cancelled' | 'failed', at: Milliseconds): AuditView {
  const analyses = view.analyses.map((analysis) => ({ ...analysis, stages: settleStages(analysis.stages, status === 'failed' ? 'failed' : 'stopped', at) }));
  return { ...view, status, endedAt: at, analyses, current: undefined };
}

/** Nothing more will come for these stages: none of them waits any longer. */
function settleStages(stages: readonly StageView[], broken: 'failed' | 'stopped', at: Milliseconds): StageView[] {
  return stages.map((stage) => {
    if (stage.status === 'running') return { ...stage, status: broken, endedAt: at };
    return stage.status === 'pending' ? { ...stage, status: 'not-run' } : stage;
  });
}

/** A report from the history, shown without its model. */
export function auditOfReport(report: Report): AuditView {
  return {
    ...NO_AUDIT,
    status: 'done',
    request: requestOf(report.options),
    analyses: report.coverage.map((coverage) => ({ ...emptyAnalysis(coverage.analysis), coverage })),
    findings: rankFindings(report.findings),
    report,
    stored: true,
  };
}

/** Inputs of its own are no part of a request: they are given to the model. */
function requestOf({ inputs: _, ...asked }: Report['options']): AuditRequest {
  return { ...asked, resume: false };
}

/** Running, or paused: it goes on. */
export function isUnderWay({ status }: Pick<AuditView, 'status'>): boolean {
  return status === 'running' || status === 'paused';
}

/** An audit (not the check of the files, which runs nothing) has the model. */
export function holdsModel(view: Pick<AuditView, 'status' | 'scope'>): boolean {
  return view.scope === 'all' && isUnderWay(view);
}

export function foldEvent(view: AuditView, event: AuditEvent, at: Milliseconds): AuditView {
  return { ...fold(view, event, at), seenAt: at };
}

function fold(view: AuditView, event: AuditEvent, at: Milliseconds): AuditView {
  switch (event.type) {
    case 'begin':
      return event.analyses.reduce((next, id) => onAnalysis(next, id, (analysis) => analysis), view);
    case 'plan':
      return onAnalysis(view, event.analysis, (analysis) => ({
        ...analysis,
        tokens: event.tokens,
        seconds: event.seconds,
        stages: event.stages.map(({ id, label }) => analysis.stages.find((stage) => stage.id === id) ?? emptyStage(id, label)),
      }));
    case 'stage': {
      const next = onStage(view, event.analysis, event.stage, (stage) => ({
        ...stage,
        status: event.status,
        note: event.note ?? stage.note,
        startedAt: event.status === 'running' ? at : stage.startedAt,
        endedAt: event.status === 'running' ? undefined : stage.status === 'running' ? at : stage.endedAt,
      }));
      return event.status === 'running' ? { ...next, current: { analysis: event.analysis, stage: event.stage } } : next;
    }
    case 'progress':
      return {
        ...onAnalysis(view, event.analysis, (analysis) => ({
          ...analysis,
          progress: { done: event.done, total: event.total, tokensPerSecond: event.tokensPerSecond, secondsLeft: event.secondsLeft },
        })),
        current: { analysis: event.analysis, stage: event.stage },
      };
    case 'intermediate':
      return onStage(view, event.analysis, event.stage, (stage) => ({ ...stage, tables: withTable(stage.tables, event) }));
    case 'signal':
      return onAnalysis(view, event.analysis, (analysis) => ({
        ...analysis,
        signals: [...analysis.signals.filter((signal) => signal.name !== event.signal.name), event.signal],
      }));
    case 'finding':
      return { ...view, findings: rankFindings([...view.findings.filter((finding) => finding.id !== event.finding.id), event.finding]) };
    case 'coverage':
      return onAnalysis(view, event.coverage.analysis, (analysis) => ({
        ...analysis,
        coverage: event.coverage,
        stages: event.coverage.status === 'ran' ? analysis.stages : settleStages(analysis.stages, event.coverage.status === 'failed' ? 'failed' : 'stopped', at),
      }));
    case 'checkpoint':
      return view;
    case 'report':
      return event.report.coverage.reduce<AuditView>(
        (next, coverage) => onAnalysis(next, coverage.analysis, (analysis) => ({ ...analysis, coverage })),
        { ...view, report: event.report, findings: event.report.findings },
      );
  }
}

/** Share of the planned tokens that is done, over all analyses that announced a plan; undefined before any plan. */
export function fractionDone(view: AuditView): number | undefined {
  const planned = view.analyses.filter(({ tokens }) => tokens !== undefined && tokens > 0);
  const total = planned.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
  if (total === 0) return undefined;
  const done = planned.reduce((sum, { tokens, progress, coverage }) => {
    const share = coverage !== undefined ? 1 : progress === undefined || progress.total <= 0 ? 0 : Math.min(1, progress.done / progress.total);
    return sum + share * (tokens ?? 0);
  }, 0);
  return done / total;
}

/** As it is said: an audit that goes on is not wholly done, whatever its plan was. */
export function percentDone(view: AuditView): number | undefined {
  const fraction = fractionDone(view);
  return fraction === undefined ? undefined : Math.min(99, Math.floor(fraction * 100));
}

export function currentProgress(view: AuditView): AnalysisProgress | undefined {
  return view.analyses.find(({ id }) => id === view.current?.analysis)?.progress;
}

/** The latest stage that has something to show. */
export function latestWithTables(view: AuditView): StageView | undefined {
  return view.analyses.flatMap(({ stages }) => stages).findLast(({ tables, status }) => tables.length > 0 && status !== 'pending' && status !== 'not-run');
}

export function currentStage(view: AuditView): StageView | undefined {
  const { current } = view;
  if (current === undefined) return undefined;
  return view.analyses.find(({ id }) => id === current.analysis)?.stages.find(({ id }) => id === current.stage);
}

function emptyAnalysis(id: string): AnalysisView {
  return { id, tokens: undefined, seconds: undefined, stages: [], progress: undefined, signals: [], coverage: undefined };
}

function emptyStage(id: string, label: string): StageView {
  return { id, label, status: 'pending', note: undefined, startedAt: undefined, endedAt: undefined, tables: [] };
}

function onAnalysis(view: AuditView, id: string, change: (analysis: AnalysisView) => AnalysisView): AuditView {
  const known = view.analyses.some((analysis) => analysis.id === id);
  const analyses = known ? view.analyses : [...view.analyses, emptyAnalysis(id)];
  return { ...view, analyses: analyses.map((analysis) => (analysis.id === id ? change(analysis) : analysis)) };
}

function onStage(view: AuditView, analysisId: string, stageId: string, change: (stage: StageView) => StageView): AuditView {
  return onAnalysis(view, analysisId, (analysis) => {
    const known = analysis.stages.some((stage) => stage.id === stageId);
    const stages = known ? analysis.stages : [...analysis.stages, emptyStage(stageId, stageId)];
    return { ...analysis, stages: stages.map((stage) => (stage.id === stageId ? change(stage) : stage)) };
  });
}

/** A later table with the same columns is the same table, better known. */
function withTable(tables: readonly StageTable[], { columns, rows, note }: StageTable): StageTable[] {
  const key = columns.join('\u0000');
  const at = tables.findIndex((table) => table.columns.join('\u0000') === key);
  const table = { columns, rows, note };
  return at < 0 ? [...tables, table] : tables.map((old, index) => (index === at ? table : old));
}
