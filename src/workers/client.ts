// The page's side of the workers: one model worker that owns the runtime, one files worker beside it, and what the
// browser keeps. Implements the stores' AssayClient by shape. One call at a time reaches the model worker; cancel is
// cooperative first, and a worker that does not answer in time is ended and started again.
import * as Comlink from 'comlink';
import type { AuditLocks } from '../adapters/audit-locks.ts';
import type { MonitorStorage } from '../adapters/monitor-storage.ts';
import type { Storage } from '../adapters/storage.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { isRuntimeBroken } from '../engine/core/artifact-error.ts';
import { capture, type Result } from '../engine/core/result.ts';
import type { Reading } from '../engine/probes/text-triggers/reading.ts';
import type { Look } from '../engine/probes/image-trigger/look.ts';
import type { Report, ReportInputs } from '../engine/report/report.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';
import { backendOf } from './backend-of.ts';
import { digestOfFiles } from './digest.ts';
import { MonitorWorkerClient } from './monitor-client.ts';
import { FilesClient } from './files-client.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';
import { STOP_WITHIN_MS } from './stop-within.ts';
import { HeardSoFar } from './heard-so-far.ts';
import { KeptReports } from './kept-reports.ts';
import { filesOfInput } from './files-of-input.ts';
import { dropToRemember, needsPermission } from './remember.ts';
import { fetchSampleIndex } from './samples.ts';
import type {
  AttentionRequest, AttentionView, AuditRequest, BackendChoice, DroppedFile, GeneratedAnswer, GenerateRequest, Knowledge, LookRequest, ModelDescription, ModelWorker,
  OpenedModel, OpenInput, OpenProgress, NamedFiles, PicturePreparation, ReadRequest, Remembered, Resumable, Sample, StoredReportSummary,
} from './protocol.ts';

export interface ClientOptions {
  /** Folder of the page, with '/' at its end. */
  readonly baseUrl: string;
  readonly backend: BackendChoice;
  /** Undefined where the browser keeps nothing (private windows): everything works, nothing is remembered. */
  readonly storage: Promise<Storage | undefined>;
  readonly monitorStorage: Promise<MonitorStorage | undefined>;
  readonly locks: AuditLocks;
}

