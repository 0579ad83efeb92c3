// What the engine asks of its host besides bytes and a runtime: time.
import type { Milliseconds } from './units.ts';

export interface Clock {
  /** Monotonic. */
  now(): Milliseconds;
}
