import { expect, it } from 'vitest';
import { summariseRoc } from '../engine/fingerprint/evaluate/roc.ts';
import { seeded } from '../engine/core/random.ts';
import { layoutDistances, pairAt } from './distance-matrix/layout.ts';
import { layoutHistogram } from './distance-histogram/layout.ts';
import { freeLabels, layoutMap, modelsIn, nearestModel } from './model-map/layout.ts';
import { layoutRoc } from './roc-curves/layout.ts';

const MODELS = [0, 1, 2].map((i) => ({ name: `m${i}`, x: i, y: -i, mark: 'reference', planted: false }) as const);

it('the map keeps inside its frame, brushes and finds', () => {
  const placed = layoutMap(MODELS, 200, 100);
  expect(placed.every(({ px, py }) => px >= 0 && px <= 200 && py >= 0 && py <= 100)).toBe(true);
  expect(modelsIn(placed, { x0: 200, y0: 100, x1: 100.5, y1: 0 })).toEqual([2]);
  expect(nearestModel(placed, placed[1]?.px ?? 0, (placed[1]?.py ?? 0) + 3, 5)).toBe(1);
  expect(nearestModel(placed, 0, 0, 5)).toBeUndefined();
  expect(freeLabels(layoutMap([...MODELS, ...MODELS], 400, 200), [0, 3, 1], 400)).toEqual([0, 1]);
});

it('distances take the whole range of colours and tell the pair under the pointer', () => {
  const layout = layoutDistances(Float64Array.of(0, 1, 3, 1, 0, 2, 3, 2, 0), 3, 300);
  expect(layout.cell).toBe(100);
  expect(layout.range[0]).toBeLessThan(layout.range[1]);
  expect(pairAt([2, 0, 1], 100, 250, 10)).toEqual([2, 1]);
  expect(pairAt([2, 0, 1], 100, 301, 10)).toBeUndefined();
});

it('curves run from corner to corner and the ensemble comes first', () => {
  const roc = summariseRoc([1, 2, 3, 4], [3.5, 5], seeded(1));
  const { curves, x, y, band } = layoutRoc([{ id: 'a', label: 'A', roc, main: false }, { id: 'e', label: 'E', roc, main: true }], 400, 200);
  expect(curves.map(({ id }) => id)).toEqual(['e', 'a']);
  expect(curves[0]?.path.startsWith(`M${x(0)} ${y(0)}`)).toBe(true);
  expect(curves[0]?.path.endsWith(`L${x(1)} ${y(1)}`)).toBe(true);
  expect(band).toMatch(/Z$/);
});

it('bars hold all pairs', () => {
  const { bars, x } = layoutHistogram([1, 1, 2, 3], [5], 400, 100);
  expect(bars.length).toBeGreaterThan(4);
  expect(x(5)).toBeGreaterThan(x(3));
  expect(x(5)).toBeLessThanOrEqual(400);
});
