import { describe, expect, test } from 'vitest';
import { layoutHeat } from '../heat-grid/layout.ts';
import { layoutRows } from '../histogram-rows/layout.ts';
import { layoutPair } from '../paired-histogram/layout.ts';
import { layoutMap } from '../scatter-map/layout.ts';
import { layoutSeries } from './layout.ts';

describe('lines', () => {
  const spec = { series: [{ id: 'a', label: 'a', values: [0, 1, Number.NaN, 1], role: 'main' as const }], yRange: [0, 1] as const, yTick: String, xTicks: [{ x: 0, label: 'first' }, { x: 0.01, label: 'hidden' }, { x: 3, label: 'runs out of the picture' }], band: [0.2, 0.4] as const, threshold: { y: 0.5, label: '' }, marks: [{ id: 'm', x: 1, label: '', tone: 'high' as const }] };
  const layout = layoutSeries(spec, 400, 200);

  test('gaps stay gaps, and the band stands where it should', () => {
    expect(layout.paths[0]?.d.match(/M/g)).toHaveLength(2);
    expect(layout.band?.y ?? 0).toBeGreaterThan(layout.threshold ?? 0);
    expect(layout.yOf(0)).toBe(layout.plot.bottom);
    expect(layout.marks[0]?.x).toBe(layout.xOf(1));
  });
  test('labels neither collide nor leave the picture', () => {
    expect(layout.xTicks.map(({ label }) => label)).toEqual(['first']);
  });
  test('pixels lead back to steps', () => {
    expect([0, 1, 2, 3].map((i) => layout.indexAt(layout.xOf(i) + 2))).toEqual([0, 1, 2, 3]);
  });
});

test('histograms keep their bars inside', () => {
  const { bars, bottom } = layoutPair([0.5, 0.5, 0], [0, 0.2, 0.8], 90, 100);
  expect(bars.every(({ y, height }) => y >= 0 && Math.abs(y + height - bottom) < 1e-9)).toBe(true);
  const rows = layoutRows([{ label: 'a', now: [1, 0], baseline: [0, 1], count: 3 }, { label: 'b', now: [0, 0], baseline: [0, 0], count: 0 }], 200);
  expect(rows.rows.flatMap((row) => row.bars).every(({ y, height }) => Number.isFinite(y) && height >= 0)).toBe(true);
});

test('a map rings its groups, whatever the points', () => {
  const points = [{ x: 0, y: 0, score: 1, group: -1, dimmed: false }, { x: 5, y: 5, score: 100, group: 0, dimmed: false }, { x: 5.1, y: 5, score: 90, group: 0, dimmed: true }];
  expect(layoutMap(points, 200, 100).groups).toMatchObject([{ group: 0, count: 2 }]);
  expect(layoutMap([{ x: 1, y: 1, score: 0, group: -1, dimmed: false }], 200, 100).marks.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
});

test('heat is relative to the hottest cell', () => {
  expect(layoutHeat([[1, 2], [4, 0]], 100, 10, 20).map(({ heat }) => heat)).toEqual([0.25, 0.5, 1, 0]);
});
