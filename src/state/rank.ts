// Order of suspicions on the page: the report's order, computed the same way while findings stream in.
import { SEVERITIES, type Finding } from '../engine/core/finding.ts';

export function byRank(a: Finding, b: Finding): number {
  return severityRank(b) - severityRank(a) || b.confidence - a.confidence || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function severityRank(finding: Finding): number {
  return SEVERITIES.indexOf(finding.severity);
}
