import { expect, test } from 'vitest';
import { halfStrength, standingsOf, type Addition } from './additions.ts';

const stamp = { family: 'blend', mask: undefined, pattern: new Float32Array(3) } as const;

function addition(target: number, reaches: readonly number[]): Addition {
  return { target, band: 'all', rungs: reaches.map((reach, at) => ({ strength: [0.03, 0.05, 0.08, 0.125, 0.2][at] ?? 0, reach, stamp })) };
}

test('the strength that does half lies where the curve crosses it', () => {
  expect(Math.exp(halfStrength(addition(0, [0.1, 0.5, 0.9])))).toBeCloseTo(0.05);
  const between = Math.exp(halfStrength(addition(0, [0.1, 0.3, 0.7])));
  expect(between).toBeGreaterThan(0.05);
  expect(between).toBeLessThan(0.08);
});

test('a class that nothing reaches is put beyond what was tried, and not endlessly far', () => {
  const far = Math.exp(halfStrength(addition(0, [0.001, 0.001, 0.002])));
  expect(far).toBeGreaterThan(0.08);
  expect(far).toBeLessThanOrEqual(0.2 * Math.E + 1e-9);
});

test('a class that a faint addition reaches stands out from the others', () => {
  const standings = standingsOf([addition(0, [0.3, 0.8, 1]), addition(1, [0.05, 0.2, 0.6]), addition(2, [0.02, 0.1, 0.5])]);
  expect(standings[0]?.lead).toBeCloseTo(0.6);
  expect(standings[0]?.gap).toBeGreaterThan(0.3);
  expect(standings[1]?.gap).toBeLessThan(0);
  expect(standingsOf([])).toEqual([]);
});
