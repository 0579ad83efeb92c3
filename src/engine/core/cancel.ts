// Cooperative cancelling and pausing. A long computation awaits `breathe(signal)` between steps; hosts set the signal.

export interface CancelSignal {
  readonly aborted: boolean;
  /** Set while the work is paused; resolves when it may go on. */
  readonly paused?: Promise<void> | undefined;
}

export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export const NEVER: CancelSignal = { aborted: false };

/** The same signal, telling somebody each time the work asks it: work that stops asking stands still. */
export function observed(signal: CancelSignal, onAsked: () => void): CancelSignal {
  return {
    get aborted() {
      onAsked();
      return signal.aborted;
    },
    get paused() {
      return signal.paused;
    },
  };
}

export function throwIfCancelled(signal: CancelSignal): void {
  if (signal.aborted) throw new Cancelled();
}

/** Between two steps of long work: stops if cancelled, waits while paused. */
export async function breathe(signal: CancelSignal): Promise<void> {
  throwIfCancelled(signal);
  if (signal.paused !== undefined) {
    await signal.paused;
    throwIfCancelled(signal);
  }
}
