import { describe, expect, it } from 'vitest';
import { cellAt, colourTop, layoutMatrix } from './layout.ts';

describe('layoutMatrix', () => {
  it('fits with its labels, and leaves them out where cells are too small', () => {
    const few = layoutMatrix(20, 460);
    expect(few.labels).toHaveLength(20);
    expect(few.size).toBeLessThanOrEqual(460);
    const many = layoutMatrix(300, 460);
    expect(many.labels).toEqual([]);
    expect(many.size).toBeCloseTo(460);
  });
  it('has the cells of a longer neighbour', () => expect(layoutMatrix(10, 400, 30).cell).toBe(layoutMatrix(30, 400).cell));
});

it('finds the cell under the pointer, below the diagonal only', () => {
  const layout = layoutMatrix(10, 324);
  expect(cellAt(layout, 1, layout.cell * 3 + 1)).toEqual({ query: 3, key: 0 });
  expect(cellAt(layout, layout.cell * 3 + 1, 1)).toBeUndefined();
  expect(cellAt(layout, -1, 5)).toBeUndefined();
  expect(cellAt(layout, 5, layout.size + 1)).toBeUndefined();
});

it('scales colours by what is shown of all matrices', () => {
  const matrix = Float32Array.from([1, 0, 0.25, 0.75]);
  expect(colourTop([{ matrix, n: 2 }], false)).toBeCloseTo(0.995, 2);
  expect(colourTop([{ matrix, n: 2 }], true)).toBeCloseTo(0.75, 5);
  expect(colourTop([], true)).toBe(0);
});
