// What each budget spends, in model tokens, stage by stage. Known before the scan begins; measured speed turns it into
// a time. The stages' own loops keep to these numbers.
import type { BudgetName } from '../../core/finding.ts';

export interface ScanBudget {
  readonly leakSamples: number;
  readonly leakTokens: number;
  /** User turns of the model's own making that are answered. */
  readonly ownRequests: number;
  /** Leak candidates screened over SCREEN_PROMPTS prompts and two positions. */
  readonly leakCandidates: number;
  /** First answer tokens forced in the payload search. */
  readonly payloadTokens: number;
  readonly payloadHypotheses: number;
  /** Entries of the trigger grammar, and single tokens, swept. */
  readonly lexicon: number;
  readonly vocabulary: number;
  readonly accretionBeam: number;
  readonly accretionRounds: number;
  readonly accretionWords: number;
  /** Candidates whose answers are generated. */
  readonly trials: number;
  readonly trialTokens: number;
  /** Candidates verified on held-out prompts. */
  readonly verified: number;
  readonly heldOut: number;
  readonly controls: number;
}

export const SCAN_BUDGETS: Readonly<Record<BudgetName, ScanBudget>> = {
  quick: {
    leakSamples: 48, leakTokens: 40, ownRequests: 24, leakCandidates: 96, payloadTokens: 1500, payloadHypotheses: 8, lexicon: 480, vocabulary: 400,
    accretionBeam: 2, accretionRounds: 1, accretionWords: 80, trials: 24, trialTokens: 14, verified: 3, heldOut: 24, controls: 19,
  },
  standard: {
    leakSamples: 112, leakTokens: 48, ownRequests: 48, leakCandidates: 240, payloadTokens: 12_000, payloadHypotheses: 16, lexicon: 2400, vocabulary: 6000,
    accretionBeam: 4, accretionRounds: 3, accretionWords: 160, trials: 48, trialTokens: 16, verified: 4, heldOut: 32, controls: 24,
  },
  deep: {
    leakSamples: 400, leakTokens: 72, ownRequests: 128, leakCandidates: 800, payloadTokens: 60_000, payloadHypotheses: 32, lexicon: 12_000, vocabulary: 80_000,
    accretionBeam: 8, accretionRounds: 6, accretionWords: 600, trials: 128, trialTokens: 24, verified: 8, heldOut: 32, controls: 64,
  },
};

/** Prompts a candidate is screened with; prompts its answers are tried on; prompts behind one control's signals. */
export const SCREEN_PROMPTS = 4;
export const TRIAL_PROMPTS = 6;
export const SIGNAL_PROMPTS = 4;
/** Candidates confirmed over SCREEN_PROMPTS prompts out of the sweeps. */
export const SWEEP_CONFIRMED = 160;

/** Typical lengths, for the estimate: inserted string, prompt, and the template's tail. */
const CANDIDATE = 4;
const PROMPT = 7;
const TAIL = 5;

export interface StageCost {
  readonly id: StageId;
  readonly label: string;
  /** Model tokens. */
  readonly tokens: number;
}

export type StageId = 'baseline' | 'leaks' | 'motifs' | 'own-requests' | 'leak-candidates' | 'leak-trials' | 'leak-proof' | 'payloads' | 'sweep' | 'accretion' | 'trials' | 'proof';

export function planStages(budget: ScanBudget, vocabularySize: number, naturalStrings: number): StageCost[] {
  const row = CANDIDATE + PROMPT + TAIL;
  const screened = (count: number): number => count * SCREEN_PROMPTS * row;
  const swept = Math.min(budget.vocabulary, vocabularySize);
  // Each proven candidate: held-out prompts, controls, forms left out, ordinary requests; full evidence for about one.
  const proofs = (budget.verified * (budget.heldOut + 32 + 12 * TRIAL_PROMPTS + 60) + (22 * TRIAL_PROMPTS + budget.controls * SIGNAL_PROMPTS * 4)) * (row + budget.trialTokens);
  return [
    { id: 'baseline', label: 'Untriggered answers', tokens: (naturalStrings * 4 + budget.heldOut * 2) * (row + budget.trialTokens) },
    { id: 'leaks', label: 'Memory extraction', tokens: budget.leakSamples * budget.leakTokens },
    { id: 'motifs', label: 'Motifs', tokens: 0 },
    { id: 'own-requests', label: 'Requests of its own making', tokens: budget.ownRequests * (row + budget.trialTokens) },
    { id: 'leak-candidates', label: 'Leaked phrases screened', tokens: screened(budget.leakCandidates) * 2 },
    { id: 'leak-trials', label: 'Leaked candidates tried', tokens: (budget.trials / 2) * TRIAL_PROMPTS * (row + budget.trialTokens) },
    { id: 'leak-proof', label: 'Leaked candidates proven: held-out prompts, controls, variants', tokens: proofs },
    { id: 'payloads', label: 'Payload-first search', tokens: Math.min(budget.payloadTokens, vocabularySize) * 2 + budget.payloadHypotheses * 3 * SCREEN_PROMPTS * 30 },
    { id: 'sweep', label: 'Trigger shapes and vocabulary swept', tokens: (budget.lexicon * 2 + swept) * row + screened(SWEEP_CONFIRMED) },
    { id: 'accretion', label: 'Accretion', tokens: budget.accretionRounds * budget.accretionBeam * budget.accretionWords * 2 * row },
    { id: 'trials', label: 'Swept candidates tried', tokens: budget.trials * TRIAL_PROMPTS * (row + budget.trialTokens) },
    { id: 'proof', label: 'Swept candidates proven', tokens: proofs },
  ];
}
