// The model worker's entry: the engine with the browser's adapters behind a Comlink endpoint.
import * as Comlink from 'comlink';
import { dropOf } from '../adapters/file-source.ts';
import { openWebRuntime } from '../adapters/onnxruntime-web.ts';
import { wasmHasher } from '../adapters/wasm-hasher.ts';
import { decodeWebImage } from '../adapters/web-images.ts';
import { openStorage, type Storage } from '../adapters/storage.ts';
import type { CancelSignal } from '../engine/core/cancel.ts';
import { capture, type Result } from '../engine/core/result.ts';
import { callControl } from './call-control.ts';
import { batchEvents } from './event-batcher.ts';
import { ModelHost } from './model-host.ts';
import type { ModelWorker } from './protocol.ts';

let host: ModelHost | undefined;
let control = callControl(undefined);
/** The audit that is under way. */
let auditing: Promise<unknown> | undefined;

const storage: Promise<Storage | undefined> = openStorage().catch(() => undefined);
const now = (): number => performance.now();

function started(): ModelHost {
  if (host === undefined) throw new Error('the worker was not started');
  return host;
}

/** What is asked by hand: at once, or in a pause of the audit. */
function byHand<T>(work: (signal: CancelSignal) => Promise<T>): Promise<Result<T>> {
  return auditing === undefined ? capture(() => work(control.begin())) : control.between(auditing, (signal) => capture(() => work(signal)));
}

const worker: ModelWorker = {
  start: (settings) =>
    capture(async () => {
      control = callControl(settings.cancelFlag);
      host = new ModelHost({
        choice: settings.choice,
        openRuntime: (choice, why) => openWebRuntime({ baseUrl: settings.baseUrl, choice, ...(why === undefined ? {} : { why }) }),
        clock: { now },
        inputs: { decode: decodeWebImage, makeHasher: wasmHasher },
        onAuditEvent: async (job, event) => {
          if ((event.type !== 'checkpoint' && event.type !== 'plan') || !job.keeps) return;
          // Losing a checkpoint loses time, not the audit.
          await (event.type === 'plan'
            ? (await storage)?.savePlan(job, event, Date.now())
            : (await storage)?.saveCheckpoint(job, event, Date.now())
          )?.catch(() => undefined);
        },
      });
      return (await host.runtime()).environment;
    }),
  open: (name, files, onProgress) => {
    const signal = control.begin();
    return capture(() => started().open(dropOf(name, files), signal, onProgress));
  },
  measure: () => {
    const signal = control.begin();
    return capture(() => started().measure(signal));
  },
  close: async () => {
    await host?.close();
  },
  give: (given) => {
    const signal = control.begin();
    return capture(async () => (await started().give(given === undefined ? undefined : dropOf(given.name, given.files), signal)) ?? null);
  },
  audit: (job, onEvents) => {
    const signal = control.begin();
    let delivered: unknown = undefined;
    const batcher = batchEvents((events) => (delivered = onEvents(events)), now);
    const done = capture(() => started().audit(job, signal, (event) => batcher.push(event)));
    auditing = done;
    return done.then(async (result) => {
      auditing = undefined;
      batcher.flush();
      // The last batch is acknowledged before the result leaves: they travel by different ports.
      await delivered;
      return result;
    });
  },
  attention: (request) => byHand((signal) => started().attention(request, signal)).then((result) => transferMaps(result)),
  generate: (request, onTokens) => byHand((signal) => started().generate(request, signal, onTokens)),
  read: (request) => byHand((signal) => started().read(request, signal)),
  look: (request) => byHand((signal) => started().look(request, signal)),
  preparation: () => byHand((signal) => started().preparation(signal)),
  prepare: (change) => {
    const signal = control.begin();
    return capture(() => started().prepare(change, signal));
  },
  stop: () => control.stop(),
  hold: (paused) => control.hold(paused),
};

function transferMaps<T extends readonly { readonly maps: readonly Float32Array[] }[]>(result: Result<T>): Result<T> {
  if (result.kind !== 'ok') return result;
  return Comlink.transfer(result, result.value.flatMap(({ maps }) => maps.map(({ buffer }) => buffer)));
}

Comlink.expose(worker);
