// Streams of class labels only, fast: what false alarms and delays are measured on.
import { seeded, type Random } from '../../src/engine/core/random.ts';
import { DispersionMeter } from '../../src/engine/monitor/sequence/dependence.ts';
import { DetectorBank, type Alarm, type WatchedEvent } from '../../src/engine/monitor/sequence/detector-bank.ts';
import { proportionInterval } from '../../src/engine/monitor/statistics/binomial.ts';

export const CLASSES = 10;
const BAND_LEVEL = 0.99;

export interface Draw {
  (random: Random): number;
}

/** Ten classes, class 0 with `share`, the others equal. */
export function independent(share = 0.1): Draw {
  const rest = (1 - share) / (CLASSES - 1);
  return (random) => {
    const u = random.next();
    return u < share ? 0 : Math.min(CLASSES - 1, 1 + Math.floor((u - share) / rest));
  };
}

/** Sessions: with chance `stay` the class of the last prediction again. Lag-1 autocorrelation is `stay`. */
export function bursty(stay: number): Draw {
  const fresh = independent();
  let last = 0;
  return (random) => (last = random.next() < stay ? last : fresh(random));
}

/** The families' "class" events of a baseline of n predictions, as a profile would have them. */
export function baselineEvents(draw: Draw, n: number, random: Random): WatchedEvent[] {
  const meter = new DispersionMeter(CLASSES);
  for (let i = 0; i < n; i++) {
    meter.hit(draw(random));
    meter.endTrial();
  }
  const level = 1 - (1 - BAND_LEVEL) / CLASSES;
  return Array.from({ length: CLASSES }, (_, event) => {
    const inflation = meter.inflation(event);
    const [low, high] = proportionInterval(meter.hits(event) / inflation, n / inflation, level);
    return { family: 0, low, high, inflation, directions: ['up', 'down'] as const, weight: 1 / (2 * CLASSES) };
  });
}

/** A baseline whose shares are known exactly: the detector alone, without what a finite baseline leaves open. */
export function knownEvents(): WatchedEvent[] {
  return Array.from({ length: CLASSES }, () => ({ family: 0, low: 1 / CLASSES, high: 1 / CLASSES, inflation: 1, directions: ['up', 'down'] as const, weight: 1 / (2 * CLASSES) }));
}

/** Runs a stream; stops at the first alarm where asked to. Rising detectors are judged at each hit, falling ones each 256. */
export function run(events: readonly WatchedEvent[], budget: number, draw: Draw, n: number, random: Random, stopAtFirst: boolean): Alarm[] {
  const alarms: Alarm[] = [];
  const bank = new DetectorBank(events, 1, budget, (alarm) => alarms.push(alarm));
  for (let i = 0; i < n; i++) {
    bank.trial(0);
    bank.hit(draw(random), i);
    if ((i & 255) === 255) bank.settle(i);
    if (stopAtFirst && alarms.length > 0) break;
  }
  return alarms;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

export { seeded };
