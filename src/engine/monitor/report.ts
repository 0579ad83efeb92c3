// What a check says: "assay-monitor/1", for scripts; and the same with the timeline and the map for the page.
import type { Coverage } from '../core/finding.ts';
import type { Milliseconds, Probability } from '../core/units.ts';
import type { Alert, MonitorState } from './alerts.ts';
import type { MalformedSummary } from './log/encode.ts';
import type { WindowSummary } from './sequence/window-tests.ts';
import type { Timeline } from './timeline.ts';

export const MONITOR_SCHEMA = 'assay-monitor/1';

export interface MonitorReport {
  readonly schema: typeof MONITOR_SCHEMA;
  readonly tool: { readonly name: string; readonly version: string };
  readonly log: { readonly name: string; readonly rows: number; readonly from?: Milliseconds; readonly to?: Milliseconds; readonly malformed: MalformedSummary };
  readonly baseline: { readonly name: string; readonly rows: number; readonly model: { readonly name?: string; readonly sha256?: string } };
  readonly options: { readonly budget: number; readonly window: number; readonly level: Probability; readonly falseDiscoveryRate: Probability; readonly seed: number };
  readonly state: MonitorState;
  /** The budget's promise for a log of this length: at most so many false alarms of the sequential monitors, on average. */
  readonly falseAlarmsAllowed: number;
  readonly alerts: readonly Alert[];
  readonly monitors: readonly Coverage[];
  /** The fixed-window test beside the sequential ones; absent for a regressor. Single windows are left out of files. */
  readonly windows?: Omit<WindowSummary, 'results'>;
  /** Triggers that an audit found and that were looked for in the prompts; also those that none of them holds. */
  readonly triggers?: readonly { readonly trigger: string; readonly holding: number; readonly tested?: string; readonly pValue: Probability }[];
  readonly classes: readonly { readonly label: string; readonly count: number; readonly share: number; readonly baselineShare: number }[];
}

export interface MapPoint {
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly output: number;
  readonly score: number;
  readonly latency: number;
  readonly confidence: number;
  /** Index into clusters, -1 where in none. */
  readonly cluster: number;
}

export interface MonitorView {
  readonly report: MonitorReport;
  readonly timeline: Timeline;
  readonly windows: WindowSummary | undefined;
  readonly labels: readonly string[];
  readonly sources: readonly string[];
  readonly map: readonly MapPoint[];
  readonly clusters: readonly { readonly id: string; readonly output: number; readonly estimatedRows: number }[];
}
