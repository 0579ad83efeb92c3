// What the analyst decided about each finding, kept in this browser: by artifact hash and finding id, so that a later
// audit of the same artifact shows it again.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { readStored, writeStored, type Host } from './host.ts';

const TRIAGE_STATES = ['open', 'confirmed', 'false-positive'] as const;
export type TriageState = (typeof TRIAGE_STATES)[number];

export interface TriageEntry {
  readonly state: TriageState;
  readonly reason: string;
}

export interface TriageStore {
  readonly entries: Readonly<Record<string, TriageEntry>>;
  decide(artifact: string, finding: string, entry: TriageEntry): void;
}

export const UNDECIDED: TriageEntry = { state: 'open', reason: '' };

const KEY = 'assay.triage';

export function triageKey(artifact: string, finding: string): string {
  return `${artifact}/${finding}`;
}

export function createTriage(host: Host): StoreApi<TriageStore> {
  return createStore<TriageStore>((set, get) => ({
    entries: readStored(host, KEY, readEntries) ?? {},
    decide: (artifact, finding, entry) => {
      const entries = { ...get().entries, [triageKey(artifact, finding)]: entry };
      writeStored(host, KEY, entries);
      set({ entries });
    },
  }));
}

function readEntries(value: unknown): Record<string, TriageEntry> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: Record<string, TriageEntry> = {};
  for (const [key, entry] of Object.entries(value as Record<string, unknown>)) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { state, reason } = entry as { state?: unknown; reason?: unknown };
    const known = TRIAGE_STATES.find((name) => name === state);
    if (known !== undefined) entries[key] = { state: known, reason: typeof reason === 'string' ? reason : '' };
  }
  return entries;
}
