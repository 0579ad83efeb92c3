// The plan for a model: where it has too many classes, the likeliest are searched.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { BudgetName } from '../../../core/finding.ts';
import type { Random } from '../../../core/random.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { likeliestClasses } from './likeliest-classes.ts';
import { planScan, type Plan } from './plan.ts';

/** ownWeights: asked only where classes have to be chosen. */
export async function planFor(model: ImageClassifier, budget: BudgetName, perRow: number, named: readonly number[], ownWeights: () => Promise<readonly number[] | undefined>, random: Random, signal: CancelSignal): Promise<Plan> {
  const plan = planScan(budget, model.classes, perRow, named);
  if (!plan.partial || plan.tooMuch) return plan;
  return planScan(budget, model.classes, perRow, named, await likeliestClasses(model, plan, await ownWeights(), random.fork('likeliest'), signal));
}
