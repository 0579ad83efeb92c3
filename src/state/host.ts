// What the stores ask of the browser, passed in so that they can be tested without one.
import type { Milliseconds } from '../engine/core/units.ts';

export interface Host {
  now(): Milliseconds;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  getHash(): string;
  setHash(hash: string): void;
  /** Calls back on each change of the hash. */
  onHash(listener: () => void): void;
}

/** JSON out of storage, checked by `read`; undefined where there is none, it is broken, or storage is closed to us. */
export function readStored<T>(host: Host, key: string, read: (value: unknown) => T | undefined): T | undefined {
  try {
    const text = host.storage.getItem(key);
    return text === null ? undefined : read(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function writeStored(host: Host, key: string, value: unknown): boolean {
  try {
    host.storage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
