// What each budget spends, in model tokens, stage by stage. Known before the scan begins; measured speed turns it into
// a time. The stages' own loops keep to these numbers.
import type { BudgetName } from '../../core/finding.ts';
import { SINGLED_OUT_BEHIND } from './search/behind-opening.ts';
import { rowsOfARound } from './search/grow-answers.ts';
import { latePart, searchTokens, type Breadth } from './payloads/payload-search.ts';
import { SCORED } from './payloads/rank-by-payload.ts';
import { rowsToward } from './search/toward.ts';

export interface ScanBudget extends Breadth {
  readonly leakSamples: number;
  readonly leakTokens: number;
  /** User turns of the model's own making, leaked or sampled, that are answered. */
  readonly ownRequests: number;
  /** Leak candidates screened over SCREEN_PROMPTS prompts and two positions. */
  readonly leakCandidates: number;
  /** Payloads that stand ready, of those kept, that strings are grown towards. */
  readonly payloadsGrown: number;
  /** Of all, the first ones that codes are climbed for. */
  readonly payloadsCoded: number;
  /** Entries of the trigger grammar, frequent words and listed ones (in small letters and capitals), swept; words tried together in one string. */
  readonly lexicon: number;
  readonly vocabulary: number;
  /** Of the frequent words, and of the grammar's strings, those that are tried at the start of a prompt as well. */
  readonly startWords: number;
  readonly startShapes: number;
  readonly listedWords: number;
  /** Of the listed words, those screened, and those whose answers are generated. */
  readonly listedConfirmed: number;
  readonly listedTrials: number;
  /** Pairs of letters, of 676. */
  readonly letterPairs: number;
  readonly wordsTogether: number;
  /** Words behind the frequent ones, each of which is a whole request: swept, screened, grown, and generated from. */
  readonly bareWords: number;
  readonly bareConfirmed: number;
  readonly bareGrown: number;
  readonly bareTrials: number;
  /** Behind an opening (behind-opening.ts): openings of payloads, frequent words tried together, those screened, grown, and generated from. */
  readonly openings: number;
  readonly behindTogether: number;
  readonly behindConfirmed: number;
  readonly behindGrown: number;
  readonly behindTrials: number;
  /** Swept entries screened over SCREEN_PROMPTS prompts. */
  readonly sweepConfirmed: number;
  readonly accretionBeam: number;
  /** Words with an answer of their own that are grown towards it. */
  readonly answeredWords: number;
  readonly accretionRounds: number;
  readonly accretionWords: number;
  /** Most frequent words tried where something fires in some prompts only. */
  readonly growthWords: number;
  /** Candidates whose answers are generated. */
  readonly trials: number;
  /** Of them, those tried for a family of texts on all prompts but the held-out ones. */
  readonly families: number;
  readonly trialTokens: number;
  /** Leaked phrases whose answers are followed to where a payload may come late, and how long. */
  readonly latePhrases: number;
  readonly lateTokens: number;
  /** Candidates verified on held-out prompts. */
  readonly verified: number;
  /** Of the swept ones, strongest first, those whose planted form is sought: up to 85,000 tokens each at standard. */
  readonly pursued: number;
  readonly heldOut: number;
  readonly controls: number;
}

