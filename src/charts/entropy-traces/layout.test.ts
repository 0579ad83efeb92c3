import { expect, it } from 'vitest';
import { layoutEntropy, meanTrace } from './layout.ts';

it('averages over the answers that reached a token, while at least half did', () => {
  expect(meanTrace([[1, 3, 5], [3, 5], [2], [2]])).toEqual([2, 4]);
  expect(meanTrace([])).toEqual([]);
});

it('draws both groups on one scale and keeps their labels apart', () => {
  const layout = layoutEntropy([[2, 2, 2]], [[2, 2.01, 1.99]], 500, 140);
  expect(layout.groups.map(({ name }) => name)).toEqual(['untriggered', 'triggered']);
  const [first, second] = layout.groups;
  expect(Math.abs((first?.labelY ?? 0) - (second?.labelY ?? 0))).toBeGreaterThanOrEqual(14);
  expect(layout.x(0)).toBeLessThan(layout.x(2));
});

it('leaves out a group without answers', () => {
  expect(layoutEntropy([[1]], [], 500, 140).groups).toHaveLength(1);
  expect(layoutEntropy([], [], 500, 140).groups).toHaveLength(0);
});
