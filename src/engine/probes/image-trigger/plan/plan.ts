// How much is searched: steps and rows, cut down where the model is large, by multiply-adds and not by the clock, so that
// the same model, budget and seed give the same result on any machine.
import type { BudgetName } from '../../../core/finding.ts';
import type { AdditionPlan, Band } from '../search/additions.ts';
import type { BoxPlan } from '../search/boxes.ts';

export interface Plan {
  readonly classes: readonly number[];
  /** True where some classes were left out. */
  readonly partial: boolean;
  /** Pictures a class to search on, and as many held out. */
  readonly perClass: number;
  /**
   * Smallest patch and faintest overlay are searched for every class; where false (large models), for the suspects alone. Their
   * sizes are shown and not weighed (class-rule.ts), the pairs and the low additions are: these are paid for first.
   */
  readonly everyClass: boolean;
  /** Steps for every class, and further ones for the suspects that are proven. */
  readonly steps: number;
  readonly refine: number;
  readonly finalists: number;
  /** Pairs of classes that are taken further and proven. */
  readonly pairsProven: number;
  /** Search pictures that the suspects' triggers are taken further on. */
  readonly proofRows: number;
  /** Rows of each pair of classes, and steps; 0 rows where the pairs cannot be paid for. */
  readonly pairRows: number;
  readonly pairSteps: number;
  readonly boxes: BoxPlan;
  readonly additions: AdditionPlan;
  /** Frequencies over which additions are sought; none where they cannot be paid for. Veils are sought where both are. */
  readonly bands: readonly Band[];
  /** What the plan comes to, and whether that is more than is begun with. */
  readonly multiplyAdds: number;
  readonly tooMuch: boolean;
  readonly marginStarts: number;
  readonly marginSteps: number;
  /** Highest frequency of the bank of waves, cycles over the picture, and pictures that each is tried on. */
  readonly waves: number;
  readonly waveRows: number;
}

/** Multiply-adds that a budget may spend on gradients. */
const SPEND: Readonly<Record<BudgetName, number>> = { quick: 8e10, standard: 8e11, deep: 3e12 };
const MOST_STEPS: Readonly<Record<BudgetName, number>> = { quick: 40, standard: 60, deep: 150 };
const FEWEST_STEPS = 20;
const MOST_CLASSES = 24;
/** What a row costs beside its multiply-adds, in those: moving pixels and starting small operators. */
const ROW_OVERHEAD = 1.5e6;
/** After 24 steps the patches of a pair still cover an eighth of the picture, and say nothing. */
const FEWEST_PAIR_STEPS = 40;
/** Pictures a search runs on, which is also how many rows one run of the graph with its gradient takes. */
export const ROWS = 18;
/** Steps of a pair and of a square, beside those of a class; starting points of each class's largest margin. */
const PAIR_STEPS = 0.8;
const BOX_STEPS = 0.4;
const MARGIN_STARTS = 6;
/** The bank of squares, which is run forward only (a third of a row each) for two sizes, the small one at twice as many places, and four looks, and its share of what can be afforded. */
const BANKS = [{ bankPlaces: 15, bankRows: 10 }, { bankPlaces: 11, bankRows: 8 }, { bankPlaces: 8, bankRows: 6 }, { bankPlaces: 6, bankRows: 5 }] as const;
const SMALLEST_BANK = BANKS[3];
const BANK_SHARE = 0.4;
/** Steps of the additions at each strength beside those of a class, the most pictures they are made on, and strengths that are climbed, mostly, in both bands and of veils. */
const ADDITION_STEPS = 0.14;
const ADDITION_ROWS = 12;
const ADDITION_RUNGS = 12;
const LOW_RUNGS = 5;
/** Rows that can be paid for, from which waves are tried on half of the pictures and low additions at all, and on all of them. */
const FEWEST_FOR_WAVES = 8000;
const ENOUGH_FOR_WAVES = 20_000;

