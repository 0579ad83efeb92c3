import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BEAT, beater, watchForStandstill } from './standstill.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(working: () => boolean): { readonly beat: () => void; readonly ends: () => number } {
  let [ends, listener]: [number, (event: { data: unknown }) => void] = [0, () => undefined];
  watchForStandstill({ addEventListener: (_, given) => void (listener = given) }, 10, working, () => void ends++);
  return { beat: () => listener({ data: BEAT }), ends: () => ends };
}

it('ends work that gives no sign for so long, once', () => {
  const { beat, ends } = watched(() => true);
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(9000);
    beat();
  }
  expect(ends()).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(ends()).toBe(1);
});

it('leaves a worker alone that nobody waits for', () => {
  const { ends } = watched(() => false);
  vi.advanceTimersByTime(600_000);
  expect(ends()).toBe(0);
});

it('sends one beat a second at most', () => {
  let now = 0;
  const beats: string[] = [];
  const beat = beater((message) => void beats.push(message), () => now);
  for (now = 0; now < 3000; now += 100) beat();
  expect(beats).toEqual([BEAT, BEAT, BEAT]);
});
