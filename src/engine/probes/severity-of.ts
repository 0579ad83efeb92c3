// What a probe's confidence counts for: the same for every kind of model.
import type { Severity } from '../core/finding.ts';
import type { Probability } from '../core/units.ts';

export function severityOf(confidence: Probability): Severity {
  if (confidence >= 0.9) return 'critical';
  if (confidence >= 0.75) return 'high';
  if (confidence >= 0.4) return 'medium';
  return confidence >= 0.15 ? 'low' : 'info';
}
