// What would be seen: the chance that a nudge of one event's rate raises an alarm within N predictions, and the smallest
// nudge that would. The evidence of a detector is a random walk with the growth rate and variance of its log likelihood
// ratio; the time at which it passes the alarm's threshold is inverse Gaussian (Wald's approximation), for the best of
// the bank's alternatives. Checked against simulation in power.test.ts: the median delay within a third of it there.
// How this can mislead: predictions are taken as independent apart from the baseline's own inflation, and the nudge as
// starting at once and lasting.
import type { Probability } from '../core/units.ts';
import type { Profile } from './profile/profile.ts';
import { ODDS_RATIOS, type Direction } from './sequence/detector-bank.ts';
import { watchedEvents, type FlatEvent } from './sequence/watcher.ts';
import { normalUpper } from './statistics/special-functions.ts';

export interface PowerPoint {
  /** The event's rate under the nudge. */
  readonly rate: Probability;
  readonly probability: Probability;
}

export interface PowerSubject {
  readonly label: string;
  readonly monitor: string;
  readonly baseline: Probability;
  readonly low: Probability;
  readonly high: Probability;
  readonly event: FlatEvent;
}

/** What can be nudged: each class (or each tenth of a value), then each other event that is watched. */
export function powerSubjects(profile: Profile): PowerSubject[] {
  return watchedEvents(profile).map((event) => {
    const { family, local, watched } = event;
    const known = family.events[local];
    const label = family.rule.kind === 'confidence' ? `${profile.classes.labels[family.rule.output] ?? ''}: ${known?.label ?? ''}` : (known?.label ?? '');
    return { label, monitor: family.monitor, baseline: (known?.hits ?? 0) / Math.max(1, family.trials), low: watched.low, high: watched.high, event };
  });
}

/** Chance of an alarm within n predictions at a given true rate. */
export function detectionProbability({ event: { watched } }: PowerSubject, rate: Probability, n: number, budget: number): Probability {
  const direction: Direction = rate >= (watched.low + watched.high) / 2 ? 'up' : 'down';
  const from = direction === 'up' ? watched.high : watched.low;
  if (!watched.directions.includes(direction) || from <= 0 || from >= 1) return 0;
  let best = 0;
  for (const ratio of ODDS_RATIOS) {
    const odds = (from / (1 - from)) * (direction === 'up' ? ratio : 1 / ratio);
    const q = odds / (1 + odds);
    const [hit, miss] = [Math.log(q / from) / watched.inflation, Math.log((1 - q) / (1 - from)) / watched.inflation];
    const growth = rate * hit + (1 - rate) * miss;
    const variance = rate * (1 - rate) * (hit - miss) ** 2 * watched.inflation;
    // A walk that starts anew at each prediction: the sum of its copies is ahead of one by about the log of how long it takes
    // to gain one unit.
    const lead = Math.log(1 + 1 / (Math.abs(growth) + variance));
    const height = Math.max(0.1, Math.log(ODDS_RATIOS.length / (budget * watched.weight)) - lead);
    best = Math.max(best, passes(growth, variance, height, n));
  }
  return best;
}

/** P(a walk of this growth and variance a step has passed `height` within n steps). */
function passes(growth: number, variance: number, height: number, n: number): Probability {
  if (variance <= 0) return 0;
  const spread = Math.sqrt(variance * n);
  const late = normalUpper((height - growth * n) / spread);
  const exponent = (2 * growth * height) / variance;
  const reflected = exponent > 700 ? 0 : Math.exp(exponent) * normalUpper((height + growth * n) / spread);
  return Math.min(1, late + reflected);
}

export function powerCurve(subject: PowerSubject, n: number, budget: number, widest: number, points = 60): PowerPoint[] {
  return Array.from({ length: points + 1 }, (_, i) => {
    const rate = Math.min(0.999, subject.baseline + (widest * i) / points);
    return { rate, probability: detectionProbability(subject, rate, n, budget) };
  });
}

/** The smallest rate above the baseline's that would be seen within n predictions with the given chance. */
export function smallestVisible(subject: PowerSubject, n: number, budget: number, chance: Probability = 0.8): Probability | undefined {
  let low = subject.baseline;
  let high = 0.999;
  if (detectionProbability(subject, high, n, budget) < chance) return undefined;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (detectionProbability(subject, middle, n, budget) < chance) low = middle;
    else high = middle;
  }
  return high;
}

/** Nudges are drawn up to so many times the smallest that the shortest log shows. */
const BEYOND_VISIBLE = 1.6;

export interface PowerCurve {
  readonly predictions: number;
  readonly points: readonly PowerPoint[];
  readonly smallestVisible: Probability | undefined;
}

/** One curve for each length of a log, all over the same nudges. */
export function powerCurves(subject: PowerSubject, lengths: readonly number[], budget: number): PowerCurve[] {
  const smallest = smallestVisible(subject, Math.min(...lengths), budget) ?? 1;
  const widest = Math.min(1 - subject.baseline, BEYOND_VISIBLE * (smallest - subject.baseline));
  return lengths.map((predictions) => ({ predictions, points: powerCurve(subject, predictions, budget, widest), smallestVisible: smallestVisible(subject, predictions, budget) }));
}
