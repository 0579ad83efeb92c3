import { expect, it } from 'vitest';
import { gridCellAt, largest, layoutGrid, stepCell, thumbnail } from './layout.ts';

it('lays 30 layers of 9 heads into the room and finds the cell again', () => {
  const layout = layoutGrid(30, 9, 280, 480, false);
  expect(layout.width).toBeLessThanOrEqual(280);
  expect(layout.height).toBeLessThanOrEqual(480);
  expect(gridCellAt(layout, layout.left + layout.cellWidth * 3.5, layout.top + layout.cellHeight * 16.5)).toEqual({ layer: 16, head: 3 });
  expect(gridCellAt(layout, 0, 0)).toBeUndefined();
});

it('marks the largest values above zero', () => {
  expect(largest(Float32Array.from([0, 3, 1, 0, 2]), 2)).toEqual(new Set([1, 4]));
  expect(largest(Float32Array.from([0, 0]), 2)).toEqual(new Set());
});

it('makes a thumbnail of means below the diagonal', () => {
  const map = Float32Array.from({ length: 16 }, (_, at) => (at % 4 <= Math.floor(at / 4) ? 1 : 9));
  expect([...thumbnail(map, 0, 4, 2, false)]).toEqual([1, 0, 1, 1]);
  expect([...thumbnail(map, 0, 4, 2, true)]).toEqual([1, 0, 1, 1]);
});

it('moves by arrow keys from cell to cell and stays inside', () => {
  const grid = { rows: 3, columns: 2 };
  expect(stepCell(grid, { layer: 0, head: 0 }, 'ArrowDown')).toEqual({ layer: 1, head: 0 });
  expect(stepCell(grid, { layer: 1, head: 1 }, 'ArrowRight')).toEqual({ layer: 1, head: 1 });
  expect(stepCell(grid, { layer: 0, head: 1 }, 'ArrowUp')).toEqual({ layer: 0, head: 1 });
  expect(stepCell(grid, { layer: 0, head: 0 }, 'Enter')).toBeUndefined();
});
