import { describe, expect, it } from 'vitest';
import { specimenSignals } from '../gallery-specimens.ts';
import { captionOf, dodge, layoutStrip } from './layout.ts';

describe('layoutStrip', () => {
  const layout = layoutStrip(specimenSignals(), 640);
  it('gives each signal its row, each control its dot, all inside the plot', () => {
    expect(layout.rows).toHaveLength(6);
    for (const { dots, candidate } of layout.rows) for (const x of [candidate, ...dots.map((dot) => dot.x)]) {
      expect(x).toBeGreaterThanOrEqual(layout.plot[0]);
      expect(x).toBeLessThanOrEqual(layout.plot[1]);
    }
    expect(layout.plot[1]).toBeLessThan(640);
  });
  it('sets a candidate beyond its controls apart, and one among them not', () => {
    expect(layout.rows.map(({ strong }) => strong)).toEqual([true, true, true, false, true, false]);
  });
  it('gives no quantiles for a handful of controls', () => {
    const [row] = layoutStrip([{ name: 's', value: 1, nullValues: [1, 2, 3] }], 400).rows;
    expect(row).toMatchObject({ quartiles: undefined, tail: undefined });
    expect(row?.dots).toHaveLength(3);
  });
  it('marks the farthest of few controls, and the 99 % of many', () => {
    const few = layoutStrip([{ name: 's', value: 30, nullValues: Array.from({ length: 19 }, (_, i) => i) }], 400).rows[0];
    expect(few?.tail).toBe(Math.max(...(few?.dots ?? []).map(({ x }) => x)));
    const many = layoutStrip([{ name: 's', value: 300, nullValues: Array.from({ length: 201 }, (_, i) => i) }], 400).rows[0];
    expect(many?.tail).toBeLessThan(Math.max(...(many?.dots ?? []).map(({ x }) => x)));
  });
  it('survives a single value, none, and numbers that are none', () => {
    const [row] = layoutStrip([{ name: 's', value: 2, nullValues: [2, Number.NaN, Number.POSITIVE_INFINITY] }], 300).rows;
    expect(Number.isFinite(row?.candidate)).toBe(true);
    expect(layoutStrip([], 300).rows).toEqual([]);
  });
});

it('moves dots that would cover each other aside, within the row', () => {
  const dots = dodge([1, 1, 1, 50], 10);
  expect(new Set(dots.slice(0, 3).map(({ y }) => y)).size).toBe(3);
  expect(dots[3]).toEqual({ x: 50, y: 10 });
  expect(Math.max(...dodge(Array.from({ length: 100 }, () => 1), 10).map(({ y }) => Math.abs(y - 10)))).toBeLessThan(6);
});

it('captions with value, unit and p or rank', () => {
  expect(captionOf({ name: 's', value: 8.351, unit: 'nats', pValue: 0.058 })).toBe('8.35 nats · p=.06');
  expect(captionOf({ name: 's', value: 0.5, rank: 0.99 })).toBe('0.5 · rank 0.99');
  expect(captionOf({ name: 's', value: 3 })).toBe('3');
});
