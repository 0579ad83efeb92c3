/** A worker that has not stopped this long after a cancel is ended. Long runs on slow machines take seconds. */
export const STOP_WITHIN_MS = 20_000;
