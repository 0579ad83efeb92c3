// Reports kept in this browser.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, Result } from '../engine/core/result.ts';
import type { Report } from '../engine/report/report.ts';
import type { AssayClient, StoredReportSummary } from './client.ts';

export interface HistoryState {
  readonly reports: readonly StoredReportSummary[];
  readonly failure: Failure | undefined;
  refresh(): Promise<void>;
  load(id: string): Promise<Result<Report>>;
  remove(id: string): Promise<void>;
}

/** Of an audit that ended before its time (workers/client.ts names them so). */
export function isStopped({ id }: Pick<StoredReportSummary, 'id'>): boolean {
  return id.startsWith('stopped/');
}

/** Every file that is opened is checked and kept: apart, so that audits of behaviour are found among them. */
export function splitReports(reports: readonly StoredReportSummary[]): { readonly audited: readonly StoredReportSummary[]; readonly checked: readonly StoredReportSummary[] } {
  return { audited: reports.filter((report) => !isOnlyChecked(report)), checked: reports.filter(isOnlyChecked) };
}

function isOnlyChecked(report: StoredReportSummary): boolean {
  return report.filesOnly && !isStopped(report);
}

export function createHistory(client: AssayClient): StoreApi<HistoryState> {
  return createStore<HistoryState>((set, get) => ({
    reports: [],
    failure: undefined,
    refresh: async () => {
      const result = await client.listReports();
      if (result.kind === 'ok') set({ reports: [...result.value].sort((a, b) => b.savedAt - a.savedAt), failure: undefined });
      else set({ failure: result });
    },
    load: (id) => client.loadReport(id),
    remove: async (id) => {
      const result = await client.removeReport(id);
      if (result.kind !== 'ok') set({ failure: result });
      await get().refresh();
    },
  }));
}
