// The monitor page's last check, in IndexedDB, so that a reload loses nothing: baseline, result, and a copy of the log
// where it is small. A database of its own: its versions move with the monitor's. Every call can fail (quota, private
// windows); callers go on without it.
import { openDB, type DBSchema } from 'idb';

interface Schema extends DBSchema {
  checks: { key: string; value: unknown };
}

const LAST = 'last';

export interface MonitorStorage {
  save(check: unknown): Promise<void>;
  /** As it was saved, by whatever version of the page: to be judged by the reader. */
  last(): Promise<unknown>;
  forget(): Promise<void>;
}

export async function openMonitorStorage(): Promise<MonitorStorage> {
  const db = await openDB<Schema>('assay-monitor', 1, {
    upgrade(database) {
      database.createObjectStore('checks');
    },
  });
  return {
    save: async (check) => {
      await db.put('checks', check, LAST);
    },
    last: () => db.get('checks', LAST),
    forget: () => db.delete('checks', LAST),
  };
}
