// What the monitor page asks of whoever runs the engine: the worker's client in the product, a script in tests.
// Compared with the worker's client by shape in main.tsx.
import type { Bytes } from '../engine/core/units.ts';
import type { Result } from '../engine/core/result.ts';
import type { Alert } from '../engine/monitor/alerts.ts';
import type { ColumnMapping, MappingGuess } from '../engine/monitor/log/columns.ts';
import type { MalformedSummary } from '../engine/monitor/log/encode.ts';
import type { PowerPoint } from '../engine/monitor/power.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { RedTeamRequest, RedTeamResult } from '../engine/monitor/red-team.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import type { KnownTrigger, SearchResult } from '../engine/monitor/search-log.ts';
import type { DroppedFile } from './client.ts';

export interface LogFiles {
  readonly name: string;
  readonly files: readonly DroppedFile[];
}

export interface LogDescription extends MappingGuess {
  readonly name: string;
  readonly formats: readonly string[];
  readonly bytes: Bytes;
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

export interface PowerResult {
  readonly subjects: readonly string[];
  readonly subject: string;
  readonly baseline: number;
  readonly curves: readonly { readonly predictions: number; readonly points: readonly PowerPoint[]; readonly smallestVisible: number | undefined }[];
}

/** What a reload brings back. `files` are left out where the log is too large to be copied into the browser's storage. */
export interface KeptCheck {
  readonly profile: Profile;
  readonly view: MonitorView;
  readonly budget: number;
  readonly output: number;
  readonly log: { readonly files?: LogFiles; readonly description: LogDescription; readonly mapping: ColumnMapping };
}

export interface MonitorClient {
  describe(log: LogFiles): Promise<Result<LogDescription>>;
  baseline(request: { readonly log: LogFiles; readonly mapping: ColumnMapping; readonly model: { readonly name?: string; readonly sha256?: string } }, onRows: (rows: number) => void): Promise<Result<{ readonly profile: Profile; readonly malformed: MalformedSummary }>>;
  check(request: CheckRequest, onRows: (rows: number) => void): Promise<Result<MonitorView>>;
  power(request: { readonly profile: Profile; readonly subject: string; readonly budget: number; readonly lengths: readonly number[] }): Promise<Result<PowerResult>>;
  redTeam(profile: Profile, request: RedTeamRequest, onRuns: (runs: number) => void): Promise<Result<RedTeamResult>>;
  search(log: LogFiles, mapping: ColumnMapping, trigger: string): Promise<Result<SearchResult>>;
  /** A baseline file and a log that are served beside the page. */
  sample(): Promise<Result<readonly File[]>>;
  /** The last check, kept in this browser. Both go on silently where it keeps nothing. */
  keep(check: KeptCheck | undefined): Promise<void>;
  kept(): Promise<KeptCheck | undefined>;
  cancel(): void;
}
