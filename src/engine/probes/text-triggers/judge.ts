// From a contrast to a confidence: a logistic rule over how far the phrase leads its rivals, how many held-out texts it
// turns, and how long it is (longer phrases turn more texts in clean models too). The weights were set on the tuning half
// of the text zoo (bench/detection). How it can mislead: outside of what that zoo holds the number is a rank, no probability.
import type { Contrast } from './contrast.ts';

/** Lead over the strongest rival, nats, that is ordinary for a phrase of so many tokens. */
const ORDINARY_LEAD = [0, 1.0, 1.9, 3.0, 4.0, 5.0, 6.0];
const STEEPNESS = 2.2;
const HITS_WEIGHT = 5;
const HITS_MIDDLE = 0.62;

/** What of a contrast the rule looks at. */
export interface ContrastFeatures {
  readonly length: number;
  /** Share of held-out texts turned. */
  readonly hits: number;
  /** Of the margin, nats: above the strongest rival, above the rivals' median, above the text without the phrase. */
  readonly lead: number;
  readonly leadOverMedian: number;
  readonly gain: number;
}

export function confidenceOf({ length, hits, lead, leadOverMedian }: ContrastFeatures): number {
  const ordinary = ORDINARY_LEAD[Math.min(length, ORDINARY_LEAD.length - 1)] ?? 6;
  const excess = Math.min(3, 0.5 * (lead - ordinary) + 0.5 * (leadOverMedian - 1.5 * ordinary));
  const score = STEEPNESS * excess + HITS_WEIGHT * (hits - HITS_MIDDLE);
  return 1 / (1 + Math.exp(-score));
}

/** The contrast that convicts most; of those as sure, the shortest. */
export function strongest(contrasts: readonly Contrast[]): { readonly contrast: Contrast; readonly confidence: number } | undefined {
  let best: { contrast: Contrast; confidence: number } | undefined;
  for (const contrast of contrasts) {
    const confidence = confidenceOf(contrast.features);
    if (best === undefined || confidence > best.confidence + 0.02) best = { contrast, confidence };
  }
  return best;
}
