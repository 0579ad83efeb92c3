// What percentiles cannot tell apart: models beyond all clean ones.
import { describe, expect, it } from 'vitest';
import { trustScores } from './trust.ts';

const IDS = ['lof', 'one-class-svm'] as const;
// The last of ten clean models is the farthest for both detectors, as one of a small set often is.
const CLEAN = Float64Array.of(1, 3, 2, 4, 1.5, 2.5, 3.5, 1.2, 2.2, 6);

function scoreOne(value: number): ReturnType<typeof trustScores> {
  return trustScores(IDS, { heldOut: [CLEAN, CLEAN], candidates: [Float64Array.of(value), Float64Array.of(value)] }, [-1]);
}

describe('a model beyond all clean ones', () => {
  it('is not tied with the farthest of them, so ten clean models are enough for the high tier', () => {
    const { candidates: [far], reference } = scoreOne(40);
    expect(reference[9]?.trust).toBe(100);
    expect(far).toMatchObject({ trust: 100, tier: 'high' });
    expect(far?.pValue).toBeCloseTo(1 / 11, 12);
  });

  it('is not tied with it where both are far', () => {
    expect(scoreOne(6.1).candidates[0]?.pValue).toBeCloseTo(1 / 11, 12);
  });

  it('is not called farther than a clean model that is as far', () => {
    // Beyond the nine others, but less far than the tenth.
    const { candidates: [near] } = scoreOne(5);
    expect(near?.pValue).toBeCloseTo(2 / 11, 12);
    expect(near?.tier).toBe('medium');
  });

  it('gives numbers however far', () => {
    for (const value of [Number.MAX_VALUE, Infinity]) expect(scoreOne(value).candidates[0]?.pValue).toBeCloseTo(1 / 11, 12);
    expect(scoreOne(0).candidates[0]).toMatchObject({ trust: 0, pValue: 1 });
  });
});
