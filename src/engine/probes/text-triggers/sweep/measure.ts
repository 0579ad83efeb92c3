// What the text analyses share: the texts and the sweep, measured once for a model, budget and seed.
import type { AuditContext, RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { BudgetName } from '../../../core/finding.ts';
import { seeded } from '../../../core/random.ts';
import type { TextClassifier } from '../../../runtime/classifier.ts';
import type { SearchBudget } from '../search/search.ts';
import { Slopes } from '../search/slopes.ts';
import { gatherTexts, type ClassTexts } from '../texts/texts.ts';
import { openMoved } from '../units/moved.ts';
import { ordinaryTokens, listedUnits, triggerTokens, type Phrase } from '../units/vocabulary.ts';
import { listDirections, type Direction, type DirectionLimits } from './directions.ts';
import { screenVocabulary, type ScreenBudget } from './screen.ts';
import { sweepVocabulary, type Sweep } from './sweep.ts';

export interface TextBudget extends SearchBudget {
  /** Carriers of each class for the whole vocabulary. */
  readonly carriers: number;
  /** Rows that the first sweep may have; they are shared by the classes whose texts carry it, two at least. */
  readonly rows: number;
  /** Directions in which phrases are grown: those whose best unit stands out most. */
  readonly growing: number;
  readonly followed: DirectionLimits;
  /** Of a large vocabulary: what is swept after it was screened in groups; how many of its commonest words (the first), and of those that a fine-tuning moved. */
  readonly screen: ScreenBudget & { readonly common: number; readonly moved: number };
}

/** Tokens run for each token that is screened, beside one that is swept. */
const SCREEN_COST = 0.5;
const SCREENS: Readonly<Record<BudgetName, TextBudget['screen']>> = {
  quick: { byMean: 1000, byBest: 500, common: 800, moved: 200 },
  standard: { byMean: 1500, byBest: 700, common: 1200, moved: 400 },
  deep: { byMean: 5000, byBest: 3000, common: 4000, moved: 2000 },
};

const FOLLOWED: DirectionLimits = { targets: 12, pairs: 12 };

const TEXT_BUDGETS: Readonly<Record<BudgetName, TextBudget>> = {
  quick: { carriers: 1, rows: 40_000, pool: 48, kept: 20, texts: 6, resisted: 400, resisting: 1, others: 600, seeds: 1, partners: 1000, longest: 3, crossed: 100, phrases: { sentences: 160, tried: 8, worked: 1 }, flips: { blank: 1, seeds: 1, length: 4, steps: 6, tried: 10, texts: 4, judged: 2, rivals: 2 }, unexpected: 16, moved: { band: 24, bands: 3, longest: 3 }, growing: 2, followed: FOLLOWED, screen: SCREENS.quick },
  standard: { carriers: 1, rows: 80_000, pool: 64, kept: 28, texts: 8, resisted: 1200, resisting: 2, others: 1200, seeds: 3, partners: 2400, longest: 4, crossed: 180, phrases: { sentences: 320, tried: 12, worked: 2 }, flips: { blank: 1, seeds: 2, length: 5, steps: 10, tried: 12, texts: 4, judged: 3, rivals: 3 }, unexpected: 30, moved: { band: 36, bands: 4, longest: 4 }, growing: 3, followed: FOLLOWED, screen: SCREENS.standard },
  deep: { carriers: 3, rows: 400_000, pool: 96, kept: 36, texts: 12, resisted: 5000, resisting: 3, others: 20_000, seeds: 16, partners: 40_000, longest: 7, crossed: 500, phrases: { sentences: 1000, tried: 32, worked: 4 }, flips: { blank: 2, seeds: 6, length: 6, steps: 16, tried: 32, texts: 8, judged: 6, rivals: 6 }, unexpected: 60, moved: { band: 80, bands: 5, longest: 6 }, growing: 8, followed: FOLLOWED, screen: SCREENS.deep },
};

/** Tokens of a vocabulary that is swept at full budget beside everything else. */
const SMALL_VOCABULARY = 10_000;

/** What a large vocabulary leaves of a budget: the sweep has to be paid for, and its models are large as well. */
function budgetFor(name: BudgetName, vocabulary: number, classes: number): TextBudget {
  const budget = TEXT_BUDGETS[name];
  // Models of small vocabularies were trained from nothing: what was planted stands in their embeddings, and is expected.
  if (vocabulary <= SMALL_VOCABULARY) return { ...budget, unexpected: 0 };
  const share = SMALL_VOCABULARY / vocabulary;
  const some = (count: number, least: number): number => Math.max(Math.min(count, least), Math.round(count * share));
  const large: TextBudget = { ...budget, resisted: some(budget.resisted, 800), resisting: 1, others: some(budget.others, 300), seeds: some(budget.seeds, 1), partners: some(budget.partners, 600), crossed: some(budget.crossed, 24), phrases: { ...budget.phrases, worked: Math.max(1, budget.phrases.worked >> 1) }, flips: name === 'deep' ? budget.flips : { ...budget.flips, blank: 0, seeds: 1, length: 4, steps: 5, tried: 8, judged: 1, rivals: 2 }, longest: Math.min(budget.longest, name === 'deep' ? 5 : 3), growing: some(budget.growing, 2), ...(name === 'deep' ? {} : { followed: { targets: 5, pairs: 3 } }) };
  // Slopes of fine-tuned encoders are flat where texts resist, and trial costs too much: phrases come of unexpected words and of sentences.
  return name === 'deep' || classes > 2 ? large : { ...large, others: 0, seeds: 0, crossed: 0, flips: { ...large.flips, judged: 0 } };
}

/** The longest texts that slopes are taken of, with a phrase in them: plain tokens. */
export async function slopesFor(runnable: RunnableTextClassifier, texts: readonly ClassTexts[], budget: TextBudget, signal: CancelSignal): Promise<Slopes | undefined> {
  if (budget.flips.judged === 0) return undefined;
  const longest = Math.max(...texts.flatMap(({ tuning }) => tuning.map(({ parts }) => parts.flat().length)));
  return Slopes.open(runnable, longest + budget.flips.length + 1, signal);
}

/** Only in the first directions (the most outlying ones of each kind) are phrases grown. */
export function budgetOf(budget: TextBudget, index: number, kind: Direction['kind']): TextBudget {
  return index < budget.growing ? budget : { ...budget, seeds: 0, phrases: { ...budget.phrases, sentences: 0 }, flips: { ...budget.flips, seeds: 0, judged: kind === 'source-specific' ? 0 : Math.min(1, budget.flips.judged), rivals: 2 }, unexpected: kind === 'source-specific' ? 0 : budget.unexpected, moved: kind === 'source-specific' ? { ...budget.moved, bands: 0 } : budget.moved };
}

export interface Measured {
  readonly texts: readonly ClassTexts[];
  /** The plain tokens of the vocabulary. */
  readonly tokens: readonly number[];
  readonly budget: TextBudget;
  /** Whole vocabulary and listed words. */
  readonly sweep: Sweep;
  readonly directions: readonly Direction[];
}

const known = new WeakMap<TextClassifier, { readonly key: string; readonly measuring: Promise<Measured> }>();

export function measure(runnable: RunnableTextClassifier, context: AuditContext, onProgress: (done: number, total: number) => void): Promise<Measured> {
  const { budget, seed } = context.options;
  const key = `${budget} ${seed}`;
  const before = known.get(runnable.model);
  if (before?.key === key) return before.measuring;
  const measuring = measureNow(runnable, context, onProgress);
  known.set(runnable.model, { key, measuring });
  measuring.catch(() => known.delete(runnable.model));
  return measuring;
}

async function measureNow(runnable: RunnableTextClassifier, { options, signal }: AuditContext, onProgress: (done: number, total: number) => void): Promise<Measured> {
  const { model, tokenizer } = runnable;
  const tokens = triggerTokens(tokenizer, model.spec.vocabularySize);
  const budget = budgetFor(options.budget, tokens.length, model.classes);
  const texts = await gatherTexts(runnable, seeded(options.seed, 'texts'), signal);
  if (texts.length === 0) throw new Error('the model gives no class to any of the texts at hand: give it clean examples');
  const words = listedUnits(tokenizer, model.spec.vocabularySize);
  const large = tokens.length > SMALL_VOCABULARY;
  // Where there are many classes, texts of some of them carry the sweep; it reads all classes as targets.
  const cost = (tokens.length + words.length) * budget.carriers * (large ? SCREEN_COST : 1);
  const carrying = texts.slice(0, Math.max(2, Math.floor(budget.rows / cost)));
  const single = tokens.map((token): Phrase => [token]);
  const common = new Set(ordinaryTokens(tokenizer, model.spec.vocabularySize).slice(0, budget.screen.common));
  const moved = new Set(large ? (await openMoved(runnable, signal))?.tokens.slice(0, budget.screen.moved) : []);
  const screened = large ? new Set(await screenVocabulary(runnable, carrying, single, budget.screen, budget.followed, seeded(options.seed, 'screen'), signal, onProgress)) : undefined;
  const units: readonly Phrase[] = [...single.filter((unit) => screened === undefined || screened.has(unit) || common.has(unit[0] ?? -1) || moved.has(unit[0] ?? -1)), ...words];
  const sweep = await sweepVocabulary(runnable, carrying, units, [0, budget.carriers], signal, onProgress);
  const directions = listDirections(carrying, model.classes, sweep, budget.followed);
  return { texts: carrying, tokens, budget, sweep, directions };
}
