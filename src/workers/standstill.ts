// Ends a worker that stands still: some damaged files make a reader loop for ever, and a loop takes no messages. The worker
// sends a beat whenever its work asks the cancel signal; here ticks without a beat are counted, not seconds, so that a
// machine that slept is not taken for one that hangs.
export const BEAT = 'assay-beat';
const BEAT_EVERY_MS = 1000;

export interface Beating {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Calls back after so many seconds of work without a beat. `working`: whether a call is waiting for this worker. */
export function watchForStandstill(worker: Beating, seconds: number, working: () => boolean, onStandstill: () => void): () => void {
  let missed = 0;
  worker.addEventListener('message', ({ data }) => {
    if (data === BEAT) missed = 0;
  });
  const timer = setInterval(() => {
    missed = working() ? missed + 1 : 0;
    if (missed < seconds) return;
    clearInterval(timer);
    onStandstill();
  }, 1000);
  return () => clearInterval(timer);
}

/** The worker's side: at most one beat a second. */
export function beater(post: (beat: string) => void, now: () => number): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < BEAT_EVERY_MS) return;
    last = now();
    post(BEAT);
  };
}
