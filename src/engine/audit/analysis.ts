// The one shape of every analysis, and what it is given. Rules, probes and detectors each stand in their own folder.
import type { Artifact } from '../artifact/artifact.ts';
import type { ChatTemplate, Tokenizer } from '../artifact/tokenizer.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { BudgetName } from '../core/finding.ts';
import type { Clock } from '../core/host.ts';
import type { Report, ReportFile } from '../report/report.ts';
import type { CausalLm } from '../runtime/causal-lm.ts';
import type { AuditEvent, ResumeState } from './events.ts';

export interface RunnableCausalLm {
  readonly task: 'causal-lm';
  readonly model: CausalLm;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
}

export type Runnable = RunnableCausalLm;

export interface AuditOptions {
  readonly budget: BudgetName;
  readonly seed: number;
  /** Analyses by id; all that apply where undefined. */
  readonly analyses?: readonly string[];
}

export interface AuditContext {
  readonly artifact: Artifact;
  readonly runnable: Runnable | undefined;
  /** Why there is no runnable, in the user's words. */
  readonly notRunnable?: string;
  /** Path, size, hash and format of every file of the drop. */
  readonly files: readonly ReportFile[];
  readonly environment: Report['environment'];
  readonly options: AuditOptions;
  readonly signal: CancelSignal;
  readonly clock: Clock;
  /** Finished stages of an interrupted audit of the same artifact, budget and seed. */
  readonly resume?: ResumeState;
}

export interface Analysis {
  /** Stable, kebab-case: 'trigger-scan'. */
  readonly id: string;
  readonly label: string;
  /** What it can miss, for coverage and report. */
  readonly limits: string;
  /** Undefined where it applies, else the reason it does not. */
  inapplicable(context: AuditContext): string | undefined;
  run(context: AuditContext, emit: (event: AuditEvent) => void): Promise<void>;
}
