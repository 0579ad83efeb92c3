// What a scan of the open model will do, before it starts: its stages and their share of the tokens.
import type { BudgetName } from '../engine/core/finding.ts';
import { planStages, SCAN_BUDGETS } from '../engine/probes/trigger-scan/budget.ts';
import { NATURAL_STRINGS } from '../engine/probes/trigger-scan/ask/prompts.ts';
import type { OpenedModel } from './client.ts';

export interface PlannedStage {
  readonly id: string;
  readonly label: string;
  readonly tokens: number;
}

/** Empty where the model cannot be run, and for classifiers, whose probes cost no tokens that could be told beforehand. */
export function plannedStages(model: OpenedModel, budget: BudgetName): PlannedStage[] {
  if (model.task !== 'causal-lm' || model.notRunnable !== undefined || model.vocabularySize === undefined) return [];
  return planStages(SCAN_BUDGETS[budget], model.vocabularySize, NATURAL_STRINGS.length).map(({ id, label, tokens }) => ({ id, label, tokens }));
}
