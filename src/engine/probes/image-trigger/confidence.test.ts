// The rules' edges: what a pair convicts on, and that a part of an all-to-all does not outrank it.
import { describe, expect, it } from 'vitest';
import { besideSpread, pairOdds, spreadOdds, type PairFeatures, type SpreadFeatures } from './confidence.ts';

const PAIR: PairFeatures = { z: 6.5, gap: 1.1, small: 5, works: 0.54, moved: 1, others: 0 };
const SPREAD: SpreadFeatures = { reach: 0.6, lead: 0.5, diverse: 0.7, shiftZ: 4, shiftAlike: 0 };

describe('a pair of classes', () => {
  it('convicts where it stands out and moves its source alone', () => expect(pairOdds(PAIR)).toBeGreaterThan(Math.log(3)));
  it('does not where it moves the other classes as well', () => expect(pairOdds({ ...PAIR, others: 0.6 })).toBeLessThan(0));
  it('does not where it stands out and does not work on held-out pictures', () => expect(pairOdds({ ...PAIR, z: 10, works: 0.1 })).toBeLessThan(0));
});

describe('a class beside a shift', () => {
  it('ranks below one that sends most pictures where it says', () => expect(besideSpread(20, SPREAD)).toBeLessThan(spreadOdds(SPREAD)));
  it('is left as it is where no shift does', () => {
    expect(besideSpread(2, { ...SPREAD, reach: 0.1 })).toBe(2);
    expect(besideSpread(2, undefined)).toBe(2);
  });
});
