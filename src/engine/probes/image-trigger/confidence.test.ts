// The rules' edges: what a pair is suspected for, and that a part of an all-to-all does not outrank it.
import { describe, expect, it } from 'vitest';
import { besideSpread, classOdds, pairOdds, spreadOdds, type Features, type PairFeatures, type SpreadFeatures } from './confidence.ts';

const PAIR: PairFeatures = { z: 6.5, gap: 1.1, small: 5, works: 0.54, moved: 1, others: 0 };
const SPREAD: SpreadFeatures = { reach: 0.6, lead: 0.5, diverse: 0.7, shiftZ: 4, shiftAlike: 0 };

describe('a pair of classes', () => {
  it('is suspicious where it stands out and moves its source alone, and no more', () => {
    expect(pairOdds(PAIR)).toBeGreaterThan(0);
    expect(pairOdds({ ...PAIR, z: 10, gap: 1.5, works: 0.8 })).toBeLessThan(Math.log(3));
  });
  it('does not where it moves the other classes as well', () => expect(pairOdds({ ...PAIR, others: 0.6 })).toBeLessThan(0));
  it('does not where it stands out and does not work on held-out pictures', () => expect(pairOdds({ ...PAIR, z: 10, works: 0.1 })).toBeLessThan(0));
});

const NONE: Features = { patchZ: 0, patchGap: 0, patchSmall: 0, blendZ: 0, blendGap: 0, blendSmall: 0, pairsZ: 0, pairsGap: 0, alike: 0, box: 0, boxLead: 0, small: 0, smallLead: 0, marginZ: 0, marginGap: 0, wave: 0, wideLead: 0, wideGap: 0, lowLead: 0, lowGap: 0, head: null, steep: null, doubled: null, bound: null };

describe('a class', () => {
  it('is not convicted by one method, however far it stands out there', () => expect(classOdds({ ...NONE, marginGap: 1 }, 10, 0.8)).toBeLessThan(Math.log(3)));
  it('is by two of different kinds that agree', () => expect(classOdds({ ...NONE, pairsGap: 0.7, boxLead: 0.6 }, 10, 0.8)).toBeGreaterThan(Math.log(3)));
  it('is not for being easy to reach, by however many methods', () => expect(classOdds({ ...NONE, patchGap: 2, blendGap: 1, pairsGap: 1, marginGap: 1, lowGap: 1 }, 10, 0.8)).toBeLessThan(0));
  it('is where what reaches it is like a trigger as well', () => expect(classOdds({ ...NONE, blendGap: 1, lowGap: 1, head: 4, steep: 6, doubled: 2.5, bound: 3 }, 10, 0.8)).toBeGreaterThan(Math.log(3)));
  it('is not for what its additions are like where it stands out by nothing', () => expect(classOdds({ ...NONE, head: 3, steep: 8, doubled: 4, bound: 4 }, 10, 0.8)).toBeLessThan(-2));
  it('is not where it is like what clean models have', () => expect(classOdds({ ...NONE, blendGap: 1, lowGap: 1, boxLead: 0.3, head: -0.5, steep: 3.3, doubled: 1.4, bound: 1 }, 10, 0.8)).toBeLessThan(0));
  it('is not by what the best classes of clean models reach', () => expect(classOdds({ ...NONE, patchGap: 0.25, blendGap: 0.12, pairsGap: 0.15, boxLead: 0.15, marginGap: 0.09, wave: 0.04, wideGap: 0.16 }, 10, 0.8)).toBeLessThan(-2));
  it('has to stand out further among few', () => expect(classOdds({ ...NONE, pairsGap: 0.4, boxLead: 0.35 }, 3, 0.8)).toBeLessThan(classOdds({ ...NONE, pairsGap: 0.4, boxLead: 0.35 }, 10, 0.8)));
});

describe('a class beside a shift', () => {
  it('ranks below one that sends most pictures where it says', () => expect(besideSpread(20, SPREAD)).toBeLessThan(spreadOdds(SPREAD)));
  it('is left as it is where no shift does', () => {
    expect(besideSpread(2, { ...SPREAD, reach: 0.1 })).toBe(2);
    expect(besideSpread(2, undefined)).toBe(2);
  });
});
