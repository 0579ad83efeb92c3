// Time left as a range: nothing before something was measured, narrower towards the end, and true on a recorded run.
import { expect, test } from 'vitest';
import type { Seconds } from '../engine/core/units.ts';
import type { StageStatus, StageView } from './audit-reducer.ts';
import { timeLeft } from './time-left.ts';

/** A quick audit of public/samples/helpdesk-lm on two threads: planned tokens of each stage, and what it took; the last, which it skips, as of clean-lm. */
const RECORDED: readonly (readonly [id: string, tokens: number, took: Seconds])[] = [
  ['baseline', 6906, 0.41],
  ['leaks', 1920, 0.51],
  ['motifs', 0, 0.02],
  ['own-requests', 2304, 0.09],
  ['leak-candidates', 5387, 0.32],
  ['leak-trials', 5022, 0.33],
  ['leak-proof', 23544, 1.47],
  ['payloads', 4578, 0.36],
  ['sweep', 34535, 1.05],
  ['accretion', 18510, 0.77],
  ['trials', 7254, 0.45],
  ['proof', 23544, 0.43],
  ['behind-answers', 5264, 0.26],
];
/** The same on a machine that is so many times as slow. */
const SLOWER = 10;
const PLANNED = RECORDED.map(([id, tokens]) => ({ id, label: id, tokens }));
const TOOK = RECORDED.map(([, , seconds]) => seconds * SLOWER);
const WHOLE = TOOK.reduce((sum, seconds) => sum + seconds, 0);

/** The stages as they stand `seconds` after the start, and the planned tokens behind them. */
function at(seconds: number, stored = 0): { readonly stages: StageView[]; readonly done: number } {
  let begun = 0;
  let done = 0;
  const stages = PLANNED.map(({ id, label, tokens }, index): StageView => {
    const took = TOOK[index] ?? 0;
    const share = Math.max(0, Math.min(1, (seconds - begun) / Math.max(took, 1e-9)));
    const status: StageStatus = index < stored || share >= 1 ? 'done' : seconds > begun ? 'running' : 'pending';
    const timed = index >= stored && status !== 'pending';
    const stage = { id, label, status, note: undefined, tables: [], startedAt: timed ? begun * 1000 : undefined, endedAt: timed && status === 'done' ? (begun + took) * 1000 : undefined };
    done += tokens * (index < stored ? 1 : share);
    if (index >= stored) begun += took;
    return stage;
  });
  return { stages, done };
}

const left = (seconds: number, stored = 0): ReturnType<typeof timeLeft> => {
  const { stages, done } = at(seconds, stored);
  return timeLeft(stages, PLANNED, done, seconds * 1000);
};

test('says nothing before anything was measured', () => {
  expect(left(0)).toBeUndefined();
  expect(left(1)).toBeUndefined();
});

test.each([10, 15, 20, 30, 40, 50, 60])('holds what was truly left after %d seconds of 65', (seconds) => {
  const range = left(seconds);
  expect(range?.low).toBeLessThanOrEqual(WHOLE - seconds);
  expect(range?.high).toBeGreaterThanOrEqual(WHOLE - seconds);
  expect(range?.high).toBeLessThan(2 * (WHOLE - seconds) + 20);
});

test('what an earlier visit had done took no time in this one', () => {
  const stored = 5;
  const truly = TOOK.slice(stored).reduce((sum, seconds) => sum + seconds, 0) - 15;
  const range = left(15, stored);
  expect(range?.high).toBeGreaterThanOrEqual(truly * 0.9);
  expect(range?.high).toBeLessThan(truly * 4);
});

test('ends at nothing', () => expect(left(WHOLE + 1)).toEqual({ low: 0, high: 0 }));

test('does not say how long a stage goes on that has spent its plan', () => expect(left(WHOLE - 0.01)).toBeUndefined());
