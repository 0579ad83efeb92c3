// The power calculator against the detectors themselves, on the class streams of bench/monitor/delay.ts.
import { expect, test } from 'vitest';
import { seeded } from '../core/random.ts';
import { detectionProbability, powerCurve, smallestVisible, type PowerSubject } from './power.ts';
import { DetectorBank, type WatchedEvent } from './sequence/detector-bank.ts';

const BUDGET = 1e-5;
const watched: WatchedEvent = { family: 0, low: 0.096, high: 0.104, inflation: 1, directions: ['up', 'down'], weight: 1 / 20 };
const subject: PowerSubject = { label: 'c', monitor: 'class-shift', baseline: 0.1, low: 0.096, high: 0.104, event: { family: { id: 'class', monitor: 'class-shift', rule: { kind: 'class' }, trials: 1, events: [] }, local: 0, watched } };

function simulatedMedian(rate: number, runs: number): number {
  const delays = Array.from({ length: runs }, (_, run) => {
    const random = seeded(run, `power ${rate}`);
    let first = Infinity;
    const bank = new DetectorBank([watched], 1, BUDGET, ({ position }) => (first = Math.min(first, position + 1)));
    for (let i = 0; first === Infinity && i < 200_000; i++) {
      bank.trial(0);
      if (random.next() < rate) bank.hit(0, i);
    }
    return first;
  });
  return delays.sort((a, b) => a - b)[runs >> 1] ?? Infinity;
}

function predictedMedian(rate: number): number {
  let [low, high] = [1, 1e7];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (detectionProbability(subject, rate, middle, BUDGET) < 0.5) low = middle;
    else high = middle;
  }
  return high;
}

test.each([0.15, 0.13, 0.2])('median delay at %d', (rate) => {
  const ratio = predictedMedian(rate) / simulatedMedian(rate, 41);
  expect(ratio).toBeGreaterThan(1 / 1.4);
  expect(ratio).toBeLessThan(1.4);
});

test('the false-alarm budget holds, and a band hides what lies inside it', () => {
  expect(detectionProbability(subject, 0.1, 100_000, BUDGET)).toBeLessThan(0.05);
  expect(smallestVisible(subject, 1e9, BUDGET) ?? 0).toBeGreaterThan(0.104);
});

test('curves rise with dose and with the number of predictions', () => {
  const [short, long] = [10_000, 100_000].map((n) => powerCurve(subject, n, BUDGET, 0.1).map(({ probability }) => probability));
  expect(short?.every((p, i) => i === 0 || p >= (short[i - 1] ?? 0) - 1e-6)).toBe(true);
  expect(short?.every((p, i) => p <= (long?.[i] ?? 0) + 1e-9)).toBe(true);
});
