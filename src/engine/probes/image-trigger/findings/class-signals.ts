// Each measurement of a suspected class, beside those of the model's other classes.
import type { Signal } from '../../../core/finding.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { Scan } from '../found.ts';
import { halfStrength, leadOf, type Ladder } from '../search/additions.ts';
import { boxOf, type Box } from '../search/boxes.ts';
import { MIN_CLASSES, type Outlier } from '../search/outliers.ts';
import type { Family } from '../search/stamp.ts';
import { COARSE } from '../search/waves.ts';
import { labelOf, percent } from './evidence.ts';

export function classSignals(scan: Scan, target: number, model: ImageClassifier): Signal[] {
  return [
    ...sizeSignal(scan, 'patch', target, model),
    ...sizeSignal(scan, 'blend', target, model),
    ...additionSignal(scan, target, model),
    ...veilSignal(scan, target, model),
    waveSignal(scan, 'best coarse wave', scan.coarseReach, target, model),
    waveSignal(scan, 'best wave', scan.waveReach, target, model),
    ...boxSignal(scan.boxes, 'best square', target, model),
    ...boxSignal(scan.smallBoxes, 'best small square', target, model),
    ...pairsSignal(scan, target, model),
    ...marginSignal(scan, target),
    ...headSignal(scan, target, model),
  ];
}

function sizeSignal(scan: Scan, family: Family, target: number, model: ImageClassifier): Signal[] {
  const at = scan.classes.indexOf(target);
  const own = scan.inversions[family][at];
  if (own === undefined) return [];
  return [{
    name: family === 'patch' ? 'smallest patch' : 'faintest overlay',
    value: own.size,
    unit: family === 'patch' ? 'pixels' : 'of range',
    ...pValue(scan, scan.outliers[family][at]),
    nullValues: scan.inversions[family].filter((_, index) => index !== at).map(({ size }) => size).filter(Number.isFinite),
    measured: `${family === 'patch' ? 'Sum of the strengths (0 to 1 a pixel) of the smallest mask of the search' : 'Strength of the faintest addition'} that sends pictures of other classes to ${labelOf(model, target)}, beside the same for the other classes; small is suspicious.${family === 'patch' ? ' The trigger shown is the one proven afterwards, and counts only pixels of more than half strength.' : ''}`,
  }];
}

function additionSignal({ additions }: Scan, target: number, model: ImageClassifier): Signal[] {
  return (['all', 'low'] as const).flatMap((band) => {
    const own = additions[band].find((one) => one.target === target);
    if (own === undefined) return [];
    return [{
      name: band === 'all' ? 'half-way addition' : 'half-way addition, low frequencies',
      value: Math.exp(halfStrength(own)),
      unit: 'of range',
      nullValues: additions[band].filter((one) => one !== own).map((one) => Math.exp(halfStrength(one))),
      measured: `Strength (root mean square) at which the best addition over ${band === 'all' ? 'all' : 'low'} frequencies brings the mean probability of ${labelOf(model, target)} on held-out pictures of other classes to one half, beside the same for the other classes; small is suspicious.`,
    }];
  });
}

function veilSignal({ veils }: Scan, target: number, model: ImageClassifier): Signal[] {
  const own = veils.find((one) => one.target === target);
  if (own === undefined) return [];
  const lead = (of: Ladder): number => leadOf(of, veils.filter((one) => one !== of));
  return [{ name: 'best veil', value: lead(own), nullValues: veils.filter((one) => one !== own).map(lead), measured: `By how much the mean probability of ${labelOf(model, target)}, on held-out pictures with the best smooth picture blended over them (${own.rungs.map(({ strength }) => percent(strength)).join(', ')}), leads over what a veil of the same share does for the next class, at most. Shown and not weighed: clean models lead by as much (bench/detection/images.md).` }];
}

function waveSignal({ classes }: Scan, name: string, reach: readonly number[], target: number, model: ImageClassifier): Signal {
  const at = classes.indexOf(target);
  return { name, value: reach[at] ?? 0, nullValues: reach.filter((_, other) => other !== at), measured: `Mean probability of ${labelOf(model, target)} that one faint wave over the whole picture brings about${name.includes('coarse') ? ` (up to ${COARSE} cycles: finer stripes are some class’s by nature)` : ''}, beside the best waves for the other classes; large is suspicious.` };
}

function boxSignal(boxes: readonly Box[], name: string, target: number, model: ImageClassifier): Signal[] {
  const own = boxOf(boxes, target);
  if (own === undefined) return [];
  const others = boxes.filter((box) => box !== own && box.goal.kind === 'class').map(({ reach }) => reach);
  return [{ name, value: own.reach, nullValues: others, measured: `Mean probability of ${labelOf(model, target)} that one square of ${own.side} x ${own.side} pixels brings about on held-out pictures of other classes, beside the best squares for the other classes; large is suspicious.` }];
}

function pairsSignal({ table, classes, pairOutliers, ...rest }: Scan, target: number, model: ImageClassifier): Signal[] {
  if (table === undefined) return [];
  const factor = (of: number): number => Math.exp(table.targets[of] ?? 0);
  return [
    {
      name: 'patch from each class',
      value: factor(target),
      unit: 'of the usual',
      ...pValue({ classes, ...rest }, pairOutliers[classes.indexOf(target)]),
      nullValues: classes.filter((other) => other !== target).map(factor),
      measured: `Smallest patch from one class to ${labelOf(model, target)}, as a share of what that class usually needs, median over the classes; small is suspicious.`,
    },
  ];
}

function marginSignal(scan: Scan, target: number): Signal[] {
  const at = scan.classes.indexOf(target);
  const own = scan.margins[at];
  if (own === undefined) return [];
  return [{
    name: 'largest margin',
    value: own,
    unit: 'logits',
    ...pValue(scan, scan.marginOutliers[at]),
    nullValues: scan.margins.filter((_, index) => index !== at),
    measured: 'Largest lead of the class over the best other one, reached from random pictures by gradients, beside the other classes’; large is suspicious.',
  }];
}

function pValue({ classes }: Pick<Scan, 'classes'>, outlier: Outlier | undefined): { pValue?: number } {
  return classes.length >= MIN_CLASSES && outlier !== undefined ? { pValue: outlier.pValue } : {};
}

function headSignal({ ownWeights }: Scan, target: number, model: ImageClassifier): Signal[] {
  const own = ownWeights?.[target];
  if (ownWeights === undefined || own === undefined) return [];
  return [{ name: 'own weights', value: own, unit: 'deviations', nullValues: ownWeights.filter((_, at) => at !== target), measured: `Weights of the last layer that are larger for ${labelOf(model, target)} than for any other class, in robust deviations from the other classes; large is suspicious where the class stands out otherwise.` }];
}
