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

const NONE: Features = { patchZ: 0, patchGap: 0, patchSmall: 0, blendZ: 0, blendGap: 0, blendSmall: 0, pairsZ: 0, pairsGap: 0, alike: 0, box: 0, boxLead: 0, small: 0, smallLead: 0, marginZ: 0, marginGap: 0, wave: 0, coarse: null, veil: null, wideGap: 0, lowGap: 0, head: null };

describe('a class', () => {
  it('is not convicted by one method, however far it stands out there', () => {
    for (const alone of [{ marginGap: 1 }, { pairsGap: 1.5 }, { boxLead: 1 }, { wave: 0.4 }, { coarse: 0.4 }, { head: 10 }]) expect(classOdds({ ...NONE, ...alone }, 10, 0.8)).toBeLessThan(Math.log(3));
  });
  it('is by several of different kinds that agree', () => expect(classOdds({ ...NONE, pairsGap: 0.7, boxLead: 0.6, marginGap: 0.2 }, 10, 0.8)).toBeGreaterThan(Math.log(3)));
  it('is not weighed by its veil, which parts no planted class from a clean one', () => {
    expect(classOdds({ ...NONE, veil: 0.6, boxLead: 0.1 }, 10, 0.8)).toBe(classOdds({ ...NONE, boxLead: 0.1 }, 10, 0.8));
  });
  it('is suspicious at most where it is merely easy', () => {
    const easy = { ...NONE, patchGap: 0.78, blendGap: 0.35, pairsGap: 0.65, boxLead: 0.119, marginGap: 0.6, wave: 0.119, head: 2.9 };
    expect(classOdds(easy, 10, 0.8)).toBeLessThan(Math.log(3));
    expect(classOdds({ ...easy, head: 3.5 }, 10, 0.8)).toBeGreaterThan(Math.log(3));
  });
  it('is suspicious at most where the next class is as easy, unless it stands out by far', () => {
    const four = { ...NONE, patchGap: 0.14, blendGap: 0.04, pairsGap: 0.78, boxLead: 0.34, smallLead: 0.33, wave: 0.19 };
    expect(classOdds(four, 10, 0.8)).toBeLessThan(Math.log(3));
    for (const change of [{ patchGap: 0.5 }, { blendGap: 0.5 }, { patchGap: null, blendGap: null }, { boxLead: 0.6 }, { wave: 0.4 }]) expect(classOdds({ ...four, ...change }, 10, 0.8)).toBeGreaterThan(Math.log(3));
  });
  it('is not for a small patch and a faint overlay, which easy classes have', () => expect(classOdds({ ...NONE, patchGap: 2, blendGap: 1, wideGap: 1, lowGap: 1 }, 10, 0.8)).toBeLessThan(-2));
  it('is not by what the best classes of clean models reach', () => expect(classOdds({ ...NONE, pairsGap: 0.15, boxLead: 0.1, marginGap: 0.13, wave: 0.04, head: 1 }, 10, 0.8)).toBeLessThan(-0.5));
  it('is weighed without the pairs where they were not searched', () => {
    expect(classOdds({ ...NONE, pairsGap: null, boxLead: 0.6, marginGap: 0.3, head: 1 }, 10, 0.8)).toBeGreaterThan(Math.log(3));
    expect(classOdds({ ...NONE, pairsGap: null }, 10, 0.8)).toBeLessThan(-2);
  });
  it('has to stand out further among few', () => expect(classOdds({ ...NONE, pairsGap: 0.4, boxLead: 0.35 }, 3, 0.8)).toBeLessThan(classOdds({ ...NONE, pairsGap: 0.4, boxLead: 0.35 }, 10, 0.8)));
  it('is not convicted where what was reconstructed does not work', () => expect(classOdds({ ...NONE, pairsGap: 1.5, boxLead: 1, head: 4 }, 10, 0.1)).toBeLessThan(0));
});

describe('a class beside a shift', () => {
  it('ranks below one that sends most pictures where it says', () => expect(besideSpread(20, SPREAD)).toBeLessThan(spreadOdds(SPREAD)));
  it('is left as it is where no shift does', () => {
    expect(besideSpread(2, { ...SPREAD, reach: 0.1 })).toBe(2);
    expect(besideSpread(2, undefined)).toBe(2);
  });
});
