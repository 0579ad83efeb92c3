// What the text analyses share: the texts and the sweep, measured once for a model, budget and seed.
import type { AuditContext, RunnableTextClassifier } from '../../audit/analysis.ts';
import type { BudgetName } from '../../core/finding.ts';
import { seeded } from '../../core/random.ts';
import type { TextClassifier } from '../../runtime/classifier.ts';
import { listDirections, tokenScores, type Direction } from './directions.ts';
import type { SearchBudget } from './search.ts';
import { refine, sweepVocabulary, type Sweep } from './sweep.ts';
import { gatherTexts, type ClassTexts } from './texts.ts';
import { triggerTokens } from './vocabulary.ts';

export interface TextBudget extends SearchBudget {
  /** Carriers of each class for the whole vocabulary, and more for the tokens that stand out. */
  readonly carriers: number;
  readonly moreCarriers: number;
  /** Tokens of each direction that are swept again. */
  readonly kept: number;
  /** Classes whose texts carry the sweep. */
  readonly sources: number;
}

export const TEXT_BUDGETS: Readonly<Record<BudgetName, TextBudget>> = {
  quick: { carriers: 1, moreCarriers: 2, kept: 300, sources: 2, pool: 32, growBy: 12, beams: 6, wideSeeds: 0, longest: 3, texts: 6 },
  standard: { carriers: 1, moreCarriers: 3, kept: 1000, sources: 4, pool: 64, growBy: 24, beams: 10, wideSeeds: 2, longest: 4, texts: 8 },
  deep: { carriers: 3, moreCarriers: 5, kept: 2000, sources: 8, pool: 96, growBy: 32, beams: 16, wideSeeds: 4, longest: 6, texts: 12 },
};

export interface Measured {
  readonly texts: readonly ClassTexts[];
  /** Whole vocabulary: the null. */
  readonly first: Sweep;
  /** The tokens that stood out, measured again. */
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
  const budget = TEXT_BUDGETS[options.budget];
  const texts = await gatherTexts(runnable, seeded(options.seed, 'texts'), signal);
  if (texts.length === 0) throw new Error('the model gives no class to any of the texts at hand: give it clean examples');
  // Where there are many classes, texts of some of them carry the sweep; it reads all classes as targets.
  const carrying = texts.slice(0, budget.sources);
  const tokens = triggerTokens(tokenizer, model.spec.vocabularySize);
  const first = await sweepVocabulary(runnable, carrying, tokens, [0, budget.carriers], signal, onProgress);
  const directions = listDirections(carrying, model.classes, first);
  const kept = new Set<number>();
  for (const direction of directions) {
    const scores = tokenScores(direction, first, model.classes);
    for (const at of Array.from(tokens.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, budget.kept)) kept.add(tokens[at] ?? 0);
  }
  const second = await sweepVocabulary(runnable, carrying, [...kept].sort((a, b) => a - b), [budget.carriers, budget.carriers + budget.moreCarriers], signal, () => {});
  return { texts: carrying, first, sweep: refine(first, second, [budget.carriers, budget.moreCarriers]), directions };
}
