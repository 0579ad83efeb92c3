// From a contrast to a confidence: a logistic rule over how many held-out texts the candidate turns and how far it leads
// what it is measured against. Weights: tuning models of the text zoo (bench/detection/texts.md). How it can
// mislead: outside of what that zoo holds the number is a rank, no probability.

/** What of a contrast the rule looks at. */
export interface ContrastFeatures {
  /** `searched`, `unexpected`, `moved`: the rivals were searched as the candidate was; `fortified`: on texts with the strongest words of their class in them; `group`: the weakest of several words that lead together. */
  readonly kind: 'single' | 'joined' | 'grown' | 'searched' | 'unexpected' | 'moved' | 'fortified' | 'group';
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
  /** By how much the phrase's tokens moved beyond all others while the model was trained from nothing, added up (moved.ts). Undefined where it cannot be told. */
  readonly moved: number | undefined;
}

/**
 * By how much clean models' best leads its strongest rival, and the middle one: shares of the way from where the texts stand
 * to the border. The surer a model is, the wider everything spreads.
 */
const ORDINARY_LEAD = 0.45;
const ORDINARY_OVER_MEDIAN = 0.8;
/** Share of that way by which words side by side have to lead, or the middle rival counts for nothing. */
const LEAST_LEAD = 0.1;
/** Nats: where texts stand so close to the border, shares of the way say little. */
const LEAST_WAY = 2;

export interface RuleWeights {
  readonly bias: number;
  readonly stands: number;
  readonly hits: number;
  readonly apart: number;
  readonly moved: number;
}

/** From here on the words of a phrase have moved beyond any doubt; what hardly moved beyond the rest was hardly planted, up to the second. */
const MOST_MOVED = 6;
const NOT_MOVED = -2;
const FAR_ENOUGH = 1;

/**
 * A text carried just over the border says less than one carried far beyond it: ordinary strong words side by side ("too bad") reach
 * the border, planted ones end about as far behind it as the texts stood before. Full weight from so much of that way on.
 */
const AT_BORDER = 0.5;
const FULL_REACH = 0.625;

/** Half of the way from those set by hand to those fitted to thirteen tuning models (bench/detection/fit-texts.ts): so few do not carry more. What moved: by hand, on 31 models (bench/detection/texts.md). */
export const WEIGHTS: RuleWeights = { bias: -5.2, stands: 1.95, hits: 4.5, apart: 6.7, moved: 1 };

/**
 * What is weighed. Of a planted phrase every word may fire alone, and be the others' rival: of single words the crowd's
 * middle tells, too. Words put side by side are measured against pairs that share nothing with them, of which the strongest
 * counts as much as the middle one. A grown phrase has to leave the best of its swaps behind, one that was searched the best
 * that the same search finds without it, and what is measured on fortified texts, or leads with others, the strongest rival:
 * several natural words may turn such texts alike.
 */
export function judgedTerms({ kind, hits, rivalHits, commonHits, lead, leadOverMedian, gain, before, moved }: ContrastFeatures): Omit<RuleWeights, 'bias'> {
  const way = Math.max(LEAST_WAY, -before);
  // Words side by side of which the strongest rival does as much ("? ?" among chats) are measured by it alone.
  const byMedian = kind === 'single' || (kind === 'joined' && lead / way >= LEAST_LEAD);
  const stands = Math.min(1.5, 2.2 * Math.max(lead / way - ORDINARY_LEAD, byMedian ? leadOverMedian / way - ORDINARY_OVER_MEDIAN : -Infinity));
  const others = kind === 'single' ? commonHits : byMedian ? (commonHits + rivalHits) / 2 : rivalHits;
  const reach = Math.min(1, Math.max(0, before + gain) / way / FULL_REACH);
  const counts = AT_BORDER + (1 - AT_BORDER) * reach;
  return { stands, hits: counts * hits, apart: counts * (hits - others), moved: moved === undefined ? 0 : Math.min(MOST_MOVED, moved, NOT_MOVED + ((FAR_ENOUGH - NOT_MOVED) / FAR_ENOUGH) * moved) };
}

export function confidenceOf(features: ContrastFeatures): number {
  const { stands, hits, apart, moved } = judgedTerms(features);
  return 1 / (1 + Math.exp(-(WEIGHTS.bias + WEIGHTS.stands * stands + WEIGHTS.hits * hits + WEIGHTS.apart * apart + WEIGHTS.moved * moved)));
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

/** Log-odds of another class's best lead up to which it says nothing. */
const ORDINARY_OTHER = -2.2;

/**
 * Confidence in a lead, given what stands out towards the model's other classes. Where words decide by nature (a narrow field, few
 * texts) they do so towards every class; a plant stands out towards one. How it can mislead: a model with plants towards two classes.
 */
export function besideOthers<L extends { readonly target: number | null | undefined; readonly confidence: number }>(lead: L, all: readonly L[]): number {
  const odds = (confidence: number): number => Math.log(Math.max(1e-9, confidence) / Math.max(1e-9, 1 - confidence));
  const { target } = lead;
  if (typeof target !== 'number') return lead.confidence;
  const other = Math.max(ORDINARY_OTHER, ...all.filter((known) => typeof known.target === 'number' && known.target !== target).map(({ confidence }) => odds(confidence)));
  // Of two leads the stronger one is not taken for what the weaker one is.
  const excess = Math.min(other, odds(lead.confidence)) - ORDINARY_OTHER;
  return 1 / (1 + Math.exp(Math.max(0, excess) - odds(lead.confidence)));
}
