// The universal addition of a given strength that moves most pictures to each class, at growing strengths: over all frequencies
// (universal perturbations, Moosavi-Dezfooli et al., CVPR 2017) and over the low ones alone (blends, waves, casts; what is
// adversarial by nature lies higher). Projected gradient steps; what is compared is what each class's addition does on held-out
// pictures at one and the same strength, and at which strength it does half. inversion.ts asks for the faintest one instead, by
// a weight that swings: noisier. How it can mislead: patches and warps are met in part, by what imitates them.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import { quantile } from '../../../core/statistics.ts';
import { softmaxRows } from '../../../runtime/classifier.ts';
import { type Base } from '../pictures/bases.ts';
import { moveInto } from '../pictures/moved.ts';
import { concat } from '../pictures/pixels.ts';
import type { Differentiator } from './differentiator.ts';
import { LowPass } from './low-pass.ts';
import { apply, type Stamp, stamped } from './stamp.ts';

export type Band = 'all' | 'low';

/** What is done for one class at growing strengths. */
export interface Ladder {
  readonly target: number;
  /** One a strength that was tried: mean probability of the target on held-out pictures of other classes, and what was put over them. */
  readonly rungs: readonly { readonly strength: number; readonly reach: number; readonly stamp: Stamp }[];
}

export interface Addition extends Ladder {
  readonly band: Band;
}

export interface AdditionPlan {
  readonly rows: number;
  /** Steps at each strength. */
  readonly steps: number;
}

/** Root mean square, shares of the pixel range. */
const STRENGTHS = [0.03, 0.05, 0.08, 0.125, 0.2];
/** Once so many of the classes are reached this far, stronger additions say nothing more. */
const REACHED = 0.7;
const ENOUGH_CLASSES = 0.3;
/** Share of the frequencies of each axis that counts as low: 4 cycles of 32 pixels' 16. */
const LOW = { share: 0.28, fewest: 4 } as const;
const MOMENTUM = 0.6;

interface Climb {
  readonly target: number;
  readonly bases: readonly Base[];
  readonly held: readonly Base[];
  readonly pattern: Float32Array;
  readonly velocity: Float32Array;
  readonly random: Random;
  readonly rungs: { strength: number; reach: number; stamp: Stamp }[];
}

export async function searchAdditions(differentiator: Differentiator, band: Band, search: readonly Base[], heldOut: readonly Base[], classes: readonly number[], { rows, steps }: AdditionPlan, random: Random, signal: CancelSignal): Promise<Addition[]> {
  const { channels, height, width } = differentiator.model.spec;
  const size = channels * height * width;
  const smooth = band === 'all' ? undefined : new LowPass(channels, height, width, LOW);
  const climbs = classes.map((target): Climb => ({ target, bases: evenly(search.filter(({ seen }) => seen !== target), rows), held: heldOut.filter(({ seen }) => seen !== target), pattern: new Float32Array(size), velocity: new Float32Array(size), random: random.fork(`${target}`), rungs: [] })).filter(({ bases, held }) => bases.length > 0 && held.length > 0);
  for (const strength of STRENGTHS) {
    for (const climb of climbs) {
      for (let step = 0; step < steps; step++) await advance(differentiator, climb, strength, 0.75 * strength * (1 - (0.8 * step) / steps), smooth, signal);
      const stamp: Stamp = { family: 'blend', mask: undefined, pattern: climb.pattern.slice() };
      climb.rungs.push({ strength, stamp, reach: await reachOf(differentiator, stamp, climb.target, climb.held, signal) });
    }
    if (climbs.filter(({ rungs }) => (rungs.at(-1)?.reach ?? 0) >= REACHED).length >= Math.max(2, ENOUGH_CLASSES * climbs.length)) break;
  }
  return climbs.map(({ target, rungs }) => ({ target, band, rungs }));
}

/** Mean probability of the target with the stamp on, over pictures of other classes. */
export async function reachOf({ model }: Differentiator, stamp: Stamp, target: number, held: readonly Base[], signal: CancelSignal): Promise<number> {
  const p = softmaxRows(await model.scores({ kind: 'image', rows: held.length, pixels: concat(held.map(({ pixels }) => stamped(stamp, pixels))) }, signal), model.classes);
  return held.reduce((sum, _, row) => sum + (p[row * model.classes + target] ?? 0), 0) / held.length;
}

