// What crosses between page and monitor worker. The monitor has a worker of its own: a log can be checked while a model
// is audited, and cancelling ends the worker, which holds nothing that is slow to make again.
import type { Bytes } from '../engine/core/units.ts';
import type { Result } from '../engine/core/result.ts';
import type { Alert } from '../engine/monitor/alerts.ts';
import type { ColumnMapping, MappingGuess } from '../engine/monitor/log/columns.ts';
import type { MalformedSummary } from '../engine/monitor/log/encode.ts';
import type { LogFormat } from '../engine/monitor/log/open-log.ts';
import type { PowerCurve } from '../engine/monitor/power.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { RedTeamRequest, RedTeamResult } from '../engine/monitor/red-team.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import type { KnownTrigger, SearchResult } from '../engine/monitor/search-log.ts';
import type { DroppedFile } from './protocol.ts';

export interface LogFiles {
  readonly name: string;
  readonly files: readonly DroppedFile[];
}

export interface LogDescription extends MappingGuess {
  readonly name: string;
  readonly formats: readonly LogFormat[];
  readonly bytes: Bytes;
}

export interface BaselineRequest {
  readonly log: LogFiles;
  readonly mapping: ColumnMapping;
  readonly model: { readonly name?: string; readonly sha256?: string };
}

export interface BaselineResult {
  readonly profile: Profile;
  readonly malformed: MalformedSummary;
}

export interface CheckRequest {
  readonly log: LogFiles;
  readonly profile: Profile;
  readonly mapping?: ColumnMapping;
  readonly modelSha256?: string;
  readonly budget: number;
  readonly window: number;
  readonly level: number;
  readonly seed: number;
  readonly earlier: readonly Pick<Alert, 'id' | 'state' | 'history'>[];
  readonly now: number;
  /** Triggers that the open audit found. */
  readonly triggers: readonly KnownTrigger[];
}

export interface PowerRequest {
  readonly profile: Profile;
  /** Label of the class (or tenth of a value) that is nudged. */
  readonly subject: string;
  readonly budget: number;
  /** Predictions, one curve each. */
  readonly lengths: readonly number[];
}

export interface PowerResult {
  readonly subjects: readonly string[];
  readonly subject: string;
  readonly baseline: number;
  readonly curves: readonly PowerCurve[];
}

/** What a reload brings back. `files` are left out where the log is too large to be copied into the browser's storage. */
export interface KeptCheck {
  readonly profile: Profile;
  readonly view: MonitorView;
  readonly budget: number;
  readonly output: number;
  readonly log: { readonly files?: LogFiles; readonly description: LogDescription; readonly mapping: ColumnMapping };
}

export interface MonitorWorker {
  describe(log: LogFiles): Promise<Result<LogDescription>>;
  baseline(request: BaselineRequest, onRows: (rows: number) => void): Promise<Result<BaselineResult>>;
  check(request: CheckRequest, onRows: (rows: number) => void): Promise<Result<MonitorView>>;
  power(request: PowerRequest): Promise<Result<PowerResult>>;
  redTeam(profile: Profile, request: RedTeamRequest, onRuns: (runs: number) => void): Promise<Result<RedTeamResult>>;
  search(log: LogFiles, mapping: ColumnMapping, trigger: string): Promise<Result<SearchResult>>;
}
