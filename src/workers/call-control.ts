// Cancelling and pausing of the call a worker is busy with, and what is done in its pauses. All is cooperative: the engine
// looks at the signal between steps. A shared flag is seen even while the worker computes without pause; the message
// reaches it between two runs of the runtime.
import type { CancelSignal } from '../engine/core/cancel.ts';

export interface CallControl {
  /** For one call; earlier cancels do not reach it (the page clears the shared flag before it calls). */
  begin(): CancelSignal;
  stop(): void;
  /** By the user, until the user lets it go on. */
  hold(paused: boolean): void;
  /** Does something in a pause of the call that is busy, once that rests between two of its steps or has ended. A cancel ends both. */
  between<T>(busy: Promise<unknown>, work: (signal: CancelSignal) => Promise<T>): Promise<T>;
}

/** What a paused call waits at. */
interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  /** Settles once the call waits. */
  readonly reached: Promise<void>;
  reach(): void;
}

export function callControl(shared: SharedArrayBuffer | undefined): CallControl {
  const flag = shared === undefined ? undefined : new Int32Array(shared);
  let stopped = false;
  let held = false;
  let visits = 0;
  let gate: Gate | undefined;
  const release = (): void => {
    gate?.open();
    gate = undefined;
  };
  const settle = (): void => {
    if (held || visits > 0) gate ??= closedGate();
    else release();
  };
  const isAborted = (): boolean => stopped || (flag !== undefined && Atomics.load(flag, 0) === 1);
  return {
    begin() {
      stopped = false;
      held = false;
      settle();
      return {
        get aborted() {
          return isAborted();
        },
        get paused() {
          gate?.reach();
          return gate?.opened;
        },
      };
    },
    stop() {
      stopped = true;
      held = false;
      release();
    },
    hold(paused) {
      held = paused;
      settle();
    },
    async between(busy, work) {
      visits++;
      settle();
      try {
        await Promise.race([gate?.reached, busy.catch(() => undefined)]);
        return await work({
          get aborted() {
            return isAborted();
          },
        });
      } finally {
        visits--;
        settle();
      }
    },
  };
}

function closedGate(): Gate {
  let [open, reach] = [(): void => undefined, (): void => undefined];
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { opened, open: () => open(), reached, reach: () => reach() };
}
