// A Comlink worker whose death settles the calls that wait for it: a plain worker that runs out of memory, or whose
// script cannot be loaded, would leave them waiting for ever.
import * as Comlink from 'comlink';
import type { Result } from '../engine/core/result.ts';

export interface StartedWorker<T> {
  readonly proxy: Comlink.Remote<T>;
  readonly ended: boolean;
  /** The call's own result, or an error once the worker is gone. */
  guard<R>(call: Promise<Result<R>>): Promise<Result<R>>;
  end(why: string): void;
}

export function startWorker<T>(worker: Worker): StartedWorker<T> {
  const proxy = Comlink.wrap<T>(worker);
  let ended = false;
  let settle: (why: string) => void = () => undefined;
  const gone = new Promise<string>((resolve) => (settle = resolve));
  const end = (why: string): void => {
    if (ended) return;
    ended = true;
    worker.terminate();
    settle(why);
  };
  // Errors inside a call come back as Results; what arrives here is a script that does not load or a worker that broke.
  worker.addEventListener('error', (event) => end(event.message === '' ? 'the worker could not be loaded' : event.message));
  worker.addEventListener('messageerror', () => end('a message could not be read'));
  return {
    proxy,
    get ended() {
      return ended;
    },
    guard: (call) =>
      Promise.race([
        call.catch((error: unknown) => ({ kind: 'error' as const, message: error instanceof Error ? error.message : String(error) })),
        gone.then((why) => (why === 'cancelled' ? { kind: 'cancelled' as const } : { kind: 'error' as const, message: `the worker stopped: ${why}` })),
      ]),
    end,
  };
}
