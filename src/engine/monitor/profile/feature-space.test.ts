// What the components leave over counts feature by feature: one that never moves and suddenly does is far out.
import { expect, test } from 'vitest';
import { seeded } from '../../core/random.ts';
import { gauss } from '../testing/streams.ts';
import { FeatureScorer, fitFeatureSpace } from './feature-space.ts';

test('a feature that hardly ever moved stands out when it does, in 40 noisy ones', () => {
  const random = seeded(5);
  const row = (last: number): Float32Array => Float32Array.from({ length: 40 }, (_, k) => (k === 39 ? last : (1 + (k % 5)) * gauss(random)));
  const rows = Array.from({ length: 1500 }, () => row(0.05 * gauss(random)));
  const space = fitFeatureSpace(rows, rows.map(() => 0));
  if (space === undefined) throw new Error('not fitted');
  const scorer = new FeatureScorer(space);
  const usual = Array.from({ length: 500 }, () => scorer.score(row(0.05 * gauss(random)))).sort((a, b) => a - b);
  const threshold = usual[494] ?? Infinity;
  const moved = Array.from({ length: 100 }, () => scorer.score(row(2)));
  expect(moved.filter((score) => score > threshold).length).toBeGreaterThan(95);
  // A baseline of before has one number for all left-overs, and is still read.
  const { residualVariances: _, ...before } = space;
  expect(new FeatureScorer(before).score(row(0))).toBeGreaterThan(0);
});
