// The page's side of the files worker: one for what is open, from its first check until something else is opened.
import * as Comlink from 'comlink';
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Result } from '../engine/core/result.ts';
import type { Bytes } from '../engine/core/units.ts';
import type { Report } from '../engine/report/report.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';
import { STOP_WITHIN_MS } from './stop-within.ts';
import type { DroppedFile, FilesWorker, Knowledge, OpenProgress } from './protocol.ts';

const NOTHING_OPEN = { kind: 'error', message: 'no file is open' } as const;

export class FilesClient {
  /** Counts for the next check. */
  knowledge: Knowledge = { signatures: [], allowed: [], trusted: [] };
  #worker: StartedWorker<FilesWorker> | undefined;
  #checked: Report | undefined;

  /** What the check of the open files said last. */
  get checked(): Report | undefined {
    return this.#checked;
  }

  /** What was open before is ended first (`end`). */
  async check(name: string, files: readonly DroppedFile[], signal: AbortSignal, onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    this.#checked = undefined;
    const report = hashing(files, onProgress);
    const worker = startWorker<FilesWorker>(new Worker(new URL('./files-worker.ts', import.meta.url), { type: 'module', name: 'assay-files' }));
    this.#worker = worker;
    const onAbort = (): void => this.end('cancelled');
    signal.addEventListener('abort', onAbort);
    const result = await worker.guard(worker.proxy.check(name, files, this.knowledge, Comlink.proxy(report.to), Comlink.proxy(each(onEvent))));
    if (result.kind === 'ok') {
      report.to(report.total);
      this.#checked = result.value;
    }
    signal.removeEventListener('abort', onAbort);
    return result;
  }

  /** The open files once more, with what is known now. */
  recheck(signal: AbortSignal, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    return this.#again(signal, (worker) => worker.recheck(this.knowledge, Comlink.proxy(each(onEvent))));
  }

  /** The open files beside another model. */
  compare(name: string, files: readonly DroppedFile[], signal: AbortSignal, onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<Report>> {
    const report = hashing(files, onProgress, `of ${name}`);
    return this.#again(signal, (worker) => worker.compare(name, files, this.knowledge, Comlink.proxy(report.to), Comlink.proxy(each(onEvent))));
  }

  async bytes(path: string, begin: Bytes, end: Bytes): Promise<Result<Uint8Array<ArrayBuffer>>> {
    return this.#worker === undefined ? NOTHING_OPEN : this.#worker.guard(this.#worker.proxy.bytes(path, begin, end));
  }

  end(why: string): void {
    this.#worker?.end(why);
    this.#worker = undefined;
  }

  /** What was open before the call stays open where it is cancelled; a worker that does not answer is ended. */
  async #again(signal: AbortSignal, work: (worker: Comlink.Remote<FilesWorker>) => Promise<Result<Report>>): Promise<Result<Report>> {
    const worker = this.#worker;
    if (worker === undefined) return NOTHING_OPEN;
    let patience: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      void worker.proxy.stop();
      patience = setTimeout(() => this.end('cancelled'), STOP_WITHIN_MS);
    };
    signal.addEventListener('abort', onAbort);
    const result = await worker.guard(work(worker.proxy));
    clearTimeout(patience);
    signal.removeEventListener('abort', onAbort);
    if (result.kind === 'ok') this.#checked = result.value;
    return result;
  }
}

function each(onEvent: (event: AuditEvent) => void): (events: readonly AuditEvent[]) => void {
  return (events) => events.forEach(onEvent);
}

/** Bytes hashed so far, of all; nothing is at first. */
function hashing(files: readonly DroppedFile[], onProgress: (progress: OpenProgress) => void, note?: string): { readonly total: Bytes; readonly to: (done: Bytes) => void } {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const to = (done: Bytes): void => onProgress({ step: 'hash', done, total, unit: 'bytes', ...(note === undefined ? {} : { note }) });
  to(0);
  return { total, to };
}
