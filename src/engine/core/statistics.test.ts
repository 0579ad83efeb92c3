// Reference values: scipy.stats.binom.sf, binomtest(...).proportion_ci('exact'), fisher_exact(alternative='greater') of SciPy 1.17.
import { expect, test } from 'vitest';
import { binomialUpperTail, exactInterval, fisherGreater, quantile, rankPValue, robustScale } from './statistics.ts';

test('binomial tails', () => {
  expect(binomialUpperTail(3, 10, 0.2)).toBeCloseTo(0.3222004736, 9);
  expect(binomialUpperTail(0, 10, 0.2)).toBe(1);
});

test('exact intervals', () => {
  const [low, high] = exactInterval(31, 32);
  expect(low).toBeCloseTo(0.837827, 5);
  expect(high).toBeCloseTo(0.999209, 5);
  expect(exactInterval(0, 32)[0]).toBe(0);
  expect(exactInterval(0, 32)[1]).toBeCloseTo(0.108881, 5);
});

test('Fisher, one-sided', () => {
  expect(fisherGreater(3, 3, 0, 3)).toBeCloseTo(0.05, 9);
  expect(fisherGreater(8, 10, 1, 10)).toBeCloseTo(0.0027385, 6);
  expect(fisherGreater(0, 10, 5, 10)).toBeCloseTo(1, 9);
});

test('ranks and robust summaries', () => {
  expect(rankPValue(5, [1, 2, 3, 4], 'high')).toBe(0.2);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(robustScale([1, 1, 2, 2, 4, 6, 9]).median).toBe(2);
});
