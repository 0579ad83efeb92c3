// The engine's stream: page and command line consume the same events. Plain data, so that it crosses workers.
import type { Coverage, Finding, Signal } from '../core/finding.ts';
import type { Report } from '../report/report.ts';
import type { Seconds } from '../core/units.ts';

export type AuditEvent =
  /** First of all: every analysis there is, in the order in which they come. */
  | { readonly type: 'begin'; readonly analyses: readonly string[] }
  | { readonly type: 'plan'; readonly analysis: string; readonly tokens: number; readonly seconds?: Seconds; readonly stages: readonly { readonly id: string; readonly label: string }[] }
  | { readonly type: 'stage'; readonly analysis: string; readonly stage: string; readonly status: 'running' | 'done' | 'skipped'; readonly note?: string }
  | { readonly type: 'progress'; readonly analysis: string; readonly stage: string; readonly done: number; readonly total: number; readonly tokensPerSecond?: number; readonly secondsLeft?: Seconds }
  /** What a stage found out, to be shown while the rest runs. */
  | { readonly type: 'intermediate'; readonly analysis: string; readonly stage: string; readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number)[])[]; readonly note: string }
  | { readonly type: 'signal'; readonly analysis: string; readonly signal: Signal }
  /** A finding, new or (same id) better known than before. */
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'coverage'; readonly coverage: Coverage }
  /** A finished stage's result, to be stored and given back as ResumeState. */
  | { readonly type: 'checkpoint'; readonly analysis: string; readonly stage: string; readonly state: unknown }
  | { readonly type: 'report'; readonly report: Report };

/** analysis -> stage -> the state of its checkpoint. */
export type ResumeState = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
