// Cooperative cancelling. A long computation asks `signal.throwIfAborted()` between steps; hosts pass an AbortSignal.

export interface CancelSignal {
  readonly aborted: boolean;
}

export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export const NEVER: CancelSignal = { aborted: false };

export function throwIfCancelled(signal: CancelSignal): void {
  if (signal.aborted) throw new Cancelled();
}