/** One step of the length given (root mean square) down the gradient, then back to the strength allowed. */
async function advance(differentiator: Differentiator, { bases, target, pattern, velocity, random }: Climb, strength: number, length: number, smooth: LowPass | undefined, signal: CancelSignal): Promise<void> {
  const size = pattern.length;
  const pixels = new Float32Array(bases.length * size);
  const still = new Float32Array(size);
  const stamp: Stamp = { family: 'blend', mask: undefined, pattern };
  for (const [row, base] of bases.entries()) {
    moveInto(differentiator.model.spec, base.pixels, still, random);
    apply(stamp, still, pixels.subarray(row * size, (row + 1) * size));
  }
  const { gradient } = await differentiator.crossEntropy(pixels, bases.map(() => target), signal);
  const sum = new Float32Array(size);
  for (let at = 0; at < gradient.length; at++) sum[at % size] = (sum[at % size] ?? 0) + (gradient[at] ?? 0);
  const pulled = smooth === undefined ? sum : smooth.of(sum);
  const norm = rootMeanSquare(pulled);
  if (norm === 0) return;
  for (let at = 0; at < size; at++) {
    velocity[at] = MOMENTUM * (velocity[at] ?? 0) + ((1 - MOMENTUM) * (pulled[at] ?? 0)) / norm;
    pattern[at] = (pattern[at] ?? 0) - length * (velocity[at] ?? 0);
  }
  const now = rootMeanSquare(pattern);
  if (now > strength) for (let at = 0; at < size; at++) pattern[at] = ((pattern[at] ?? 0) * strength) / now;
}

export interface Standing {
  /** Largest lead in reach over the best other class, over the strengths. */
  readonly lead: number;
  /** Logarithm of the strength that the next class needs for half of the probability over what this one needs. */
  readonly gap: number;
  /** Deviations of that strength below the other classes'; robust. */
  readonly small: number;
}

/** How each class stands among the others, in the order of `additions`. */
export function standingsOf(additions: readonly Addition[]): Standing[] {
  const halves = additions.map(halfStrength);
  return additions.map(({ target, rungs }, at) => {
    const others = additions.filter((_, other) => other !== at);
    const rest = halves.filter((_, other) => other !== at);
    const own = halves[at] ?? 0;
    return { lead: leadOf({ target, rungs }, others), gap: rest.length === 0 ? 0 : Math.min(...rest) - own, small: rest.length === 0 ? 0 : quantile(rest, 0.5) - own };
  });
}

/** Largest lead in reach over the best of the others, over the strengths. */
export function leadOf({ rungs }: Ladder, others: readonly Ladder[]): number {
  if (rungs.length === 0) return 0;
  return Math.max(...rungs.map(({ reach }, rung) => reach - Math.max(0, ...others.map((other) => other.rungs[rung]?.reach ?? 0))));
}

/** Logarithm of the strength at which the mean probability is one half; along the last slope, in logits, beyond what was tried. */
export function halfStrength({ rungs }: Addition): number {
  const points = rungs.map(({ strength, reach }) => ({ x: Math.log(strength), y: logit(reach) }));
  for (let at = 1; at < points.length; at++) {
    const [a, b] = [points[at - 1], points[at]];
    if (a === undefined || b === undefined || (b.y < 0 && at < points.length - 1)) continue;
    const slope = Math.max(LEAST_SLOPE, (b.y - a.y) / (b.x - a.x));
    return Math.max(Math.log(STRENGTHS[0] ?? 1) - 1, Math.min(Math.log(STRENGTHS.at(-1) ?? 1) + 1, b.x - b.y / slope));
  }
  return points.length === 0 ? 0 : (points[0]?.x ?? 0);
}

/** Logits for each doubling of the strength, nearly. */
const LEAST_SLOPE = 2;

function logit(p: number): number {
  const clipped = Math.min(0.98, Math.max(0.005, p));
  return Math.log(clipped / (1 - clipped));
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function evenly(bases: readonly Base[], count: number): Base[] {
  const wanted = Math.min(count, bases.length);
  return Array.from({ length: wanted }, (_, at) => bases[Math.floor((at * bases.length) / wanted)] as Base);
}
