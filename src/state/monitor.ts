// The monitor page without its looks: a baseline, a log, what the check said, what is brushed, what was decided.
// Decisions about alerts are kept in this browser by baseline (its model's hash where it has one) and alert.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { ALERT_STATES, stateOf, step, type Alert, type AlertState, type AlertStep } from '../engine/monitor/alerts.ts';
import type { Finding } from '../engine/core/finding.ts';
import { failureOf, type Failure, type Result } from '../engine/core/result.ts';
import type { ColumnMapping } from '../engine/monitor/log/columns.ts';
import { parseProfile, type Profile } from '../engine/monitor/profile/profile.ts';
import type { RedTeamRequest, RedTeamResult } from '../engine/monitor/red-team.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import { knownTriggersOf, type SearchResult } from '../engine/monitor/search-log.ts';
import { readStored, writeStored, type Host } from './host.ts';
import type { KeptCheck, LogDescription, LogFiles, MonitorClient, PowerResult } from './monitor-client.ts';

export type MonitorMethod = 'sequential' | 'window';
export type LogRole = 'baseline' | 'log';

export interface LoadedLog {
  /** Undefined after a reload, where the log was too large to be kept: what was found stays, another check needs the log. */
  readonly files: LogFiles | undefined;
  readonly description: LogDescription;
  readonly mapping: ColumnMapping;
}

export interface MonitorData {
  readonly status: 'idle' | 'working' | 'done' | 'failed';
  /** What is being done, for the person who waits, and rows so far. */
  readonly work: string;
  readonly rows: number;
  readonly failure: Failure | undefined;
  readonly baselineLog: LoadedLog | undefined;
  readonly profile: Profile | undefined;
  readonly log: LoadedLog | undefined;
  readonly view: MonitorView | undefined;
  readonly method: MonitorMethod;
  /** Stretches of the timeline, both included. */
  readonly brush: readonly [number, number] | undefined;
  readonly hovered: string | undefined;
  /** Class shown in the panels by class; the alert's, else the most frequent. */
  readonly output: number;
  readonly budget: number;
  readonly power: PowerResult | undefined;
  readonly redTeam: { readonly running: boolean; readonly runs: number; readonly result: RedTeamResult | undefined; readonly failure: Failure | undefined };
  readonly search: { readonly running: boolean; readonly trigger: string; readonly result: SearchResult | undefined; readonly failure: Failure | undefined };
}

export interface MonitorStore extends MonitorData {
  /** Brings back the last check after a reload. */
  begin(): Promise<void>;
  /** A baseline file (JSON), or a log for one of the two roles; a check starts when both are there. */
  take(role: LogRole, files: LogFiles): Promise<void>;
  openSample(): Promise<void>;
  remap(role: LogRole, mapping: ColumnMapping): void;
  /** Makes the baseline anew from its log, with the mapping as edited. */
  makeBaseline(): Promise<void>;
  check(): Promise<void>;
  setBudget(budget: number): void;
  setMethod(method: MonitorMethod): void;
  setBrush(brush: readonly [number, number] | undefined): void;
  hover(alert: string | undefined): void;
  showClass(output: number): void;
  showPower(subject: string): Promise<void>;
  decide(alert: string, state: AlertState, reason?: string): string | undefined;
  runRedTeam(request: RedTeamRequest): Promise<void>;
  searchFor(trigger: string): Promise<void>;
  cancel(): void;
  reset(): void;
}

export const WINDOW = 1000;
export const LEVEL = 0.01;
const SEED = 0;
const KEY = 'assay.monitor-alerts';
const POWER_LENGTHS = [10_000, 100_000, 1_000_000];

type Decisions = Readonly<Record<string, readonly Pick<Alert, 'id' | 'state' | 'history'>[]>>;

const EMPTY: MonitorData = {
  status: 'idle', work: '', rows: 0, failure: undefined, baselineLog: undefined, profile: undefined, log: undefined, view: undefined, method: 'sequential', brush: undefined, hovered: undefined,
  output: 0, budget: 1e-5, power: undefined,
  redTeam: { running: false, runs: 0, result: undefined, failure: undefined }, search: { running: false, trigger: '', result: undefined, failure: undefined },
};

