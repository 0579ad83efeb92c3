// Which audits run in which tab, by Web Locks: a tab that audits holds a lock, which the browser lets go with the tab, however it
// ends. Where there are none (a page without a secure context), every audit counts as this tab's own.

export interface AuditLocks {
  /** Undefined where another tab holds it. */
  hold(key: string): Promise<{ release(): void } | undefined>;
  /** Whether a tab holds a key that begins so; this tab must hold none itself. */
  isHeld(prefix: string): Promise<boolean>;
  /** Settles once no tab holds such a key. */
  whenFree(prefix: string): Promise<void>;
}

const NAME = 'assay-audit/';
/** A page that is being reloaded lets its locks go a little after the new one has begun. */
const RELOAD_MS = 400;

export const NO_LOCKS: AuditLocks = { hold: async () => ({ release: () => undefined }), isHeld: async () => false, whenFree: async () => undefined };

export function auditLocks(locks: Pick<LockManager, 'query' | 'request'> | undefined, wait: (milliseconds: number) => Promise<void> = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))): AuditLocks {
  if (locks === undefined) return NO_LOCKS;
  const held = async (prefix: string): Promise<string[]> => ((await locks.query()).held ?? []).flatMap(({ name }) => (name?.startsWith(`${NAME}${prefix}`) === true ? [name] : []));
  return {
    hold: (key) =>
      new Promise((resolve, reject) => {
        locks.request(`${NAME}${key}`, { ifAvailable: true }, (lock) => {
          if (lock === null) return resolve(undefined);
          return new Promise<void>((release) => resolve({ release }));
        }).catch(reject);
      }),
    isHeld: async (prefix) => {
      if ((await held(prefix)).length === 0) return false;
      await wait(RELOAD_MS);
      return (await held(prefix)).length > 0;
    },
    whenFree: async (prefix) => {
      for (;;) {
        const [name] = await held(prefix);
        if (name === undefined) return;
        await locks.request(name, { mode: 'shared' }, () => undefined);
      }
    },
  };
}
