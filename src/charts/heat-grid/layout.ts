// A grid of cells with one value each, coloured by it.
export interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Part of the largest value, 0…1. */
  readonly heat: number;
  readonly value: number;
}

/** values: [row][column]. */
export function layoutHeat(values: readonly (readonly number[])[], width: number, rowHeight: number, left: number): HeatCell[] {
  const most = Math.max(1e-12, ...values.flat());
  const columns = Math.max(1, ...values.map((row) => row.length));
  const step = (width - left) / columns;
  return values.flatMap((row, r) => row.map((value, c) => ({ row: r, column: c, x: left + c * step, y: r * rowHeight, width: Math.max(1, step - 1), height: rowHeight - 1, heat: value / most, value })));
}
