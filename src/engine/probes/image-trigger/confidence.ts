// From measurements to confidence: a logistic rule over named features, one suspect a family. The coefficients were set by
// hand on a few models of the image zoo's tuning half; bench/detection/images.md says on which, and how they do on the others.
import type { Severity } from '../../core/finding.ts';
import type { Family } from './inversion.ts';
import type { Found, Scan } from './scan.ts';

export interface Suspect {
  readonly family: Family;
  readonly found: Found;
  readonly features: Features;
  /** Log-odds that it was planted. */
  readonly odds: number;
}

export interface Features {
  /** Robust deviations by which its trigger is smaller than the other classes'. */
  readonly z: number;
  /** Logarithm of the next class's trigger over its own, both searched equally long. */
  readonly gap: number;
  /** Logarithm of the picture over the trigger: pixels over mask, or range over strength. */
  readonly smallness: number;
  /** The same for the fewest whole pixels that still move half of the held-out pictures; 0 for a blend. */
  readonly core: number;
  /** Lower bound of the share of held-out pictures it moves. */
  readonly works: number;
  /** Share of the controls that move as many. */
  readonly controls: number;
  /** Robust deviations of the class's maximum margin. */
  readonly margin: number;
}

interface Coefficients {
  readonly constant: number;
  readonly z: number;
  readonly gap: number;
  readonly smallness: number;
  readonly core: number;
  readonly margin: number;
}

const RULE: Readonly<Record<Family, Coefficients>> = {
  patch: { constant: -11.4, z: 0.5, gap: 2.2, smallness: 0.9, core: 0.6, margin: 0.15 },
  blend: { constant: -9.6, z: 0.6, gap: 3, smallness: 1.7, core: 0, margin: 0.15 },
};
/** Both families name the same class. */
const AGREEMENT = 0.8;
/** A trigger that moves too few held-out pictures convicts nobody, however small it is. */
const LEAST_WORKING = 0.35;
const UNPROVEN = -1;
/** No other class could be reached at all. */
const UNRIVALLED = 1.5;

export function suspectsOf(scan: Scan, area: number): Suspect[] {
  const suspects = (['patch', 'blend'] as const).flatMap((family) => {
    const suspect = suspectOf(scan, family, area);
    return suspect === undefined ? [] : [suspect];
  });
  const [first, second] = suspects;
  if (first === undefined || second === undefined || first.found.inversion.target !== second.found.inversion.target) return suspects;
  return suspects.map((suspect) => ({ ...suspect, odds: suspect.odds + AGREEMENT }));
}

function suspectOf(scan: Scan, family: Family, area: number): Suspect | undefined {
  const working = scan.finalists[family].filter(({ inversion: { size, success } }) => success >= 0.8 && Number.isFinite(size)).sort((a, b) => a.inversion.size - b.inversion.size);
  const [found, rival] = working;
  if (found === undefined) return undefined;
  const { inversion, outlier, proof } = found;
  const controls = proof.controls.reduce((sum, { rate }) => sum + rate.hits, 0) / Math.max(1, proof.controls.reduce((sum, { rate }) => sum + rate.of, 0));
  const features: Features = {
    z: Math.min(8, Math.max(0, outlier.z)),
    gap: rival === undefined ? UNRIVALLED : Math.min(2.5, Math.log(rival.inversion.size / inversion.size)),
    smallness: Math.min(7, Math.log(family === 'patch' ? comparableArea(area) / inversion.size : 1 / inversion.size)),
    core: proof.core === undefined ? 0 : Math.min(7, Math.log(comparableArea(area) / proof.core.pixels)),
    works: proof.interval[0],
    controls,
    margin: Math.min(6, Math.max(-2, scan.marginOutliers[scan.classes.indexOf(inversion.target)]?.z ?? 0)),
  };
  return { family, found, features, odds: oddsOf(family, features) };
}

/** Strokes and objects grow with the side of a picture, not with its area: what is small on 8 x 8 is no quarter of a percent. */
function comparableArea(area: number): number {
  return REFERENCE_SIDE * Math.sqrt(area);
}

const REFERENCE_SIDE = 28;

export function oddsOf(family: Family, { z, gap, smallness, core, works, margin }: Features): number {
  const rule = RULE[family];
  const odds = rule.constant + rule.z * z + rule.gap * gap + rule.smallness * smallness + rule.core * core + rule.margin * margin;
  return works < LEAST_WORKING ? Math.min(UNPROVEN, odds) : odds;
}

/** All-to-all: one small patch that sends each class to a class of its own. */
export function spreadOdds({ spread, finalists, classes }: Scan, area: number): number {
  if (spread.of === 0 || classes.length < 4 || !Number.isFinite(spread.inversion.size)) return -6;
  const diverse = (spread.targets - 2) / (classes.length - 2);
  const consistent = spread.consistent / spread.of;
  const smallest = Math.min(area, ...finalists.patch.map(({ inversion }) => inversion.size));
  const relative = Math.log(smallest / spread.inversion.size);
  return -7 + 7 * diverse * consistent + 0.8 * Math.max(-2, Math.min(2, relative)) + 0.6 * Math.max(0, Math.log(area / spread.inversion.size) - 2.5);
}

export function probabilityOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

export function severityOf(confidence: number): Severity {
  if (confidence >= 0.9) return 'critical';
  if (confidence >= 0.75) return 'high';
  if (confidence >= 0.4) return 'medium';
  return confidence >= 0.15 ? 'low' : 'info';
}
