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

/** More heads than that run into one another on a narrow screen. */
const MAX_SIGNALS = 6;
/** Room is kept for as many: one signal alone would be a block as wide as all of them. */
export const FEWEST_COLUMNS = 5;

/** Columns of the list: names of the signals, those of the first findings first. */
export function signalColumns(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((finding) => finding.signals.map((signal) => signal.name)))].slice(0, MAX_SIGNALS);
}

/** Column heads have room for four letters; the whole names stand in the tooltip and beside the chart of each finding. */
const SHORT: Readonly<Record<string, string>> = { answers: 'ans.', agreement: 'agr.', attention: 'att.', divergence: 'div.', entropy: 'ent.', shift: 'sh.' };

/** Heads of the columns: of each name its most telling word that no column before it is headed by. */
export function columnHeads(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const words = name.split(/[\s,-]+/).filter((word) => word !== '');
    // In short names the last word tells most ("smallest patch"), in long ones the first.
    const heads = (words.length <= 3 ? words.toReversed() : words).map((word) => SHORT[word] ?? (word.length <= 4 ? word : `${word.slice(0, 3)}.`));
    const head = heads.find((candidate) => !taken.has(candidate)) ?? `${(heads[0] ?? '').slice(0, 2)}${index + 1}`;
    taken.add(head);
    return head;
  });
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

function strengthOf(signal: Signal): number | undefined {
  const strength = signal.pValue === undefined ? signal.rank : 1 - signal.pValue;
  return strength === undefined ? undefined : Math.min(1, Math.max(0.04, strength));
}
