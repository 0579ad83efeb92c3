// The files worker's entry: hashes and static audit of the dropped files, beside the model worker on another core.
import * as Comlink from 'comlink';
import { dropOf } from '../adapters/file-source.ts';
import { webCheck, webDigest } from '../adapters/web-crypto.ts';
import { wasmHasher } from '../adapters/wasm-hasher.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { capture, type Result } from '../engine/core/result.ts';
import { batchEvents } from './event-batcher.ts';
import { FilesHost, type Listener } from './files-host.ts';
import { hashBeside } from '../adapters/hash-beside.ts';
import type { FilesWorker } from './protocol.ts';

const now = (): number => performance.now();
const host = new FilesHost({ makeHasher: wasmHasher, checkSignature: webCheck, digestWhole: webDigest, hashBeside: () => hashBeside(new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module', name: 'assay-hash' })), clock: { now }, today: () => Date.now() });
/** Progress passes at most this often: each message costs the page a turn. */
const PROGRESS_EVERY_MS = 80;

let underWay = { aborted: false };

/** Events in batches; the last one is acknowledged before the result leaves, since they travel by different ports. */
async function listen<T>(onProgress: (bytes: number) => void, onEvents: (events: readonly AuditEvent[]) => void, work: (listener: Listener) => Promise<T>): Promise<Result<T>> {
  let delivered: unknown = undefined;
  let told = Number.NEGATIVE_INFINITY;
  const batcher = batchEvents((events) => (delivered = onEvents(events)), now);
  const progress = (bytes: number): void => {
    if (now() - told < PROGRESS_EVERY_MS) return;
    told = now();
    onProgress(bytes);
  };
  const signal = { aborted: false };
  underWay = signal;
  const result = await capture(() => work({ signal, onProgress: progress, onEvent: (event) => batcher.push(event) }));
  batcher.flush();
  await delivered;
  return result;
}

const worker: FilesWorker = {
  check: (name, files, knowledge, onProgress, onEvents) => listen(onProgress, onEvents, (listener) => host.check(dropOf(name, files), knowledge, listener)),
  recheck: (knowledge, onEvents) => listen(() => {}, onEvents, (listener) => host.recheck(knowledge, listener)),
  compare: (name, files, knowledge, onProgress, onEvents) => listen(onProgress, onEvents, (listener) => host.compare(dropOf(name, files), knowledge, listener)),
  bytes: (path, begin, end) => capture(() => host.bytes(path, begin, end)),
  stop: () => {
    underWay.aborted = true;
  },
};

Comlink.expose(worker);
