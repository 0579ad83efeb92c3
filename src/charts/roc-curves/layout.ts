// ROC curves as paths: steps from (0, 0) to (1, 1), the ensemble's bootstrap band, labels that do not cover each other.
import type { RocSummary } from '../../engine/fingerprint/evaluate/roc.ts';

export interface NamedRoc {
  readonly id: string;
  readonly label: string;
  readonly roc: RocSummary;
  readonly main: boolean;
}

export interface RocLayout {
  readonly x: (rate: number) => number;
  readonly y: (rate: number) => number;
  readonly curves: readonly { readonly id: string; readonly label: string; readonly main: boolean; readonly path: string; readonly labelY: number }[];
  readonly band: string | undefined;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [34, 128, 8, 24];
const LINE = 16;

export function layoutRoc(rocs: readonly NamedRoc[], width: number, height: number): RocLayout {
  const x = (rate: number): number => LEFT + rate * (width - LEFT - RIGHT);
  const y = (rate: number): number => height - BOTTOM - rate * (height - BOTTOM - TOP);
  const main = rocs.find((entry) => entry.main);
  const upper = main?.roc.band.map(({ falsePositives, high }) => `${x(falsePositives)} ${y(high)}`) ?? [];
  const lower = main?.roc.band.map(({ falsePositives, low }) => `${x(falsePositives)} ${y(low)}`).reverse() ?? [];
  const ranked = [...rocs].sort((a, b) => Number(b.main) - Number(a.main) || b.roc.auroc.value - a.roc.auroc.value);
  return {
    x,
    y,
    curves: ranked.map(({ id, label, main: isMain, roc }, i) => ({ id, label, main: isMain, path: stepPath(roc.curve.map(({ falsePositives, truePositives }) => [x(falsePositives), y(truePositives)])), labelY: TOP + 12 + i * LINE })),
    band: upper.length === 0 ? undefined : `M${[...upper, ...lower].join('L')}Z`,
  };
}

function stepPath(points: readonly (readonly [number, number])[]): string {
  return points.map(([px, py], i) => (i === 0 ? `M${px} ${py}` : `L${px} ${py}`)).join('');
}
