// The files worker's entry: hashes and static audit of the dropped files, beside the model worker on another core.
import * as Comlink from 'comlink';
import { fileSource } from '../adapters/file-source.ts';
import { wasmHasher } from '../adapters/wasm-hasher.ts';
import { NEVER } from '../engine/core/cancel.ts';
import { capture } from '../engine/core/result.ts';
import { batchEvents } from './event-batcher.ts';
import { FilesHost } from './files-host.ts';
import type { FilesWorker } from './protocol.ts';

const now = (): number => performance.now();
const host = new FilesHost({ makeHasher: wasmHasher, clock: { now } });
/** Progress passes at most this often: each message costs the page a turn. */
const PROGRESS_EVERY_MS = 80;

const worker: FilesWorker = {
  check: (name, files, onProgress, onEvents) => {
    let delivered: unknown = undefined;
    let told = Number.NEGATIVE_INFINITY;
    const batcher = batchEvents((events) => (delivered = onEvents(events)), now);
    const progress = (bytes: number): void => {
      if (now() - told < PROGRESS_EVERY_MS) return;
      told = now();
      onProgress(bytes);
    };
    // Cancelling ends this worker: it holds nothing that would be lost.
    const work = capture(() => host.check({ name, files: files.map(({ path, file }) => fileSource(file, path)) }, NEVER, progress, (event) => batcher.push(event)));
    return work.then(async (result) => {
      batcher.flush();
      // The last batch is acknowledged before the result leaves: they travel by different ports.
      await delivered;
      return result;
    });
  },
  bytes: (path, begin, end) => capture(() => host.bytes(path, begin, end)),
};

Comlink.expose(worker);
