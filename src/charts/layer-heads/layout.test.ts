import { expect, it } from 'vitest';
import { colourRange, gridCellAt, largest, layoutGrid, shadeOf, stepCell, thumbnail } from './layout.ts';

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

it('colours shares from zero where they reach down to it', () => {
  expect(colourRange(Float32Array.from([0, 0.01, 0.1, 0.5]))).toEqual([0, 0.5]);
});

it('tells heads apart that all look beyond the sink, and one that does not leaves the others their colours', () => {
  const shares = Float32Array.from([0.05, ...Array.from({ length: 29 }, (_, i) => 0.8 + i * 0.005)]);
  const range = colourRange(shares);
  const shades = [...shares].map((share) => shadeOf(share, range));
  expect(shades[0]).toBe(0);
  expect(Math.max(...shades.slice(1)) - Math.min(...shades.slice(1))).toBeGreaterThan(0.9);
});

it('does not blow up what is alike', () => {
  const range = colourRange(Float32Array.from([0.9991, 0.9992, 0.9993, 0.9994]));
  expect(range[1] - range[0]).toBeCloseTo(0.01);
  expect(shadeOf(0, colourRange(Float32Array.from([0, 0])))).toBe(0);
});
