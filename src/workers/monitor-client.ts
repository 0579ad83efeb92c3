// The page's side of the monitor worker: one call at a time; cancelling ends the worker, the next call starts another.
import * as Comlink from 'comlink';
import type { MonitorStorage } from '../adapters/monitor-storage.ts';
import { capture, type Result } from '../engine/core/result.ts';
import { LOG_LIMITS } from '../engine/monitor/log/limits.ts';
import type { ColumnMapping } from '../engine/monitor/log/columns.ts';
import type { Profile } from '../engine/monitor/profile/profile.ts';
import type { RedTeamRequest, RedTeamResult } from '../engine/monitor/red-team.ts';
import type { MonitorView } from '../engine/monitor/report.ts';
import type { SearchResult } from '../engine/monitor/search-log.ts';
import type { BaselineRequest, BaselineResult, CheckRequest, KeptCheck, LogDescription, LogFiles, MonitorWorker, PowerRequest, PowerResult } from './monitor-protocol.ts';
import { watchForStandstill } from './standstill.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';

/** Logs are copied into the browser's storage only up to this size. */
const MAX_COPY_BYTES = 64 * 2 ** 20;
/** Changes when what is kept changes its shape: another page's leftovers are not shown. */
const KEPT = 'assay-monitor-page/1';
const SAMPLE = ['baseline.json', 'log.parquet'] as const;

export class MonitorWorkerClient {
  readonly #baseUrl: string;
  readonly #storage: Promise<MonitorStorage | undefined>;
  #worker: StartedWorker<MonitorWorker> | undefined;
  #waiting = 0;
  #unwatch = (): void => undefined;

  /** storage: undefined where the browser keeps nothing (private windows). */
  constructor(baseUrl: string, storage: Promise<MonitorStorage | undefined>) {
    this.#baseUrl = baseUrl;
    this.#storage = storage;
  }

  describe(log: LogFiles): Promise<Result<LogDescription>> {
    return this.#call((worker) => worker.describe(log));
  }

  baseline(request: BaselineRequest, onRows: (rows: number) => void): Promise<Result<BaselineResult>> {
    return this.#call((worker) => worker.baseline(request, Comlink.proxy(onRows)));
  }

  check(request: CheckRequest, onRows: (rows: number) => void): Promise<Result<MonitorView>> {
    return this.#call((worker) => worker.check(request, Comlink.proxy(onRows)));
  }

  power(request: PowerRequest): Promise<Result<PowerResult>> {
    return this.#call((worker) => worker.power(request));
  }

  redTeam(profile: Profile, request: RedTeamRequest, onRuns: (runs: number) => void): Promise<Result<RedTeamResult>> {
    return this.#call((worker) => worker.redTeam(profile, request, Comlink.proxy(onRuns)));
  }

  search(log: LogFiles, mapping: ColumnMapping, trigger: string): Promise<Result<SearchResult>> {
    return this.#call((worker) => worker.search(log, mapping, trigger));
  }

  /** The sample that is served beside the page: a baseline file and a log. */
  sample(): Promise<Result<readonly File[]>> {
    return capture(() =>
      Promise.all(
        SAMPLE.map(async (name) => {
          const response = await fetch(new URL(`samples/monitor/${name}`, this.#baseUrl));
          if (!response.ok) throw new Error(`samples/monitor/${name}: the host answered ${response.status}`);
          return new File([await response.blob()], name);
        }),
      ),
    );
  }

  async keep(check: KeptCheck | undefined): Promise<void> {
    const storage = await this.#storage;
    if (check === undefined) return storage?.forget().catch(() => undefined);
    const { files, ...log } = check.log;
    const bytes = files?.files.reduce((sum, { file }) => sum + file.size, 0) ?? 0;
    const kept: KeptCheck = { ...check, log: files === undefined || bytes > MAX_COPY_BYTES ? log : { ...log, files } };
    await storage?.save({ kept: KEPT, check: kept }).catch(() => undefined);
  }

  async kept(): Promise<KeptCheck | undefined> {
    const value = await (await this.#storage)?.last().catch(() => undefined);
    return isKept(value) ? value.check : undefined;
  }

  cancel(): void {
    this.#unwatch();
    this.#worker?.end('cancelled');
    this.#worker = undefined;
  }

  async #call<T>(work: (worker: Comlink.Remote<MonitorWorker>) => Promise<Result<T>>): Promise<Result<T>> {
    const worker = this.#worker === undefined || this.#worker.ended ? this.#start() : this.#worker;
    this.#waiting++;
    try {
      return await worker.guard(work(worker.proxy));
    } finally {
      this.#waiting--;
    }
  }

  #start(): StartedWorker<MonitorWorker> {
    const worker = new Worker(new URL('./monitor-worker.ts', import.meta.url), { type: 'module', name: 'assay-monitor' });
    const started = startWorker<MonitorWorker>(worker);
    const { standstillSeconds } = LOG_LIMITS;
    this.#unwatch();
    this.#unwatch = watchForStandstill(worker, standstillSeconds, () => this.#waiting > 0, () => started.end(`reading made no progress for ${standstillSeconds} seconds. A damaged file can make its reader loop without end: nothing of it was read`));
    this.#worker = started;
    return started;
  }
}

function isKept(value: unknown): value is { readonly check: KeptCheck } {
  return typeof value === 'object' && value !== null && 'kept' in value && value.kept === KEPT && 'check' in value;
}
