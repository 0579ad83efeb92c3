import { expect, it } from 'vitest';
import { layoutGrid } from './layout.ts';

it('lays cells over the whole picture, strongest at 1, nothing below 0', () => {
  const cells = layoutGrid({ rows: 2, columns: 2, values: [0.5, -0.2, 0, 0.25] }, 0.1);
  expect(cells.map(({ x, y }) => [x, y])).toEqual([[0, 0], [0.5, 0], [0, 0.5], [0.5, 0.5]]);
  expect(cells.map(({ strength }) => strength)).toEqual([1, 0, 0, 0.5]);
});

it('does not blow chance up', () => {
  expect(layoutGrid({ rows: 1, columns: 1, values: [0.01] }, 0.1)[0]?.strength).toBeCloseTo(0.1, 9);
});
