// The page's side of the fingerprint worker, started when it is first needed. One call at a time; cancel is cooperative through a
// shared flag, and a worker that does not stop in time is ended (nothing is lost: fingerprints are kept by the page).
import * as Comlink from 'comlink';
import { capture, type Result } from '../engine/core/result.ts';
import type { LabAnalysis } from '../engine/fingerprint/analyse.ts';
import type { GridCell } from '../engine/fingerprint/evaluate/evaluate-set.ts';
import type { Tap } from '../engine/fingerprint/extract/list-taps.ts';
import type { FingerprintWorker, LabFingerprints, LabFit, LabProgress, LabRecipe } from './fingerprint-protocol.ts';
import type { BackendChoice, DroppedFile } from './protocol.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';

const STOP_WITHIN_MS = 8000;

export class FingerprintWorkerClient {
  readonly #baseUrl: string;
  readonly #backend: BackendChoice;
  readonly #cancelFlag = globalThis.crossOriginIsolated ? new SharedArrayBuffer(4) : undefined;
  #worker: StartedWorker<FingerprintWorker> | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly baseUrl: string; readonly backend: BackendChoice }) {
    this.#baseUrl = options.baseUrl;
    this.#backend = options.backend;
  }

  fingerprint(name: string, files: readonly DroppedFile[], recipe: LabRecipe, onProgress: (progress: LabProgress) => void): Promise<Result<LabFingerprints>> {
    return this.#call((worker) => worker.fingerprint(name, files, recipe, Comlink.proxy(({ done, total, name: model }) => onProgress({ done, total, what: model }))));
  }

  taps(name: string, files: readonly DroppedFile[]): Promise<Result<readonly Tap[]>> {
    return this.#call((worker) => worker.taps(name, files));
  }

  analyse(fit: LabFit, onProgress: (progress: LabProgress) => void): Promise<Result<LabAnalysis>> {
    return this.#call((worker) => worker.analyse(fit, Comlink.proxy((done: number, total: number) => onProgress({ done, total, what: 'fits' }))));
  }

  grid(fit: LabFit, onProgress: (progress: LabProgress) => void): Promise<Result<readonly GridCell[]>> {
    return this.#call((worker) => worker.grid(fit, Comlink.proxy((done: number, total: number) => onProgress({ done, total, what: 'fits' }))));
  }

  /** The sample population that is served with the page: path -> text or file. */
  sample(): Promise<Result<{ readonly reference: string; readonly planted: string; readonly files: readonly DroppedFile[] }>> {
    return capture(async () => {
      const fetched = async (name: string): Promise<Response> => {
        const response = await fetch(new URL(`samples/fingerprints/${name}`, this.#baseUrl));
        if (!response.ok) throw new Error(`the sample ${name} could not be read (${response.status})`);
        return response;
      };
      const { models } = (await (await fetched('index.json')).json()) as { readonly models: readonly string[] };
      const files: DroppedFile[] = [];
      for (const path of models) files.push({ path, file: new File([await (await fetched(path)).arrayBuffer()], path) });
      return { reference: await (await fetched('reference.json')).text(), planted: await (await fetched('planted.json')).text(), files };
    });
  }

  async cancel(): Promise<void> {
    if (this.#cancelFlag !== undefined) Atomics.store(new Int32Array(this.#cancelFlag), 0, 1);
    const worker = this.#worker;
    void worker?.proxy.stop();
    const late = await Promise.race([this.#busy.then(() => false), new Promise<boolean>((resolve) => setTimeout(() => resolve(true), STOP_WITHIN_MS))]);
    if (!late || worker === undefined || this.#worker !== worker) return;
    worker.end('cancelled');
    this.#worker = undefined;
  }

  #call<T>(work: (worker: Comlink.Remote<FingerprintWorker>) => Promise<Result<T>>): Promise<Result<T>> {
    const next = this.#busy.then(async (): Promise<Result<T>> => {
      if (this.#cancelFlag !== undefined) Atomics.store(new Int32Array(this.#cancelFlag), 0, 0);
      const started = await this.#started();
      if (started.kind !== 'ok') return started;
      const worker = started.value;
      const result = await worker.guard(work(worker.proxy));
      if (worker.ended && this.#worker === worker) this.#worker = undefined;
      return result;
    });
    this.#busy = next.catch(() => undefined);
    return next;
  }

  async #started(): Promise<Result<StartedWorker<FingerprintWorker>>> {
    if (this.#worker !== undefined) return { kind: 'ok', value: this.#worker };
    const worker = startWorker<FingerprintWorker>(new Worker(new URL('./fingerprint-worker.ts', import.meta.url), { type: 'module', name: 'assay-fingerprints' }));
    const begun = await worker.guard(worker.proxy.start({ baseUrl: this.#baseUrl, choice: this.#backend, cancelFlag: this.#cancelFlag }));
    if (begun.kind !== 'ok') {
      worker.end('failed to start');
      return begun;
    }
    this.#worker = worker;
    return { kind: 'ok', value: worker };
  }
}
