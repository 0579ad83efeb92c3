// Two tabs of one browser: what one audits, the other knows of, until it ends.
import { describe, expect, it } from 'vitest';
import { auditLocks } from './audit-locks.ts';

/** Locks by name with those who wait, as the browser keeps them for all tabs. */
function lockManager(): Pick<LockManager, 'query' | 'request'> {
  const holders = new Map<string, Promise<unknown>>();
  const request = async (name: string, options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> => {
    while (holders.has(name)) {
      if (options.ifAvailable === true) return work(null);
      await holders.get(name);
    }
    const held = Promise.resolve(work({ name, mode: options.mode ?? 'exclusive' }));
    holders.set(name, held.finally(() => holders.delete(name)));
    return held;
  };
  return { query: async () => ({ held: [...holders.keys()].map((name) => ({ name })), pending: [] }), request: request as LockManager['request'] };
}

describe('audits of several tabs', () => {
  const noWait = async (): Promise<void> => undefined;
  it('are known to each other until they end', async () => {
    const manager = lockManager();
    const [first, second] = [auditLocks(manager, noWait), auditLocks(manager, noWait)];
    const lock = await first.hold('ab12/quick/0');
    expect(lock).toBeDefined();
    expect(await second.isHeld('ab12/')).toBe(true);
    expect(await second.isHeld('cd/')).toBe(false);
    expect(await second.hold('ab12/quick/0')).toBeUndefined();
    expect(await second.hold('ab12/deep/0')).toBeDefined();
    let free = false;
    const freed = second.whenFree('ab12/quick').then(() => (free = true));
    await new Promise((resolve) => setTimeout(resolve));
    expect(free).toBe(false);
    lock?.release();
    await freed;
    expect(await second.isHeld('ab12/quick')).toBe(false);
  });

  it('are all this tab’s own where the browser has no locks', async () => {
    const locks = auditLocks(undefined);
    expect(await locks.isHeld('')).toBe(false);
    expect(await locks.hold('a')).toBeDefined();
    await locks.whenFree('a');
  });
});
