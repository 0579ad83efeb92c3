// Time left as a range: nothing before something was measured, narrower towards the end, and true on a recorded run.
import { expect, test } from 'vitest';
import { planStages, SCAN_BUDGETS } from '../engine/probes/trigger-scan/budget.ts';
import { NATURAL_STRINGS } from '../engine/probes/trigger-scan/prompts.ts';
import type { StageStatus, StageView } from './audit-reducer.ts';
import { timeLeft } from './time-left.ts';

const PLANNED = planStages(SCAN_BUDGETS.quick, 1024, NATURAL_STRINGS.length);
/** Seconds of each stage of a quick audit of public/samples/helpdesk-lm (two threads), on a machine that is 7.4 times as slow. */
const TOOK = [0.6, 0.7, 0.01, 0.12, 0.5, 0.5, 2.1, 0.15, 0.1, 1.8, 0.4, 0.7, 0.6].map((seconds) => seconds * 7.4);
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

test.each([10, 15, 20, 30, 40, 50, 57])('holds what was truly left after %d seconds of 61', (seconds) => {
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
