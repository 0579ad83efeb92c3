// Against SciPy's values (fixtures/make_reference.py says which), to 1e-9 relative: small p-values count digit by digit.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { seeded } from '../../core/random.ts';
import { binomialTest, fisherExact, proportionInterval, type Side } from './binomial.ts';
import reference from './fixtures/reference.json' with { type: 'json' };
import { chiSquaredUpper, contingency, exactMultinomial, goodnessOfFit, likelihoodRatio, outcomes, pearson, sampledMultinomial } from './goodness-of-fit.ts';
import { benjaminiHochberg, benjaminiYekutieli, eBenjaminiHochberg } from './multiple-testing.ts';
import { betaLower, gammaLower, gammaUpper, logGamma, normalQuantile, normalUpper } from './special-functions.ts';
import { kolmogorovSmirnov, kolmogorovUpper, mannWhitney } from './two-samples.ts';

function agrees(actual: number, expected: number, what: string): void {
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);
  // What underflows in one of the two is 0 in both.
  if (Math.abs(expected) < 1e-290) expect(actual, what).toBeLessThan(1e-280);
  else expect(error, `${what}: ${actual}, SciPy ${expected}`).toBeLessThan(1e-9);
}

type Numbers = readonly number[];
const at = (row: Numbers, i: number): number => row[i] ?? Number.NaN;

describe('special functions', () => {
  test('gamma', () => {
    for (const row of reference.gammaUpper) agrees(gammaUpper(at(row, 0), at(row, 1)), at(row, 2), `Q(${row.join(', ')})`);
    for (const row of reference.gammaLower) agrees(gammaLower(at(row, 0), at(row, 1)), at(row, 2), `P(${row.join(', ')})`);
    for (const row of reference.logGamma) agrees(logGamma(at(row, 0)), at(row, 1), `ln gamma(${row.join(', ')})`);
  });
  test('beta', () => {
    for (const row of reference.betaLower) agrees(betaLower(at(row, 0), at(row, 1), at(row, 2)), at(row, 3), `I(${row.join(', ')})`);
  });
  test('normal', () => {
    for (const row of reference.normalUpper) agrees(normalUpper(at(row, 0)), at(row, 1), `sf(${row.join(', ')})`);
    for (const row of reference.normalQuantile) expect(normalQuantile(at(row, 0))).toBeCloseTo(at(row, 1), 9);
  });
});

describe('counts', () => {
  test('chi-squared and G', () => {
    for (const row of reference.chiSquared) agrees(chiSquaredUpper(at(row, 0), at(row, 1)), at(row, 2), `chi2(${row.join(', ')})`);
    for (const { counts, shares, statistic, pValue, g, gP } of reference.chisquare) {
      const expected = shares.map((share) => share * counts.reduce((a, b) => a + b, 0));
      agrees(pearson(counts, expected), statistic, 'statistic');
      agrees(goodnessOfFit(counts, shares, seeded(1)).pValue, pValue, 'p');
      agrees(likelihoodRatio(counts, expected), g, 'G');
      agrees(chiSquaredUpper(likelihoodRatio(counts, expected), counts.length - 1), gP, 'p of G');
    }
    const { table, ...expected } = reference.contingency;
    agrees(contingency(table).pValue, expected.pValue, 'contingency');
    expect(contingency(table).degreesOfFreedom).toBe(expected.degreesOfFreedom);
  });

  test('exact multinomial', () => {
    for (const [counts, shares, pValue] of reference.exactMultinomial as unknown as [number[], number[], number][]) agrees(exactMultinomial(counts, shares), pValue, `multinomial ${counts.join()}`);
    expect(outcomes(10, 3)).toBe(66);
    expect(sampledMultinomial([5, 1, 1, 0], [0.25, 0.25, 0.25, 0.25], seeded(2), 20_000)).toBeCloseTo(exactMultinomial([5, 1, 1, 0], [0.25, 0.25, 0.25, 0.25]), 1);
  });

  test('small expected counts are pooled, and tested exactly where the pool is small too', () => {
    expect(goodnessOfFit([90, 3, 4, 3], [0.9, 0.04, 0.03, 0.03], seeded(1))).toMatchObject({ method: 'chi-squared', pooled: [1, 2, 3], degreesOfFreedom: 1 });
    expect(goodnessOfFit([18, 2], [0.95, 0.05], seeded(1))).toMatchObject({ method: 'exact multinomial' });
    expect(goodnessOfFit([20], [1], seeded(1)).method).toBe('nothing to compare');
  });

  test('binomial, its interval, Fisher', () => {
    for (const [k, n, p, side, pValue] of reference.binomial as [number, number, number, Side, number][]) agrees(binomialTest(k, n, p, side), pValue, `binom ${k} ${n} ${p} ${side}`);
    for (const row of reference.interval) {
      const [low, high] = proportionInterval(at(row, 0), at(row, 1), at(row, 2));
      agrees(low, at(row, 3), 'low');
      agrees(high, at(row, 4), 'high');
    }
    for (const [a, b, c, d, side, pValue] of reference.fisher as [number, number, number, number, Side, number][]) agrees(fisherExact(a, b, c, d, side), pValue, `Fisher ${a} ${b} ${c} ${d} ${side}`);
  });
});

describe('two samples', () => {
  test('Kolmogorov and Smirnov', () => {
    for (const { a, b, statistic, pValue } of reference.kolmogorovSmirnov) {
      const result = kolmogorovSmirnov(a, b);
      agrees(result.statistic, statistic, 'distance');
      agrees(result.pValue, pValue, 'KS');
    }
    for (const row of reference.kolmogorovUpper) agrees(kolmogorovUpper(at(row, 0)), at(row, 1), `K(${row.join(', ')})`);
  });
  test('Mann and Whitney', () => {
    for (const { a, b, statistic, exact, ...sides } of reference.mannWhitney) {
      for (const side of ['two-sided', 'greater', 'less'] as const) {
        const result = mannWhitney(a, b, side);
        expect(result.method).toBe(exact ? 'exact' : 'asymptotic');
        agrees(result.statistic, statistic, 'U');
        agrees(result.pValue, sides[side], `U ${side}`);
      }
    }
  });
});

describe('false discoveries', () => {
  test('Benjamini, Hochberg and Yekutieli', () => {
    const { p, bh, by } = reference.falseDiscovery;
    benjaminiHochberg(p).forEach((value, i) => agrees(value, at(bh, i), 'BH'));
    benjaminiYekutieli(p).forEach((value, i) => agrees(value, at(by, i), 'BY'));
  });
  test('e-values: any discovery of Markov at level q/m is one of e-BH', () => {
    expect(eBenjaminiHochberg([100, 30, 1, 0.5], 0.1)).toEqual([true, true, false, false]);
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }), (es) => {
      const found = eBenjaminiHochberg(es, 0.05);
      return es.every((e, i) => e < es.length / 0.05 || found[i] === true);
    }));
  });
});

test('p-values are probabilities, whatever the counts', () => {
  fc.assert(fc.property(fc.array(fc.nat(30), { minLength: 2, maxLength: 5 }), fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }), (counts, weights) => {
    const used = weights.slice(0, counts.length);
    const total = used.reduce((a, b) => a + b, 0);
    const { pValue } = goodnessOfFit(counts, used.map((w) => w / total), seeded(3));
    return pValue >= 0 && pValue <= 1;
  }), { numRuns: 25 });
});
