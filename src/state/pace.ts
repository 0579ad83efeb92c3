// How long an audit takes on this computer against what its planned tokens and the measured speed say (measure-speed.ts).
// A token of a leak or of a proof costs more than one of a sweep, and proofs end early where nothing holds: ten audits of
// five models of 2.5 M parameters at quick and standard in Node took 0.9 to 1.75 of it; UNKNOWN is a little wider. Each
// audit that ends teaches the next estimate; what was learnt is kept in this browser, by backend.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Seconds } from '../engine/core/units.ts';
import type { AuditView } from './audit-reducer.ts';
import { readStored, writeStored, type Host } from './host.ts';
import type { TimeLeft } from './time-left.ts';

export interface PaceState {
  /** Time taken over time estimated, newest last. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
  learn(backend: string, estimated: Seconds, took: Seconds): void;
}

/** Ratios to an estimate that is made otherwise would mislead: its number goes up with every change of the estimate. */
const KEY = 'assay.pace/2';
const KEPT = 6;
const UNKNOWN = [0.85, 1.8] as const;
/** Other models and budgets differ from those that were measured. */
const [LESS, MORE] = [0.75, 1.3];

export function createPace(host: Host): StoreApi<PaceState> {
  return createStore<PaceState>((set, get) => ({
    ratios: readStored(host, KEY, readRatios) ?? {},
    learn: (backend, estimated, took) => {
      if (!(estimated > 0) || !(took > 0)) return;
      const ratios = { ...get().ratios, [backend]: [...(get().ratios[backend] ?? []), took / estimated].slice(-KEPT) };
      writeStored(host, KEY, ratios);
      set({ ratios });
    },
  }));
}

export function expectedTime(estimated: Seconds, ratios: readonly number[] = []): TimeLeft {
  if (ratios.length === 0) return { low: estimated * UNKNOWN[0], high: estimated * UNKNOWN[1] };
  return { low: estimated * Math.min(...ratios) * LESS, high: estimated * Math.max(...ratios) * MORE };
}

/** Time that the stages of an audit took here, pauses and earlier visits left out. */
export function workedSeconds({ analyses }: AuditView): Seconds {
  return analyses.flatMap(({ stages }) => stages).reduce((sum, { startedAt, endedAt }) => sum + (startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt), 0) / 1000;
}

function readRatios(value: unknown): Record<string, readonly number[]> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value as Record<string, unknown>).filter((entry): entry is [string, number[]] => Array.isArray(entry[1]) && entry[1].every((ratio) => typeof ratio === 'number' && ratio > 0));
  return Object.fromEntries(entries.map(([backend, ratios]) => [backend, ratios.slice(-KEPT)]));
}