export function createMonitor(client: MonitorClient, host: Host, modelSha256: () => string | undefined, findings: () => readonly Finding[]): StoreApi<MonitorStore> {
  return createStore<MonitorStore>((set, get) => {
    const subject = (profile: Profile): string => profile.model.sha256 ?? profile.log.name;
    const fail = (failure: Failure): void => set({ status: failure.kind === 'cancelled' ? 'idle' : 'failed', failure: failure.kind === 'cancelled' ? undefined : failure, work: '' });
    const working = (work: string): void => set({ status: 'working', work, rows: 0, failure: undefined });
    const onRows = (rows: number): void => set({ rows });

    const setProfile = async (profile: Profile): Promise<void> => {
      set({ profile, view: undefined, power: undefined, status: 'idle', work: '' });
      await get().showPower('');
    };
    const keep = async (): Promise<void> => {
      const { profile, view, log, budget, output } = get();
      if (profile === undefined || view === undefined || log === undefined) return;
      const { files, ...rest } = log;
      const check: KeptCheck = { profile, view, budget, output, log: files === undefined ? rest : { ...rest, files } };
      await client.keep(check);
    };
    const store: MonitorStore = {
      ...EMPTY,
      begin: async () => {
        const kept = await client.kept();
        if (kept === undefined || get().status !== 'idle' || get().profile !== undefined || get().log !== undefined) return;
        const { profile, view, budget, output, log } = kept;
        set({ status: 'done', profile, view, budget, output, log: { ...log, files: log.files } });
        await get().showPower(view.labels[output] ?? '');
      },
      take: async (role, files) => {
        const [only] = files.files;
        if (only !== undefined && files.files.length === 1 && only.path.toLowerCase().endsWith('.json')) {
          try {
            await setProfile(parseProfile(await only.file.text(), only.path));
            set({ baselineLog: undefined });
          } catch (error) {
            return fail(failureOf(error));
          }
          if (get().log !== undefined) await get().check();
          return;
        }
        working('Reading the columns');
        const described = await client.describe(files);
        if (described.kind !== 'ok') return fail(described);
        const loaded: LoadedLog = { files, description: described.value, mapping: described.value.mapping };
        if (role === 'baseline') {
          set({ baselineLog: loaded });
          await get().makeBaseline();
        } else {
          set({ log: loaded, status: 'idle', work: '' });
          await get().check();
        }
      },
      openSample: async () => {
        working('Fetching the sample');
        const files = await client.sample();
        if (files.kind !== 'ok') return fail(files);
        for (const file of files.value) await get().take(file.name.endsWith('.json') ? 'baseline' : 'log', { name: file.name, files: [{ path: file.name, file }] });
      },
      remap: (role, mapping) => {
        const loaded = role === 'baseline' ? get().baselineLog : get().log;
        if (loaded !== undefined) set(role === 'baseline' ? { baselineLog: { ...loaded, mapping } } : { log: { ...loaded, mapping } });
      },
      makeBaseline: async () => {
        const { baselineLog } = get();
        if (baselineLog?.files === undefined) return;
        working('Profiling the baseline');
        const sha256 = modelSha256();
        const built = await client.baseline({ log: baselineLog.files, mapping: baselineLog.mapping, model: sha256 === undefined ? {} : { sha256 } }, onRows);
        if (built.kind !== 'ok') return fail(built);
        await setProfile(built.value.profile);
        if (get().log !== undefined) await get().check();
      },
      check: async () => {
        const { profile, log, budget } = get();
        if (profile === undefined || log?.files === undefined) return;
        working('Checking the log');
        const earlier = (readStored(host, KEY, readDecisions) ?? {})[subject(profile)] ?? [];
        const edited = log.mapping === log.description.mapping ? {} : { mapping: log.mapping };
        const result = await client.check({ log: log.files, profile, ...edited, budget, window: WINDOW, level: LEVEL, seed: SEED, earlier, now: host.now(), triggers: knownTriggersOf(findings()) }, onRows);
        if (result.kind !== 'ok') return fail(result);
        const view = result.value;
        const named = view.report.alerts.find((alert) => alert.class !== undefined)?.class?.index;
        const most = view.report.classes.reduce((best, entry, i, all) => (entry.count > (all[best]?.count ?? 0) ? i : best), 0);
        set({ status: 'done', work: '', view, brush: undefined, output: named ?? most, search: EMPTY.search });
        await get().showPower(view.labels[named ?? most] ?? '');
        await keep();
      },
      setBudget: (budget) => {
        set({ budget });
        if (get().view !== undefined) void get().check();
        else void get().showPower(get().power?.subject ?? '');
      },
      setMethod: (method) => set({ method }),
      setBrush: (brush) => set({ brush }),
      hover: (hovered) => set({ hovered }),
      showClass: (output) => {
        set({ output });
        void get().showPower(get().view?.labels[output] ?? '');
      },
      showPower: async (chosen) => {
        const { profile, budget } = get();
        if (profile === undefined) return;
        const power = await client.power({ profile, subject: chosen, budget, lengths: POWER_LENGTHS });
        if (get().profile === profile) set({ power: power.kind === 'ok' ? power.value : undefined });
      },
      decide: (id, to, reason) => {
        const { view, profile } = get();
        const alert = view?.report.alerts.find((candidate) => candidate.id === id);
        if (view === undefined || profile === undefined || alert === undefined) return 'there is no such alert';
        const result = step(alert, to, host.now(), reason);
        if (result.kind === 'refused') return result.why;
        const alerts = view.report.alerts.map((candidate) => (candidate.id === id ? result.alert : candidate));
        set({ view: { ...view, report: { ...view.report, alerts, state: stateOf(alerts, view.report.log.rows) } } });
        const decisions = readStored(host, KEY, readDecisions) ?? {};
        const others = (decisions[subject(profile)] ?? []).filter((entry) => entry.id !== id);
        writeStored(host, KEY, { ...decisions, [subject(profile)]: [...others, { id, state: result.alert.state, history: result.alert.history }] });
        void keep();
        return undefined;
      },
      runRedTeam: async (request) => {
        const { profile } = get();
        if (profile === undefined) return;
        set({ redTeam: { running: true, runs: 0, result: undefined, failure: undefined } });
        const result = await client.redTeam(profile, request, (runs) => set({ redTeam: { ...get().redTeam, runs } }));
        set({ redTeam: { running: false, runs: request.runs, ...settled(result) } });
      },
      searchFor: async (trigger) => {
        const { log, view } = get();
        if (log?.files === undefined || view === undefined) return;
        set({ search: { running: true, trigger, result: undefined, failure: undefined } });
        const result = await client.search(log.files, log.mapping, trigger);
        set({ search: { running: false, trigger, ...settled(result) } });
      },
      cancel: () => client.cancel(),
      reset: () => {
        client.cancel();
        set(EMPTY);
        void client.keep(undefined);
      },
    };
    return store;
  });
}

function settled<T>(result: Result<T>): { readonly result: T | undefined; readonly failure: Failure | undefined } {
  return result.kind === 'ok' ? { result: result.value, failure: undefined } : { result: undefined, failure: result };
}

function readDecisions(value: unknown): Decisions | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const decisions: Record<string, Pick<Alert, 'id' | 'state' | 'history'>[]> = {};
  for (const [key, entries] of Object.entries(value)) {
    if (!Array.isArray(entries)) continue;
    decisions[key] = entries.flatMap((entry: unknown) => {
      if (typeof entry !== 'object' || entry === null || !('id' in entry) || !('state' in entry) || !('history' in entry)) return [];
      const state = ALERT_STATES.find((name) => name === entry.state);
      return typeof entry.id === 'string' && state !== undefined && Array.isArray(entry.history) ? [{ id: entry.id, state, history: entry.history.filter(isStep) }] : [];
    });
  }
  return decisions;
}

function isStep(value: unknown): value is AlertStep {
  return typeof value === 'object' && value !== null && 'state' in value && ALERT_STATES.some((state) => state === value.state) && 'at' in value && typeof value.at === 'number';
}