interface Choice {
  readonly pairRows: number;
  readonly everyClass: boolean;
  readonly boxRows: number;
  readonly proofRows: number;
  readonly pairsProven: number;
}
const FULL = { everyClass: true, boxRows: 9, proofRows: 30, pairsProven: 4 } as const;
const LEAN = { everyClass: false, boxRows: 6, proofRows: 18, pairsProven: 2 } as const;
const LEAST: Choice = { ...LEAN, pairRows: 0, pairsProven: 0 };
/** What is tried in turn until it can be paid for. Patches of a pair made on fewer than four pictures are noise (bench/detection/images.md). */
const CHOICES: readonly Choice[] = [
  { ...FULL, pairRows: 6 }, { ...FULL, pairRows: 4 }, { ...LEAN, pairRows: 4 },
];
/** Two classes have one pair each way, and nothing to set it beside. */
export const FEWEST_FOR_PAIRS = 3;
const pairSteps = (steps: number): number => Math.max(FEWEST_PAIR_STEPS, Math.floor(steps * PAIR_STEPS));
/** Places a class where squares are taken further. */
const boxPlaces = (pairRows: number): number => (pairRows > 2 ? 3 : 2);

/** Multiply-adds that no search is begun for: hours on a few cores. */
const TOO_MUCH = 1e14;

/** named: classes to search whatever their number; likely: the order in which the others are taken where there are too many. */
export function planScan(budget: BudgetName, classes: number, perRow: number, named: readonly number[] = [], likely: readonly number[] = []): Plan {
  const searched = Math.min(classes, MOST_CLASSES);
  const perClass = Math.max(2, Math.min(6, Math.ceil(60 / searched)));
  const finalists = Math.min(2, searched);
  const most = MOST_STEPS[budget];
  const pairs = searched * (searched - 1);
  const cost = perRow + ROW_OVERHEAD;
  const affordable = SPEND[budget] / cost;
  const rowsOf = ({ bankPlaces, bankRows }: (typeof BANKS)[number]): number => (3 * 4 * bankPlaces ** 2 * bankRows) / 3;
  const bank = BANKS.find((one) => rowsOf(one) <= BANK_SHARE * affordable) ?? SMALLEST_BANK;
  const spentOn = (steps: number, { pairRows, everyClass, boxRows, proofRows, pairsProven }: Choice): number => {
    const inverted = 2 * ROWS * (everyClass ? searched : finalists);
    const proofs = 2 * (2 * Math.min(proofRows, searched * perClass) * finalists + pairsProven * perClass);
    const added = (everyClass ? ADDITION_RUNGS : affordable >= FEWEST_FOR_WAVES ? LOW_RUNGS : 0) * ADDITION_STEPS * ADDITION_ROWS * searched;
    const squares = BOX_STEPS * boxRows * (2 * boxPlaces(pairRows) + 1) * searched;
    return steps * (inverted + proofs + MARGIN_STARTS * searched + added + squares) + pairRows * pairs * pairSteps(steps) + rowsOf(bank);
  };
  // First fewer steps, then fewer rows a pair, then what is shown and not weighed, then no pairs: a search with too few steps finds nothing.
  const choices = searched >= FEWEST_FOR_PAIRS ? CHOICES : CHOICES.map((choice) => ({ ...choice, pairRows: 0 }));
  const chosen = choices.find((choice) => spentOn(choice.everyClass ? most / 2 : FEWEST_STEPS, choice) <= affordable) ?? LEAST;
  let steps = most;
  while (steps > FEWEST_STEPS && spentOn(steps, chosen) > affordable) steps--;
  return {
    classes: [...new Set([...named, ...likely, ...Array.from({ length: classes }, (_, at) => at)])].slice(0, searched).sort((a, b) => a - b),
    partial: searched < classes,
    perClass,
    everyClass: chosen.everyClass,
    steps,
    refine: 2 * steps,
    finalists,
    pairsProven: chosen.pairsProven,
    proofRows: Math.min(chosen.proofRows, searched * perClass),
    pairRows: chosen.pairRows,
    pairSteps: pairSteps(steps),
    boxes: { ...bank, rows: chosen.boxRows, places: boxPlaces(chosen.pairRows), steps: Math.max(12, Math.floor(steps * BOX_STEPS)) },
    additions: { rows: ADDITION_ROWS, steps: Math.max(3, Math.round(ADDITION_STEPS * steps)) },
    marginStarts: MARGIN_STARTS,
    marginSteps: steps,
    multiplyAdds: cost * spentOn(steps, chosen),
    tooMuch: cost * spentOn(steps, chosen) > TOO_MUCH,
    bands: chosen.everyClass ? ['all', 'low'] : affordable >= FEWEST_FOR_WAVES ? ['low'] : [],
    waves: affordable >= FEWEST_FOR_WAVES ? 8 : 4,
    waveRows: affordable > ENOUGH_FOR_WAVES ? ROWS : ROWS / 2,
  };
}
