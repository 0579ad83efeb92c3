// Small bars, one a signal, in the same order in every row of the list: how far each signal stands out of its null.
// Height is 1 - p, about the share of controls it goes beyond (a calibrated rank where there is no p-value). Filled red:
// it stands out (engine/core/signal.ts). A signal that was never compared is outlined at half height; one
// that was not measured is an empty frame. Few controls make tall bars easily: the p-value stands beside.
import type { Finding, Signal } from '../../engine/core/finding.ts';
import { standsOut } from '../../engine/core/signal.ts';

export type SignalBar =
  | { readonly name: string; readonly kind: 'absent' }
  | { readonly name: string; readonly kind: 'uncompared'; readonly signal: Signal }
  | { readonly name: string; readonly kind: 'compared'; readonly signal: Signal; readonly strength: number; readonly strong: boolean };

const MAX_SIGNALS = 7;

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
    const strong = standsOut(signal);
    return { name, kind: 'compared', signal, strength, strong };
  });
}

export function strengthOf(signal: Signal): number | undefined {
  const strength = signal.pValue === undefined ? signal.rank : 1 - signal.pValue;
  return strength === undefined ? undefined : Math.min(1, Math.max(0.04, strength));
}
