// Small bars, one a signal, in the same order in every row of the list: how far each signal stands out of its null.
// Height is 1 - p, about the share of controls it goes beyond (a calibrated rank where there is no p-value). Filled red:
// p <= .01, or beyond every one of at least 8 controls. A signal that was never compared is outlined at half height; one
// that was not measured is an empty frame. Few controls make tall bars easily: the p-value stands beside.
import type { Finding, Signal } from '../../engine/core/finding.ts';

export type SignalBar =
  | { readonly name: string; readonly kind: 'absent' }
  | { readonly name: string; readonly kind: 'uncompared'; readonly signal: Signal }
  | { readonly name: string; readonly kind: 'compared'; readonly signal: Signal; readonly strength: number; readonly strong: boolean };

const MAX_SIGNALS = 7;
const STRONG_P = 0.01;
const STRONG_RANK = 0.99;
const FEWEST_CONTROLS = 8;

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
    const strong = isStrong(signal);
    return { name, kind: 'compared', signal, strength, strong };
  });
}

export function strengthOf(signal: Signal): number | undefined {
  const strength = signal.pValue === undefined ? signal.rank : 1 - signal.pValue;
  return strength === undefined ? undefined : Math.min(1, Math.max(0.04, strength));
}

export function isStrong(signal: Signal): boolean {
  if (signal.pValue === undefined) return (signal.rank ?? 0) >= STRONG_RANK;
  const controls = signal.nullValues?.length ?? 0;
  return signal.pValue <= STRONG_P || (controls >= FEWEST_CONTROLS && signal.pValue <= 1 / (controls + 1) + 1e-12);
}
