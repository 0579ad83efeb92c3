// Reference sets that this browser keeps: named, counted up by version, listed, opened, compared, removed.
import { parseReferenceSet, writeReferenceSet } from '../engine/fingerprint/reference/parse-reference.ts';
import type { ReferenceSet } from '../engine/fingerprint/reference/reference-set.ts';

export interface KeptSet {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly models: number;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** Where they are kept; adapters/reference-storage.ts matches it by shape. */
export interface KeptSets {
  list(): Promise<readonly KeptSet[]>;
  save(summary: KeptSet, text: string): Promise<void>;
  load(key: string): Promise<string | undefined>;
  remove(key: string): Promise<void>;
}

/** Keeps nothing: for tests of other pages. */
export const NO_SETS: KeptSets = { list: async () => [], save: async () => {}, load: async () => undefined, remove: async () => {} };

export function keyOfSet({ name, version }: Pick<ReferenceSet, 'name' | 'version'>): string {
  return `${name} ${version}`;
}

/** Saves under name and version. Another set under both takes the next free version, which is returned with it. */
export async function keepSet(sets: KeptSets, set: ReferenceSet, now: number): Promise<ReferenceSet> {
  const same = (await sets.list()).filter(({ name }) => name === set.name);
  const taken = same.find(({ version }) => version === set.version);
  const text = writeReferenceSet(set);
  if (taken !== undefined && (await sets.load(taken.key)) === text) return set;
  const version = taken === undefined ? set.version : Math.max(...same.map((kept) => kept.version)) + 1;
  const kept = { ...set, version };
  const written = writeReferenceSet(kept);
  await sets.save({ key: keyOfSet(kept), name: set.name, version, models: set.models.length, bytes: written.length, savedAt: now }, written);
  return kept;
}

export async function loadSet(sets: KeptSets, key: string): Promise<ReferenceSet> {
  const text = await sets.load(key);
  if (text === undefined) throw new Error(`${key} is no longer kept in this browser`);
  return parseReferenceSet(text, key);
}
