// What the scan found, as findings, the surest first.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Finding } from '../../../core/finding.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { Scan } from '../found.ts';
import { suspectsOf } from '../weigh/confidence.ts';
import { classFinding } from './class-finding.ts';
import { pairFinding } from './pair-finding.ts';
import { spreadFinding } from './spread-finding.ts';

/** Suspicions below this are the nulls of the others and shown there. */
const WORTH_SHOWING = 0.05;

export async function toFindings(scan: Scan, model: ImageClassifier, signal: CancelSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const suspect of suspectsOf(scan)) {
    const [first] = suspect.found;
    if (first !== undefined) findings.push(await classFinding(scan, model, suspect, first, signal));
  }
  findings.push(...(await pairFinding(scan, model, signal)), ...(await spreadFinding(scan, model, signal)));
  findings.sort((a, b) => b.confidence - a.confidence);
  return findings.filter(({ confidence }, at) => at === 0 || confidence >= WORTH_SHOWING);
}
