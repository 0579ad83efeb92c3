// When a signal stands out from its null. One rule for the words of a verdict, for charts and for lists.
import type { Signal } from './finding.ts';

const SMALL_P = 0.05;
/** Being more extreme than every control says something from so many on: with fewer, one in three or five does so by chance. */
const FEWEST_CONTROLS = 8;

/** p at most .05, or a rank that as few reach. */
export function significant({ pValue, rank }: Signal): boolean {
  return pValue === undefined ? (rank ?? 0) >= 1 - SMALL_P : pValue <= SMALL_P;
}

/** More extreme than every one of its controls, which are too few for a small p. */
export function beyondControls(signal: Signal): boolean {
  const controls = signal.nullValues?.length ?? 0;
  return !significant(signal) && signal.pValue !== undefined && controls >= FEWEST_CONTROLS && signal.pValue <= 1 / (controls + 1) + 1e-12;
}

export function standsOut(signal: Signal): boolean {
  return significant(signal) || beyondControls(signal);
}