export const SCAN_BUDGETS: Readonly<Record<BudgetName, ScanBudget>> = {
  quick: {
    leakSamples: 48, leakTokens: 40, ownRequests: 48, leakCandidates: 80, payloadFirsts: 150, payloadPairs: 800, payloadsWidened: 16, payloadsFollowed: 64, payloads: 4, payloadsGrown: 1, payloadsCoded: 1, lexicon: 360, vocabulary: 900, startWords: 900, startShapes: 360, listedWords: 0, listedConfirmed: 0, listedTrials: 0, letterPairs: 0, wordsTogether: 3, bareWords: 0, bareConfirmed: 0, bareGrown: 0, bareTrials: 0, sweepConfirmed: 60, openings: 1, behindTogether: 6, behindConfirmed: 12, behindGrown: 1, behindTrials: 2,
    accretionBeam: 2, answeredWords: 2, accretionRounds: 1, accretionWords: 40, growthWords: 3000, trials: 20, families: 3, trialTokens: 14, latePhrases: 6, lateTokens: 40, verified: 3, pursued: 1, heldOut: 24, controls: 19,
  },
  standard: {
    leakSamples: 96, leakTokens: 48, ownRequests: 128, leakCandidates: 200, payloadFirsts: 300, payloadPairs: 2500, payloadsWidened: 60, payloadsFollowed: 192, payloads: 6, payloadsGrown: 2, payloadsCoded: 1, lexicon: 920, vocabulary: 4500, startWords: 2000, startShapes: 340, listedWords: 1100, listedConfirmed: 60, listedTrials: 10, letterPairs: 676, wordsTogether: 3, bareWords: 4600, bareConfirmed: 36, bareGrown: 2, bareTrials: 6, sweepConfirmed: 128, openings: 1, behindTogether: 6, behindConfirmed: 24, behindGrown: 1, behindTrials: 6,
    accretionBeam: 1, answeredWords: 4, accretionRounds: 2, accretionWords: 40, growthWords: 9000, trials: 36, families: 6, trialTokens: 16, latePhrases: 10, lateTokens: 56, verified: 6, pursued: 2, heldOut: 32, controls: 24,
  },
  deep: {
    leakSamples: 400, leakTokens: 72, ownRequests: 400, leakCandidates: 800, payloadFirsts: 1000, payloadPairs: 20_000, payloadsWidened: 400, payloadsFollowed: 960, payloads: 24, payloadsGrown: 12, payloadsCoded: 6, lexicon: 8000, vocabulary: 30_000, startWords: 30_000, startShapes: 8000, listedWords: 2000, listedConfirmed: 60, listedTrials: 10, letterPairs: 676, wordsTogether: 1, bareWords: 30_000, bareConfirmed: 96, bareGrown: 12, bareTrials: 24, sweepConfirmed: 480, openings: 4, behindTogether: 2, behindConfirmed: 64, behindGrown: 8, behindTrials: 16,
    accretionBeam: 8, answeredWords: 24, accretionRounds: 6, accretionWords: 400, growthWords: 30_000, trials: 128, families: 24, trialTokens: 24, latePhrases: 40, lateTokens: 96, verified: 8, pursued: 6, heldOut: 32, controls: 64,
  },
};

/** Prompts a candidate is screened with; prompts its answers are tried on; prompts behind one control's signals. */
export const SCREEN_PROMPTS = 4;
export const TRIAL_PROMPTS = 6;
export const SIGNAL_PROMPTS = 4;

/** Typical lengths in tokens, for the estimate: inserted string, prompt, the template's tail. */
const CANDIDATE = 4;
const PROMPT = 7;
const TAIL = 6;
const FREQUENT_WORD = 1.3;
const LISTED_WORD = 2.2;
const SHOUTED_WORD = 3;
const LETTER_PAIR = 1.5;
/** Search prompts and everyday requests. */
const OPEN_PROMPTS = 34;
/** Ordinary prompts answered by one token, to choose among. */
const POOL = 140;

export interface StageCost {
  readonly id: StageId;
  readonly label: string;
  /** Model tokens. */
  readonly tokens: number;
}

export type StageId = 'baseline' | 'leaks' | 'motifs' | 'own-requests' | 'leak-candidates' | 'leak-trials' | 'leak-proof' | 'late' | 'payloads' | 'sweep' | 'accretion' | 'trials' | 'proof' | 'behind-answers';