export class WorkerClient {
  readonly monitor: MonitorWorkerClient;
  readonly #options: ClientOptions;
  readonly #storage: Promise<Storage | undefined>;
  readonly #reports: KeptReports;
  readonly #cancelFlag = globalThis.crossOriginIsolated ? new SharedArrayBuffer(4) : undefined;
  #model: StartedWorker<ModelWorker> | undefined;
  readonly #files = new FilesClient();
  #environment: Promise<Result<RuntimeEnvironment>> | undefined;
  /** Settles when the call in progress has settled, and what was asked by hand beside it. */
  #busy: Promise<unknown> = Promise.resolve();
  /** True while the model worker audits. */
  #auditing = false;
  /** Settles when what was last asked by hand during an audit has settled. */
  #byHand: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();
  #opened: OpenedModel | undefined;
  /** The user's own, which the model worker has. */
  #inputs: ReportInputs | undefined;
  /** The runtime broke or fell back to WASM: the next model gets a fresh worker, and with it the better backend again. */
  #worn = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.monitor = new MonitorWorkerClient(options.baseUrl, options.monitorStorage);
    this.#storage = options.storage;
    this.#reports = new KeptReports(options.storage);
  }

  environment(): Promise<Result<RuntimeEnvironment>> {
    this.#environment ??= this.#start();
    return this.#environment;
  }

  samples(): Promise<Result<readonly Sample[]>> {
    return capture(() => fetchSampleIndex(this.#options.baseUrl));
  }

  /** `onEvent`: what the check of the files says, which begins at once and ends with its report. */
  open(input: OpenInput, onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<OpenedModel>> {
    return this.#exclusively(async (signal) => {
      this.#forgetOpened();
      this.#files.end('replaced');
      if (this.#worn) this.#endModelWorker('replaced');
      const fetched = await capture(async () => filesOfInput(input, this.#options.baseUrl, await this.#storage, signal, onProgress));
      if (signal.aborted) return { kind: 'cancelled' };
      if (fetched.kind !== 'ok') return fetched;
      const { name, files } = fetched.value;
      const checking = this.#files.check(name, files, signal, onProgress, onEvent);
      const described = await this.#call((worker) => worker.open(name, files, Comlink.proxy(onProgress)));
      const checked = await checking;
      if (described.kind !== 'ok') return described;
      if (checked.kind !== 'ok') return checked;
      const measured = await this.#measured(described.value, onProgress);
      if (signal.aborted) return { kind: 'cancelled' };
      const opened = await this.#complete(measured, checked.value);
      // An audit of what runs will say all of this again, and more; of what cannot be run this is the report.
      if (opened.notRunnable !== undefined) await this.#concludeNotRun(opened, checked.value, onEvent);
      const begun = await this.environment();
      this.#worn = (opened.notRunnable !== undefined && isRuntimeBroken(opened.notRunnable)) || (begun.kind === 'ok' && begun.value.backend !== opened.environment?.backend);
      this.#opened = opened;
      const remembered = dropToRemember(input, name, files, opened.sha256, Date.now());
      if (remembered !== undefined) await (await this.#storage)?.rememberDrop(remembered).catch(() => undefined);
      else if (input.kind !== 'remembered') await (await this.#storage)?.forgetDrop().catch(() => undefined);
      return { kind: 'ok', value: opened };
    });
  }

  async close(): Promise<void> {
    await this.cancel();
    await this.#busy;
    this.#forgetOpened();
    const storage = await this.#storage;
    await storage?.forgetDrop().catch(() => undefined);
    this.#files.end('closed');
    await this.#model?.proxy.close();
  }

  /** Counts for the next check: of what is opened, or of what is open (`recheck`). */
  know(knowledge: Knowledge): void {
    this.#files.knowledge = knowledge;
  }

  /** The open files once more, with what is known now. */
  recheck(onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    return this.#exclusively(async (signal) => this.#concluded(await this.#files.recheck(signal, onEvent), onEvent));
  }

  /** The open files beside another model. Cancelling lets the open model go as well: it must be opened again to see its bytes. */
  compare(name: string, files: readonly DroppedFile[], onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    return this.#exclusively(async (signal) => this.#concluded(await this.#files.compare(name, files, signal, onProgress, onEvent), onEvent));
  }

  /** Bytes of an open file, or of a member of it. */
  bytes(path: string, begin: number, end: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    return this.#files.bytes(path, begin, end);
  }

  /** Clean inputs of the user's own, for the audits of what is open; undefined takes them back. */
  give(given: NamedFiles | undefined): Promise<Result<ReportInputs | null>> {
    return this.#exclusively(async () => {
      const result = await this.#call((worker) => worker.give(given));
      if (result.kind === 'ok') this.#inputs = result.value ?? undefined;
      return result;
    });
  }

  audit(request: AuditRequest, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    return this.#exclusively(async () => {
      const opened = this.#opened;
      if (opened === undefined) return { kind: 'error', message: 'no model is open' };
      const storage = await this.#storage;
      const { budget, seed, analyses, candidates } = request;
      const key = { sha256: opened.sha256, budget, seed, backend: backendOf(opened) };
      const name = `${opened.sha256}/${budget}/${seed}`;
      const lock = await this.#options.locks.hold(name);
      // Another tab runs the same audit: what it keeps stays its own.
      const kept = lock === undefined ? undefined : storage;
      try {
        // Checkpoints are found by artifact, budget, seed and backend: those of an audit with named candidates or own inputs would be taken for another's.
        const plain = candidates === undefined && this.#inputs === undefined;
        const resumeState = request.resume && plain ? await kept?.resumeState(key).catch(() => undefined) : undefined;
        if (resumeState === undefined && plain) await kept?.forgetAudit(key).catch(() => undefined);
        const keeps = lock !== undefined && plain;
        const job = { ...key, files: opened.files, known: this.#files.checked, allowed: this.#files.knowledge.allowed, resumeState, keeps, ...(analyses === undefined ? {} : { analyses }), ...(candidates === undefined ? {} : { candidates }) };
        const heard = new HeardSoFar();
        const take = (event: AuditEvent): void => {
          heard.take(event);
          onEvent(event);
        };
        const result = await this.#call((worker) => {
          this.#auditing = true;
          return worker.audit(job, Comlink.proxy((events: readonly AuditEvent[]) => events.forEach(take)));
        });
        const stopped = `stopped/${name}`;
        if (result.kind === 'ok') {
          if (plain) await kept?.forgetAudit(key).catch(() => undefined);
          await this.#reports.remove(stopped);
          await this.#reports.save(opened.sha256, result.value);
        } else if (this.#files.checked !== undefined && heard.began) {
          await this.#reports.save(opened.sha256, heard.report(this.#files.checked, result, { budget, seed, ...(this.#inputs === undefined ? {} : { inputs: this.#inputs }) }, opened), stopped);
        }
        return result;
      } finally {
        this.#auditing = false;
        lock?.release();
      }
    });
  }

  /** What is left of an audit of the open model that was stopped, where its finished stages were kept. */
  async resumable(): Promise<Resumable | null> {
    const opened = this.#opened;
    if (opened === undefined || (await this.#options.locks.isHeld(`${opened.sha256}/`))) return null;
    return (await this.#resumable(opened.sha256, backendOf(opened))) ?? null;
  }

  /** Settles once no other tab audits it; this one must not either. */
  elsewhereEnded(sha256: string): Promise<void> {
    return this.#options.locks.whenFree(`${sha256}/`);
  }

  attention(request: AttentionRequest): Promise<Result<readonly AttentionView[]>> {
    return this.#askByHand((worker) => worker.attention(request));
  }

  generate(request: GenerateRequest, onTokens: (count: number) => void): Promise<Result<readonly GeneratedAnswer[]>> {
    return this.#askByHand((worker) => worker.generate(request, Comlink.proxy(onTokens)));
  }

  read(request: ReadRequest): Promise<Result<readonly Reading[]>> {
    return this.#askByHand((worker) => worker.read(request));
  }

  look(request: LookRequest): Promise<Result<Look>> {
    return this.#askByHand((worker) => worker.look(request));
  }

  preparation(): Promise<Result<PicturePreparation>> {
    return this.#askByHand((worker) => worker.preparation());
  }

  prepare(change: Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined): Promise<Result<PicturePreparation>> {
    return this.#exclusively(() => this.#call((worker) => worker.prepare(change)));
  }

  async cancel(): Promise<void> {
    this.#abort.abort();
    if (this.#cancelFlag !== undefined) Atomics.store(new Int32Array(this.#cancelFlag), 0, 1);
    const model = this.#model;
    const busy = this.#busy;
    void model?.proxy.stop();
    const late = await Promise.race([busy.then(() => false), new Promise<boolean>((resolve) => setTimeout(() => resolve(true), STOP_WITHIN_MS))]);
    if (!late || model === undefined || this.#model !== model) return;
    // The GPU session and the open model are lost with it: what was open must be opened again.
    this.#endModelWorker('cancelled');
  }

  async pause(): Promise<void> {
    await this.#model?.proxy.hold(true);
  }

  async unpause(): Promise<void> {
    await this.#model?.proxy.hold(false);
  }

  /** What was open before the page was left, where it can be opened again: `open({ kind: 'remembered', … })`. */
  remembered(): Promise<Result<Remembered | null>> {
    return capture(async () => {
      const storage = await this.#storage;
      const drop = await storage?.rememberedDrop();
      if (storage === undefined || drop === undefined) return null;
      const elsewhere = await this.#options.locks.isHeld(`${drop.sha256}/`);
      const interrupted = !elsewhere && (await storage.interrupted(drop.sha256)) !== undefined;
      return { name: drop.name, savedAt: drop.savedAt, sha256: drop.sha256, interrupted, elsewhere, needsPermission: drop.kind === 'handles' && (await needsPermission(drop.handles)) };
    });
  }

  listReports(): Promise<Result<readonly StoredReportSummary[]>> {
    return this.#reports.list();
  }

  loadReport(id: string): Promise<Result<Report>> {
    return this.#reports.load(id);
  }

  removeReport(id: string): Promise<Result<null>> {
    return this.#reports.remove(id);
  }

  async #start(): Promise<Result<RuntimeEnvironment>> {
    const model = startWorker<ModelWorker>(new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module', name: 'assay-model' }));
    this.#model = model;
    const { baseUrl, backend } = this.#options;
    const result = await model.guard(model.proxy.start({ baseUrl, choice: backend, cancelFlag: this.#cancelFlag }));
    if (result.kind !== 'ok' && this.#model === model) {
      // The next call starts afresh.
      model.end('failed to start');
      this.#model = undefined;
      this.#environment = undefined;
    }
    return result;
  }

  /** Speed is measured last: nothing else works on the files by then. */
  async #measured(model: ModelDescription, onProgress: (progress: OpenProgress) => void): Promise<ModelDescription> {
    if (model.notRunnable !== undefined || model.task !== 'causal-lm') return model;
    onProgress({ step: 'load', done: 1, total: 1, unit: 'steps', note: 'measuring how fast it runs here' });
    const budgets = await this.#call((worker) => worker.measure());
    return budgets.kind === 'ok' ? { ...model, budgets: budgets.value } : model;
  }

  /** One call of the model worker; a worker that dies gives an error and is started again by the next call. */
  async #call<T>(work: (worker: Comlink.Remote<ModelWorker>) => Promise<Result<T>>): Promise<Result<T>> {
    const environment = await this.environment();
    if (environment.kind !== 'ok') return environment;
    const model = this.#model;
    if (model === undefined) return { kind: 'cancelled' };
    if (this.#abort.signal.aborted) return { kind: 'cancelled' };
    const result = await model.guard(work(model.proxy));
    if (result.kind === 'error' && result.artifact !== undefined && isRuntimeBroken(result.artifact)) this.#worn = true;
    if (model.ended && this.#model === model) this.#endModelWorker('broken');
    return result;
  }

  #endModelWorker(why: string): void {
    this.#model?.end(why);
    this.#model = undefined;
    this.#environment = undefined;
    this.#forgetOpened();
    this.#worn = false;
  }

  /** An audit pauses for what the user asks of the model, one thing at a time. */
  #askByHand<T>(work: (worker: Comlink.Remote<ModelWorker>) => Promise<Result<T>>): Promise<Result<T>> {
    if (!this.#auditing) return this.#exclusively(() => this.#call(work));
    const next = this.#byHand.then(() => this.#call(work));
    this.#byHand = next.catch(() => undefined);
    this.#busy = Promise.all([this.#busy, this.#byHand]);
    return next;
  }

  #exclusively<T>(work: (signal: AbortSignal) => Promise<Result<T>>): Promise<Result<T>> {
    const next = this.#busy.then(async () => {
      this.#abort = new AbortController();
      if (this.#cancelFlag !== undefined) Atomics.store(new Int32Array(this.#cancelFlag), 0, 0);
      return work(this.#abort.signal);
    });
    this.#busy = next.catch(() => undefined);
    return next;
  }

  #forgetOpened(): void {
    this.#opened = undefined;
    this.#inputs = undefined;
  }

  async #concluded(result: Result<Report>, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    const opened = this.#opened;
    return result.kind !== 'ok' || opened?.notRunnable === undefined ? result : { kind: 'ok', value: await this.#concludeNotRun(opened, result.value, onEvent) };
  }

  /** What cannot be run has been audited as far as it goes once its files are checked: one report an artifact, not one an opening. */
  async #concludeNotRun({ environment, sha256, files }: OpenedModel, checked: Report, onEvent: (event: AuditEvent) => void): Promise<Report> {
    const job = { sha256, backend: backendOf({ environment }), files, known: checked, allowed: this.#files.knowledge.allowed, resumeState: undefined, keeps: false, budget: checked.options.budget, seed: checked.options.seed };
    const result = await this.#call((worker) => worker.audit(job, Comlink.proxy((events: readonly AuditEvent[]) => events.forEach(onEvent))));
    const report = result.kind === 'ok' ? result.value : checked;
    onEvent({ type: 'report', report });
    await this.#reports.save(sha256, report, `files/${sha256}`);
    return report;
  }

  async #complete({ formats: _, ...description }: ModelDescription, { subject }: Report): Promise<OpenedModel> {
    const sha256 = await digestOfFiles(subject.files);
    const elsewhere = await this.#options.locks.isHeld(`${sha256}/`);
    return { ...description, files: subject.files, sha256, elsewhere, resumable: elsewhere ? undefined : await this.#resumable(sha256, backendOf(description)) };
  }

  async #resumable(sha256: string, backend: string): Promise<Resumable | undefined> {
    const found = await (await this.#storage)?.interrupted(sha256, backend).catch(() => undefined);
    if (found === undefined) return undefined;
    const { budget, seed, savedAt, stages } = found.audit;
    return { budget, seed, savedAt, stagesDone: found.stagesDone, stagesTotal: Object.values(stages).reduce((sum, count) => sum + count, 0) };
  }
}
