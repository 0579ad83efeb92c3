// Rates with their 95 % intervals, one row a variant: k of n, Clopper and Pearson's interval as a whisker.
import { scaleLinear } from 'd3';
import type { VariantRow } from '../../engine/core/finding.ts';
import { exactInterval } from '../../engine/core/statistics.ts';
import { fires } from '../../engine/core/variant-rows.ts';

export interface RateRow {
  readonly row: VariantRow;
  readonly bar: number;
  readonly whisker: readonly [number, number];
  readonly fires: boolean;
}

export function layoutRates(rows: readonly VariantRow[], width: number): RateRow[] {
  const x = scaleLinear([0, 1], [0, width]);
  return rows.map((row) => {
    const [low, high] = exactInterval(row.fired, row.of);
    return { row, bar: x(row.of > 0 ? row.fired / row.of : 0), whisker: [x(low), x(high)], fires: fires(row) };
  });
}
