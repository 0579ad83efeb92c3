// What the monitor page asks of whoever runs the engine: the worker's client in the product, a script in tests.
// Compared with the worker's client by shape in main.tsx.
import type { Result } from '../engine/core/result.ts';
import type { ColumnMapping } from '../engine/monitor/log/columns.ts';
import type { MalformedSummary } from '../engine/monitor/log/encode.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { RedTeamRequest, RedTeamResult } from '../engine/monitor/red-team.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import type { SearchResult } from '../engine/monitor/search-log.ts';
import type { CheckRequest, KeptCheck, LogDescription, LogFiles, PowerResult } from '../workers/monitor-protocol.ts';

export type { CheckRequest, KeptCheck, LogDescription, LogFiles, PowerResult } from '../workers/monitor-protocol.ts';

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
