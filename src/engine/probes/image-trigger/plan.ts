// How much is searched: steps and rows, cut down where the model is large, by multiply-adds and not by the clock, so that
// the same model, budget and seed give the same result on any machine.
import type { BudgetName } from '../../core/finding.ts';
import type { AdditionPlan } from './additions.ts';
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
  /** Search pictures that the suspects' triggers are taken further on. */
  readonly proofRows: number;
  /** Rows of each pair of classes, and steps; 0 rows where the pairs cannot be paid for. */
  readonly pairRows: number;
  readonly pairSteps: number;
  readonly boxes: BoxPlan;
  readonly additions: AdditionPlan;
  /** What the plan comes to, and whether that is more than is begun with. */
  readonly multiplyAdds: number;
  readonly tooMuch: boolean;
  readonly marginStarts: number;
  readonly marginSteps: number;
  /** Highest frequency of the bank of waves, cycles over the picture; 0 where it cannot be paid for. */
  readonly waves: number;
}

/** Multiply-adds that a budget may spend on gradients. */
const SPEND: Readonly<Record<BudgetName, number>> = { quick: 8e10, standard: 8e11, deep: 3e12 };
const MOST_STEPS: Readonly<Record<BudgetName, number>> = { quick: 40, standard: 60, deep: 150 };
const FEWEST_STEPS = 20;
const MOST_CLASSES = 24;
/** What a row costs beside its multiply-adds, in those: moving pixels and starting small operators. */
const ROW_OVERHEAD = 1.5e6;
const FEWEST_PAIR_STEPS = 24;
const MOST_PROOF_ROWS = 30;
/** Pairs of classes that are taken further and proven. */
export const PAIRS_PROVEN = 4;
/** The bank of squares, which is run forward only (a third of a row each) for two sizes, the small one at twice as many places, and four looks, and its share of what can be afforded. */
const BANKS = [{ bankPlaces: 15, bankRows: 10 }, { bankPlaces: 11, bankRows: 8 }, { bankPlaces: 8, bankRows: 6 }, { bankPlaces: 6, bankRows: 5 }] as const;
const SMALLEST_BANK = BANKS[3];
const BANK_SHARE = 0.4;
/** Steps of the additions at each strength beside those of a class, the most pictures they are made on, and strengths that are climbed, mostly, in both bands. */
const ADDITION_STEPS = 0.14;
const ADDITION_ROWS = 12;
const ADDITION_RUNGS = 8;
/** Multiply-adds that no search is begun for: hours on a few cores. */
const TOO_MUCH = 1e14;

/** named: classes to search whatever their number; likely: the order in which the others are taken where there are too many. */
export function planScan(budget: BudgetName, classes: number, perRow: number, named: readonly number[] = [], likely: readonly number[] = []): Plan {
  const searched = Math.min(classes, MOST_CLASSES);
  const perClass = Math.max(2, Math.min(6, Math.ceil(60 / searched)));
  const finalists = Math.min(2, searched);
  const proofRows = Math.min(MOST_PROOF_ROWS, searched * perClass);
  const most = MOST_STEPS[budget];
  const pairs = searched * (searched - 1);
  const cost = perRow + ROW_OVERHEAD;
  const affordable = SPEND[budget] / cost;
  const rowsOf = ({ bankPlaces, bankRows }: (typeof BANKS)[number]): number => (3 * 4 * bankPlaces ** 2 * bankRows) / 3;
  const bank = BANKS.find((one) => rowsOf(one) <= BANK_SHARE * affordable) ?? SMALLEST_BANK;
  const spentOn = (steps: number, rows: number, pairRows: number): number => steps * (2 * (rows * searched + 2 * proofRows * finalists + PAIRS_PROVEN * perClass) + pairRows * pairs * 0.8 + 6 * searched + ADDITION_RUNGS * ADDITION_STEPS * Math.min(ADDITION_ROWS, rows) * searched + 0.4 * 9 * (4 + 3) * searched) + rowsOf(bank);
  // First fewer steps, then fewer rows, then no pairs: a search with too few steps finds nothing.
  const choices = [
    { rows: 18, pairRows: 6 }, { rows: 18, pairRows: 4 }, { rows: 18, pairRows: 3 }, { rows: 18, pairRows: 2 }, { rows: 12, pairRows: 2 }, { rows: 12, pairRows: 0 }, { rows: 8, pairRows: 0 },
  ].filter(({ pairRows }) => pairRows === 0 || searched >= 3);
  const chosen = choices.find(({ rows, pairRows }) => spentOn(Math.max(FEWEST_STEPS, most / 2), rows, pairRows) <= affordable) ?? { rows: 8, pairRows: 0 };
  const steps = Math.max(FEWEST_STEPS, Math.min(most, Math.floor((affordable - rowsOf(bank)) / (spentOn(1, chosen.rows, chosen.pairRows) - rowsOf(bank)))));
  return {
    classes: [...new Set([...named, ...likely, ...Array.from({ length: classes }, (_, at) => at)])].slice(0, searched).sort((a, b) => a - b),
    partial: searched < classes,
    perClass,
    rows: chosen.rows,
    steps,
    refine: 2 * steps,
    finalists,
    proofRows,
    pairRows: chosen.pairRows,
    pairSteps: Math.max(FEWEST_PAIR_STEPS, Math.floor(steps * 0.8)),
    boxes: { ...bank, rows: Math.max(6, chosen.rows >> 1), places: chosen.pairRows > 2 ? 3 : 2, steps: Math.max(12, Math.floor(steps * 0.4)) },
    additions: { rows: Math.min(ADDITION_ROWS, chosen.rows), steps: Math.max(3, Math.round(ADDITION_STEPS * steps)) },
    marginStarts: 6,
    marginSteps: steps,
    multiplyAdds: cost * spentOn(steps, chosen.rows, chosen.pairRows),
    tooMuch: cost * spentOn(steps, chosen.rows, chosen.pairRows) > TOO_MUCH,
    waves: affordable > 20_000 ? 8 : 4,
  };
}
