// How much is searched: steps and rows, cut down where the model is large, by multiply-adds and not by the clock, so that
// the same model, budget and seed give the same result on any machine.
import type { BudgetName } from '../../core/finding.ts';
import type { BoxPlan } from './boxes.ts';

export interface Plan {
  readonly classes: readonly number[];
  /** True where some classes were left out. */
  readonly partial: boolean;
  /** Pictures a class to search on, and as many held out. */
  readonly perClass: number;
  readonly rows: number;
  /** Steps for every class, and further ones for the suspects that are proven. */
  readonly steps: number;
  readonly refine: number;
  readonly finalists: number;
  /** Rows of each pair of classes, and steps; 0 rows where the pairs cannot be paid for. */
  readonly pairRows: number;
  readonly pairSteps: number;
  readonly boxes: BoxPlan;
  readonly marginStarts: number;
  readonly marginSteps: number;
  /** Highest frequency of the bank of waves, cycles over the picture; 0 where it cannot be paid for. */
  readonly waves: number;
}

/** Multiply-adds that a budget may spend on gradients. */
const SPEND: Readonly<Record<BudgetName, number>> = { quick: 8e10, standard: 5e11, deep: 2e12 };
const MOST_STEPS: Readonly<Record<BudgetName, number>> = { quick: 40, standard: 60, deep: 150 };
const FEWEST_STEPS = 20;
const MOST_CLASSES = 24;
/** What a row costs beside its multiply-adds, in those: moving pixels and starting small operators. */
const ROW_OVERHEAD = 1.5e6;
const FEWEST_PAIR_STEPS = 24;
/** Rows of the bank of squares, which are run forward only. */
const BANK = 3000;

/** named: classes to search whatever their number. */
export function planScan(budget: BudgetName, classes: number, perRow: number, named: readonly number[] = []): Plan {
  const searched = Math.min(classes, MOST_CLASSES);
  const perClass = Math.max(2, Math.min(6, Math.ceil(30 / searched)));
  const finalists = Math.min(2, searched);
  const most = MOST_STEPS[budget];
  const pairs = searched * (searched - 1);
  const cost = perRow + ROW_OVERHEAD;
  const affordable = SPEND[budget] / cost;
  const spentOn = (steps: number, rows: number, pairRows: number): number => steps * (2 * (rows * searched + 2 * searched * perClass * finalists) + pairRows * pairs * 0.8 + 6 * searched + 0.4 * 9 * 4 * searched) + BANK;
  // First fewer steps, then fewer rows, then no pairs: a search with too few steps finds nothing.
  const choices = [
    { rows: 18, pairRows: 3 }, { rows: 18, pairRows: 2 }, { rows: 12, pairRows: 2 }, { rows: 12, pairRows: 0 }, { rows: 8, pairRows: 0 },
  ].filter(({ pairRows }) => pairRows === 0 || searched >= 3);
  const chosen = choices.find(({ rows, pairRows }) => spentOn(Math.max(FEWEST_STEPS, most / 2), rows, pairRows) <= affordable) ?? { rows: 8, pairRows: 0 };
  const steps = Math.max(FEWEST_STEPS, Math.min(most, Math.floor((affordable - BANK) / (spentOn(1, chosen.rows, chosen.pairRows) - BANK))));
  return {
    classes: [...new Set([...named, ...Array.from({ length: classes }, (_, at) => at)])].slice(0, searched).sort((a, b) => a - b),
    partial: searched < classes,
    perClass,
    rows: chosen.rows,
    steps,
    refine: 2 * steps,
    finalists,
    pairRows: chosen.pairRows,
    pairSteps: Math.max(FEWEST_PAIR_STEPS, Math.floor(steps * 0.8)),
    boxes: { bankRows: 10, rows: Math.max(6, chosen.rows >> 1), places: chosen.pairRows > 2 ? 3 : 2, steps: Math.max(12, Math.floor(steps * 0.4)) },
    marginStarts: 6,
    marginSteps: steps,
    waves: affordable > 20_000 ? 8 : 4,
  };
}
