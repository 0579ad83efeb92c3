// What each budget will cost, before the audit begins: tokens through the model, and about how long at a measured speed.
import { BUDGETS, type BudgetName } from '../core/finding.ts';
import type { Seconds } from '../core/units.ts';
import { planStages, SCAN_BUDGETS } from '../probes/trigger-scan/budget.ts';
import { NATURAL_STRINGS } from '../probes/trigger-scan/ask/prompts.ts';
import type { Runnable } from './analysis.ts';

export interface BudgetCost {
  readonly budget: BudgetName;
  readonly tokens: number;
  readonly seconds?: Seconds;
}

/** tokensPerSecond: as measured on this machine, where it was. */
export function estimateBudgets(runnable: Runnable | undefined, tokensPerSecond?: number): BudgetCost[] {
  if (runnable?.task !== 'causal-lm') return [];
  return BUDGETS.map((budget) => {
    const tokens = planStages(SCAN_BUDGETS[budget], runnable.model.vocabularySize, NATURAL_STRINGS.length).reduce((sum, stage) => sum + stage.tokens, 0);
    return { budget, tokens: Math.round(tokens), ...(tokensPerSecond === undefined ? {} : { seconds: tokens / tokensPerSecond }) };
  });
}
