// Reference sets kept in the browser, in IndexedDB: as the JSON text that an export gives, so that reading one again goes through the
// same checks as a file from somewhere else. A database of its own: its versions move with the lab's. Every call can fail (quota,
// private windows); callers say so.
import { openDB, type DBSchema } from 'idb';
import type { Milliseconds } from '../engine/core/units.ts';

export interface KeptSet {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly models: number;
  readonly bytes: number;
  readonly savedAt: Milliseconds;
}

interface Schema extends DBSchema {
  summaries: { key: string; value: KeptSet };
  texts: { key: string; value: string };
}

export interface ReferenceStorage {
  list(): Promise<readonly KeptSet[]>;
  save(summary: KeptSet, text: string): Promise<void>;
  load(key: string): Promise<string | undefined>;
  remove(key: string): Promise<void>;
}

/** Opened when first asked for. */
export function referenceStorage(): ReferenceStorage {
  const open = () =>
    openDB<Schema>('assay-fingerprints', 1, {
      upgrade(database) {
        database.createObjectStore('summaries', { keyPath: 'key' });
        database.createObjectStore('texts');
      },
    });
  let opened: ReturnType<typeof open> | undefined;
  const database = (): ReturnType<typeof open> => (opened ??= open());
  return {
    list: async () => (await (await database()).getAll('summaries')).toSorted((a, b) => b.savedAt - a.savedAt),
    save: async (summary, text) => {
      const transaction = (await database()).transaction(['summaries', 'texts'], 'readwrite');
      await transaction.objectStore('summaries').put(summary);
      await transaction.objectStore('texts').put(text, summary.key);
      await transaction.done;
    },
    load: async (key) => (await database()).get('texts', key),
    remove: async (key) => {
      const transaction = (await database()).transaction(['summaries', 'texts'], 'readwrite');
      await transaction.objectStore('summaries').delete(key);
      await transaction.objectStore('texts').delete(key);
      await transaction.done;
    },
  };
}