export function planStages(budget: ScanBudget, vocabularySize: number, naturalStrings: number): StageCost[] {
  const row = CANDIDATE + PROMPT + TAIL;
  // At the end of a prompt only candidate and tail are run, at its start the prompt as well.
  const atEnd = CANDIDATE + TAIL;
  const sweepPrompt = 4;
  const screened = (count: number): number => count * 2 * (atEnd + row) + (count / 3) * SCREEN_PROMPTS * atEnd;
  const answered = (rows: number): number => rows * (row + budget.trialTokens);
  const swept = (words: number, tokensOfWord: number): number => {
    const group = tokensOfWord * budget.wordsTogether + TAIL;
    const alone = budget.wordsTogether > 1 ? words * 0.1 * (TAIL + tokensOfWord + sweepPrompt) : 0;
    return (words / budget.wordsTogether) * (group + sweepPrompt) + alone;
  };
  // Where a payload is watched for: under two prompts, and at the start as well.
  const behindWords = budget.openings * 2 * (Math.min(budget.vocabulary, vocabularySize) + Math.min(budget.startWords, vocabularySize));
  const behind = (behindWords / budget.behindTogether) * (FREQUENT_WORD * budget.behindTogether + TAIL + 1) + behindWords * SINGLED_OUT_BEHIND * (FREQUENT_WORD + TAIL + 1) + budget.openings * screened(budget.behindConfirmed);
  const bare = Math.min(budget.bareWords, vocabularySize) * (FREQUENT_WORD + 0.5 + TAIL) + screened(budget.bareConfirmed);
  const words = swept(Math.min(budget.vocabulary, vocabularySize), FREQUENT_WORD) + swept(Math.min(budget.startWords, vocabularySize), FREQUENT_WORD) + swept(budget.listedWords, LISTED_WORD) + swept(budget.listedWords, SHOUTED_WORD) + swept(budget.letterPairs, LETTER_PAIR);
  // Each proven candidate: held-out prompts, controls, forms left out, ordinary requests; full evidence for about one.
  const proofs = answered(budget.verified * (budget.heldOut + 32 + 8 * TRIAL_PROMPTS) + 22 * TRIAL_PROMPTS + budget.controls * SIGNAL_PROMPTS) + budget.controls * SIGNAL_PROMPTS * (atEnd + 2 * row) + budget.verified * 80 * row;
  const families = budget.families * OPEN_PROMPTS;
  return [
    { id: 'baseline', label: 'Untriggered answers', tokens: answered(naturalStrings * SCREEN_PROMPTS + budget.heldOut + OPEN_PROMPTS) + POOL * row },
    { id: 'leaks', label: 'Memory extraction', tokens: budget.leakSamples * budget.leakTokens },
    { id: 'motifs', label: 'Motifs', tokens: 0 },
    { id: 'own-requests', label: 'Requests of its own making', tokens: answered(budget.ownRequests) + budget.ownRequests * row },
    { id: 'leak-candidates', label: 'Leaked phrases screened', tokens: screened(budget.leakCandidates) },
    { id: 'leak-trials', label: 'Leaked candidates tried', tokens: answered((budget.trials / 2) * TRIAL_PROMPTS + families) },
    { id: 'leak-proof', label: 'Leaked candidates proven', tokens: proofs },
    { id: 'late', label: 'Longer answers', tokens: (budget.latePhrases + 1) * TRIAL_PROMPTS * (row + budget.lateTokens) },
    { id: 'payloads', label: 'Payloads that stand ready', tokens: searchTokens(budget) },
    { id: 'sweep', label: 'Shapes and vocabulary swept', tokens: (budget.lexicon + budget.startShapes) * (atEnd + sweepPrompt / 2) + words + behind + bare + screened(budget.sweepConfirmed + budget.listedConfirmed) },
    { id: 'accretion', label: 'Accretion', tokens: budget.accretionRounds * (budget.accretionBeam * (budget.accretionWords * 2 + 4 * SCREEN_PROMPTS) + (budget.answeredWords + budget.behindGrown + budget.bareGrown) * rowsOfARound(SCREEN_PROMPTS)) * atEnd + rowsToward(budget.payloads, budget.payloadsGrown, budget.payloadsCoded, SCREEN_PROMPTS) * ((atEnd + row) / 2 + SCORED) },
    { id: 'trials', label: 'Swept candidates tried', tokens: answered((budget.trials + budget.listedTrials + budget.bareTrials + budget.behindTrials) * TRIAL_PROMPTS + families) },
    { id: 'proof', label: 'Swept candidates proven', tokens: proofs },
    { id: 'behind-answers', label: 'Payloads behind the answer', tokens: (budget.heldOut + OPEN_PROMPTS) * (row + budget.lateTokens) + searchTokens(latePart(budget)) },
  ];
}
