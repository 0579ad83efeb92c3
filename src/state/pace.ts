// How long an audit takes on this computer against what its planned tokens and the measured speed say (measure-speed.ts).
// A token of a leak or of a proof costs more than one of a sweep, and proofs end early where nothing holds. Ten audits of five
// models of 2.5 M parameters at quick and standard in Node took 0.9 to 1.75 of it, SmolLM2-135M 1.04, three in a browser on
// WASM 1.2 to 2.1. Each audit that ends teaches the next estimate; what was learnt is kept in this browser, by backend.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { quantile } from '../engine/core/statistics.ts';
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
const KEPT = 5;
const UNKNOWN = [0.85, 2.1] as const;
/** Of the middle of what was measured: other models and budgets differ from those, mostly by how much there is to prove. */
const [LESS, MORE] = [0.65, 1.65];

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
  const middle = quantile(ratios, 0.5);
  return { low: estimated * middle * LESS, high: estimated * middle * MORE };
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
