// Small bars, one a signal, in the same order in every row of the list: how far each signal stands out of its null.
// Height is -log10(p) / 3, so that p = .001 fills it; a calibrated rank is used where there is no p-value. A signal that
// has neither is outlined at half height (measured, never compared); one that was not measured is an empty frame.
import type { Finding, Signal } from '../../engine/core/finding.ts';

export type SignalBar =
  | { readonly name: string; readonly kind: 'absent' }
  | { readonly name: string; readonly kind: 'uncompared'; readonly signal: Signal }
  | { readonly name: string; readonly kind: 'compared'; readonly signal: Signal; readonly strength: number; readonly strong: boolean };

const MAX_SIGNALS = 7;
const STRONG_P = 0.01;
const STRONG_RANK = 0.99;

/** Columns of the list: names of the signals, those of the first findings first. */
export function signalColumns(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((finding) => finding.signals.map((signal) => signal.name)))].slice(0, MAX_SIGNALS);
}

export function layoutSignalBars(signals: readonly Signal[], columns: readonly string[]): SignalBar[] {
  return columns.map((name) => {
    const signal = signals.find((candidate) => candidate.name === name);
    if (signal === undefined) return { name, kind: 'absent' };
    const strength = strengthOf(signal);
    if (strength === undefined) return { name, kind: 'uncompared', signal };
    const strong = signal.pValue === undefined ? (signal.rank ?? 0) >= STRONG_RANK : signal.pValue <= STRONG_P;
    return { name, kind: 'compared', signal, strength, strong };
  });
}

export function strengthOf(signal: Signal): number | undefined {
  if (signal.pValue !== undefined) return Math.min(1, Math.max(0.04, -Math.log10(Math.max(signal.pValue, 1e-12)) / 3));
  return signal.rank === undefined ? undefined : Math.max(0.04, signal.rank);
}
