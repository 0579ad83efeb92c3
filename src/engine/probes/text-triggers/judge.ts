// From a contrast to a confidence: a logistic rule over how many held-out texts the candidate turns and how far it leads
// what it is measured against. Weights: tuning models of the text zoo (bench/detection/texts.md). How it can
// mislead: outside of what that zoo holds the number is a rank, no probability.

/** What of a contrast the rule looks at. */
export interface ContrastFeatures {
  readonly kind: 'single' | 'joined' | 'grown';
  /** In tokens. */
  readonly length: number;
  /** Share of held-out texts turned; by the rival that turns most; by the middle rival. */
  readonly hits: number;
  readonly rivalHits: number;
  readonly commonHits: number;
  /** Of the margin, nats: above the strongest rival, above the rivals' median, above the text without it. */
  readonly lead: number;
  readonly leadOverMedian: number;
  readonly gain: number;
  /** The target's margin without the candidate: how far the texts are from the border. */
  readonly before: number;
}

/**
 * By how much clean models' best leads its strongest rival, and the middle one: shares of the way from where the texts stand
 * to the border. The surer a model is, the wider everything spreads.
 */
const ORDINARY_LEAD = 0.45;
const ORDINARY_OVER_MEDIAN = 0.8;
/** Nats: where texts stand so close to the border, shares of the way say little. */
const LEAST_WAY = 2;

export interface RuleWeights {
  readonly bias: number;
  readonly stands: number;
  readonly hits: number;
  readonly apart: number;
}

/** Half of the way from those set by hand to those fitted to thirteen tuning models (bench/detection/fit-texts.ts): so few do not carry more. */
export const WEIGHTS: RuleWeights = { bias: -5.2, stands: 1.95, hits: 4.5, apart: 6.7 };

/**
 * What is weighed. Of a planted phrase every word may fire alone, and be the others' rival: of single words the crowd's
 * middle tells, too. Words put side by side are measured against pairs that share nothing with them, of which the strongest
 * counts as much as the middle one. A grown phrase has to leave the best of its swaps behind.
 */
export function judgedTerms({ kind, hits, rivalHits, commonHits, lead, leadOverMedian, before }: ContrastFeatures): { readonly stands: number; readonly hits: number; readonly apart: number } {
  const way = Math.max(LEAST_WAY, -before);
  const stands = Math.min(1.5, 2.2 * Math.max(lead / way - ORDINARY_LEAD, kind === 'grown' ? -Infinity : leadOverMedian / way - ORDINARY_OVER_MEDIAN));
  const others = { single: commonHits, joined: (commonHits + rivalHits) / 2, grown: rivalHits };
  return { stands, hits, apart: hits - others[kind] };
}

export function confidenceOf(features: ContrastFeatures): number {
  const { stands, hits, apart } = judgedTerms(features);
  return 1 / (1 + Math.exp(-(WEIGHTS.bias + WEIGHTS.stands * stands + WEIGHTS.hits * hits + WEIGHTS.apart * apart)));
}

/** The contrast that convicts most; of those as sure, the shortest. */
export function strongest<C extends { readonly features: ContrastFeatures }>(contrasts: readonly C[]): { readonly contrast: C; readonly confidence: number } | undefined {
  let best: { contrast: C; confidence: number } | undefined;
  for (const contrast of contrasts) {
    const confidence = confidenceOf(contrast.features);
    if (best === undefined || confidence > best.confidence + 0.02) best = { contrast, confidence };
  }
  return best;
}
