// Cancelling and pausing of the call a worker is busy with. Both are cooperative: the engine looks at the signal
// between steps. A shared flag is seen even while the worker computes without pause; the message reaches it between
// two runs of the runtime.
import type { CancelSignal } from '../engine/core/cancel.ts';

export interface CallControl {
  /** For one call; earlier cancels do not reach it (the page clears the shared flag before it calls). */
  begin(): CancelSignal;
  stop(): void;
  hold(paused: boolean): void;
}

export function callControl(shared: SharedArrayBuffer | undefined): CallControl {
  const flag = shared === undefined ? undefined : new Int32Array(shared);
  let stopped = false;
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;
  const release = (): void => {
    gate?.open();
    gate = undefined;
  };
  return {
    begin() {
      stopped = false;
      release();
      return {
        get aborted() {
          return stopped || (flag !== undefined && Atomics.load(flag, 0) === 1);
        },
        get paused() {
          return gate?.opened;
        },
      };
    },
    stop() {
      stopped = true;
      release();
    },
    hold(paused) {
      if (!paused) return release();
      if (gate !== undefined) return;
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      gate = { opened, open };
    },
  };
}
