// The rule whose findings say that a model cannot be judged by what it does: its id stands alone, because the verdict and its
// words ask for it (audit/verdict.ts, report/verdict-words.ts).
import type { Finding } from '../../core/finding.ts';

export const NAN_IN_WEIGHTS = 'ASY-PRV-033';

/** Suppressed findings count for nothing. */
export function nanInWeights(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ rule, suppressed }) => rule === NAN_IN_WEIGHTS && suppressed === undefined);
}
