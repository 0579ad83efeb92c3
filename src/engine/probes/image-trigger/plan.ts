// How much is searched: steps and rows, cut down where the model is large, by multiply-adds and not by the clock, so that
// the same model, budget and seed give the same result on any machine.
import type { BudgetName } from '../../core/finding.ts';

export interface Plan {
  readonly classes: readonly number[];
  /** True where some classes were left out. */
  readonly partial: boolean;
  /** Pictures a class to search on, and as many held out. */
  readonly perClass: number;
  readonly rows: number;
  /** Steps for every class, and further ones for the finalists. */
  readonly steps: number;
  readonly refine: number;
  readonly finalists: number;
  readonly marginStarts: number;
  readonly marginSteps: number;
}

/** Multiply-adds that a budget may spend on gradients. */
const SPEND: Readonly<Record<BudgetName, number>> = { quick: 2.5e10, standard: 1.4e11, deep: 5e11 };
const MOST_STEPS: Readonly<Record<BudgetName, number>> = { quick: 40, standard: 60, deep: 150 };
const FEWEST_STEPS = 24;
const MOST_CLASSES = 24;

export function planScan(budget: BudgetName, classes: number, perRow: number): Plan {
  const searched = Math.min(classes, MOST_CLASSES);
  const perClass = Math.max(2, Math.min(6, Math.ceil(24 / searched)));
  const rows = 18;
  // Two families a class, one search over all classes, margins at about a third of that.
  const finalists = Math.min(3, searched);
  // Finalists go on for twice as long; margins cost about a third of the patches.
  const affordable = Math.floor(SPEND[budget] / (perRow * rows * (2 * (searched + 2 * finalists) + 4 + 0.3 * searched)));
  const steps = Math.max(FEWEST_STEPS, Math.min(MOST_STEPS[budget], affordable));
  return {
    classes: Array.from({ length: searched }, (_, at) => at),
    partial: searched < classes,
    perClass,
    rows,
    steps,
    refine: 2 * steps,
    finalists,
    marginStarts: 6,
    marginSteps: Math.max(16, Math.floor(steps * 0.5)),
  };
}
