import { expect, it } from 'vitest';
import type { LogBatch } from './log/encode.ts';
import { TimelineBuilder } from './timeline.ts';

const NOTHING_ELSE = { time: undefined, value: undefined, confidence: undefined, latency: undefined, cpu: undefined, gpu: undefined, memory: undefined, energy: undefined, source: undefined, features: undefined, dimensions: 0, prompt: undefined };
const SHAPE = { classes: 2, sources: 1, latency: undefined, value: undefined };

/** Rows of class 0, the last `tail` of them of class 1. */
function timelineOf(rows: number, tail: number): ReturnType<TimelineBuilder['finish']> {
  const builder = new TimelineBuilder(SHAPE, ['shift']);
  const batch: LogBatch = { ...NOTHING_ELSE, rows, row: Float64Array.from({ length: rows }, (_, i) => i), output: Int32Array.from({ length: rows }, (_, i) => (i < rows - tail ? 0 : 1)) };
  for (let at = 0; at < rows; ) {
    const to = Math.min(rows, at + builder.room());
    builder.add(batch, at, to);
    builder.note([to]);
    at = to;
  }
  return builder.finish();
}

it('joins a short last stretch to the one before, and loses no row', () => {
  const { bins, rows, classes, eValues } = timelineOf(70, 6);
  expect({ bins, rows: [...rows], classes: [...classes], last: eValues.at(-1) }).toEqual({ bins: 2, rows: [32, 38], classes: [32, 0, 32, 6], last: Math.log10(70) });
});

it('leaves a last stretch of half the rows or more as it is, and a log of one short stretch', () => {
  expect([...timelineOf(80, 0).rows]).toEqual([32, 32, 16]);
  expect([...timelineOf(5, 0).rows]).toEqual([5]);
});
