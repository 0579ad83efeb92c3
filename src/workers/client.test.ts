// The page's client against workers that are scripted here, over Comlink's own messages.
import * as Comlink from 'comlink';
import { afterEach, expect, it, vi } from 'vitest';
import { NO_LOCKS } from '../adapters/audit-locks.ts';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import { GREEDY } from '../engine/runtime/causal-lm.ts';
import { WorkerClient } from './client.ts';

afterEach(() => vi.unstubAllGlobals());

/** Model workers ended by opening the next model, after a generation failed so. */
async function endedAfter(artifact: ArtifactErrorFields): Promise<number> {
  let ended = 0;
  class ScriptedWorker extends EventTarget {
    readonly #port: MessagePort;
    constructor() {
      super();
      const { port1, port2 } = new MessageChannel();
      this.#port = port1;
      port1.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('message', { data }));
      Comlink.expose({ start: () => ({ kind: 'ok', value: {} }), stop: () => undefined, close: () => undefined, generate: () => ({ kind: 'error', message: 'it failed', artifact }) }, port2);
    }
    postMessage(message: unknown, transfer: Transferable[] = []): void {
      this.#port.postMessage(message, transfer);
    }
    terminate(): void {
      ended++;
      this.#port.close();
    }
  }
  vi.stubGlobal('Worker', ScriptedWorker);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  const nothing = Promise.resolve(undefined);
  const client = new WorkerClient({ baseUrl: 'http://localhost/', backend: 'auto', storage: nothing, monitorStorage: nothing, locks: NO_LOCKS });
  await client.generate({ prompts: [], sampling: GREEDY, maxNewTokens: 1, seed: 0 }, () => undefined);
  await client.open({ kind: 'remembered', name: 'gone' }, () => undefined, () => undefined);
  const after = ended;
  await client.close();
  return after;
}

it('starts a fresh worker after the runtime broke, and keeps it where the failure is the model’s own', async () => {
  expect(await endedAfter({ code: 'runtime-failure', format: 'onnxruntime', field: 'run', actual: 'bad_alloc' })).toBe(1);
  expect(await endedAfter({ code: 'runtime-failure', format: 'model', field: 'logits', expected: 'numbers', actual: 'NaN in every place' })).toBe(0);
});
