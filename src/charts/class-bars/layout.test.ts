import { expect, test } from 'vitest';
import { layoutClasses } from './layout.ts';
import { specimenClasses } from '../gallery-specimens.ts';

test('the suspect ends left of the band, and a class that nothing reached has no bar', () => {
  const evidence = specimenClasses();
  const { bars, band, plot, height } = layoutClasses(evidence, 640);
  const suspect = bars.find((bar) => bar.suspect);
  expect(suspect?.x).toBeLessThan(band[0]);
  expect(bars.find(({ row }) => row.value === null)?.x).toBeUndefined();
  expect(bars).toHaveLength(evidence.rows.length);
  for (const { x, y } of bars) {
    if (x !== undefined) expect(x).toBeGreaterThanOrEqual(plot[0]);
    expect(y).toBeLessThan(height);
  }
  expect(band[0]).toBeLessThan(band[1]);
  expect(band[1]).toBeLessThan(band[2]);
});
