// The table of smallest patches from each class to each other one (pairs.ts), read in three ways: a target that every class
// reaches cheaply; one pair that stands out by itself; a shift (each class to the next, say) whose pairs all stand out.
// Logarithms of sizes; what the source and the target explain is taken out by medians (Tukey's median polish, one round).
import { robustScale } from '../../../core/statistics.ts';
import type { Pair as WholePair } from './pairs.ts';

/** What is read of a pair here. */
export type Pair = Pick<WholePair, 'source' | 'inversion'>;

export interface PairTable {
  readonly classes: number;
  /** log(pixels), [source, target]; NaN on the diagonal and where there were no pictures. */
  readonly sizes: Float64Array;
  /** What is left without the source's and the target's own level. */
  readonly residuals: Float64Array;
  /** Median over the sources of what a target needs beyond (below) the others; NaN where nothing is known. */
  readonly targets: readonly number[];
}

/** `area`: of the picture; a search that missed its aim counts as the whole of it. */
export function tableOf(pairs: readonly Pair[], classes: number, area: number): PairTable {
  const sizes = new Float64Array(classes * classes).fill(Number.NaN);
  for (const { source, inversion } of pairs) sizes[source * classes + inversion.target] = Math.log(inversion.success >= 0.85 ? Math.min(area, Math.max(0.5, inversion.size)) : area);
  const residuals = sizes.slice();
  polishRows(residuals, classes);
  const targets = Array.from({ length: classes }, (_, target) => median(column(residuals, classes, target)));
  for (let at = 0; at < residuals.length; at++) residuals[at] = (residuals[at] ?? 0) - (targets[at % classes] ?? 0);
  polishRows(residuals, classes);
  return { classes, sizes, residuals, targets };
}

/**
 * How alike the masks of some pairs are: mean correlation over all two of them, -1 to 1. One planted trigger serves every
 * source, so its masks lie in the same place; what makes one digit or object into another depends on both.
 */
function likeness(pairs: readonly Pair[]): number {
  const masks = pairs.flatMap(({ inversion: { stamp, success } }) => (stamp.mask === undefined || success < 0.5 ? [] : [standardised(stamp.mask)]));
  if (masks.length < 2) return 0;
  const sum = new Float64Array(masks[0]?.length ?? 0);
  for (const mask of masks) for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (mask[at] ?? 0);
  // |sum|^2 = n + n (n - 1) times the mean correlation, each mask having length 1.
  const n = masks.length;
  return (sum.reduce((total, value) => total + value * value, 0) - n) / (n * (n - 1));
}

export function likenessOfTargets(pairs: readonly Pair[], classes: readonly number[]): number[] {
  return classes.map((target) => likeness(pairs.filter(({ inversion }) => inversion.target === target)));
}

/** Of the pairs of each shift, from 1 to classes - 1. */
export function likenessOfShifts(pairs: readonly Pair[], classes: number): number[] {
  return Array.from({ length: classes - 1 }, (_, at) => likeness(pairs.filter(({ source, inversion }) => (source + at + 1) % classes === inversion.target)));
}

/** Mean 0, length 1. */
function standardised(mask: Float32Array): Float32Array {
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  const length = Math.sqrt(mask.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return mask.map((value) => (value - mean) / length);
}

export interface Standout {
  readonly z: number;
  /** Distance to the next one, in logarithms; below 0 to the first one where it is not the first. */
  readonly gap: number;
}

export interface OddPair extends Standout {
  readonly source: number;
  readonly target: number;
  readonly pixels: number;
}

/** The pairs that are cheap beyond what their source, their target and the likeness of the two explain, most so first. */
export function oddestPairs({ classes, sizes, residuals }: PairTable, count: number): OddPair[] {
  if (classes < MIN_TABLE) return [];
  const entries = [...residuals.keys()].filter((at) => Number.isFinite(residuals[at])).map((at) => {
    const [source, target] = [Math.floor(at / classes), at % classes];
    const back = residuals[target * classes + source] ?? 0;
    // Likeness works in both directions.
    return { source, target, at, excess: -(residuals[at] ?? 0) - Math.max(0, Number.isFinite(back) ? -back : 0) };
  }).sort((a, b) => b.excess - a.excess || a.at - b.at);
  const { scale } = robustScale([...residuals].filter(Number.isFinite));
  return entries.slice(0, count).map(({ source, target, at, excess }, place) => ({
    source, target, pixels: Math.exp(sizes[at] ?? 0), z: excess / Math.max(LEAST_SCALE, scale), gap: excess - (entries[place === 0 ? 1 : 0]?.excess ?? excess),
  }));
}

export interface Shift extends Standout {
  readonly by: number;
}

/** The shift (each class to the one `by` places on) whose pairs are cheapest beside the other shifts. */
export function oddestShift({ classes, residuals }: PairTable): Shift | undefined {
  if (classes < MIN_TABLE) return undefined;
  const levels = Array.from({ length: classes - 1 }, (_, at) => {
    const own = Array.from({ length: classes }, (__, source) => residuals[source * classes + ((source + at + 1) % classes)] ?? Number.NaN).filter(Number.isFinite);
    return { by: at + 1, level: own.length === 0 ? 0 : own.reduce((sum, value) => sum + value, 0) / own.length };
  }).sort((a, b) => a.level - b.level);
  const [first, second] = levels;
  if (first === undefined || second === undefined) return undefined;
  const { median: middle, scale } = robustScale(levels.slice(1).map(({ level }) => level));
  return { by: first.by, z: (middle - first.level) / Math.max(LEAST_SCALE / 3, scale), gap: second.level - first.level };
}

const MIN_TABLE = 4;
const LEAST_SCALE = 0.2;

function polishRows(values: Float64Array, classes: number): void {
  for (let row = 0; row < classes; row++) {
    const middle = median([...values.subarray(row * classes, (row + 1) * classes)].filter(Number.isFinite));
    for (let at = row * classes; at < (row + 1) * classes; at++) values[at] = (values[at] ?? 0) - middle;
  }
}

function column(values: Float64Array, classes: number, at: number): number[] {
  return Array.from({ length: classes }, (_, row) => values[row * classes + at] ?? Number.NaN).filter(Number.isFinite);
}

function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : robustScale(values).median;
}
