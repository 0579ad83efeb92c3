// One measurement a class on a logarithmic axis, against the other classes' median and two robust deviations around it.
// Small is suspicious: the suspect is the bar that ends left of the band. Classes that nothing reached have no bar.
import { scaleLog } from 'd3';
import type { ClassSizesEvidence } from '../../engine/core/finding.ts';

export interface ClassBar {
  readonly row: ClassSizesEvidence['rows'][number];
  readonly y: number;
  /** End of the bar; undefined where nothing was measured. */
  readonly x: number | undefined;
  readonly suspect: boolean;
}

export interface ClassBarsLayout {
  readonly height: number;
  readonly labelWidth: number;
  readonly plot: readonly [number, number];
  readonly bars: readonly ClassBar[];
  readonly band: readonly [low: number, middle: number, high: number];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

const ROW = 20;
const AXIS = 24;
const CAPTION = 96;

export function layoutClasses({ rows, suspect, null: band }: ClassSizesEvidence, width: number): ClassBarsLayout {
  const labelWidth = Math.min(160, Math.max(56, ...rows.map(({ label }) => label.length * 7.2)));
  const plot: readonly [number, number] = [labelWidth + 8, Math.max(labelWidth + 80, width - CAPTION)];
  const values = rows.flatMap(({ value }) => (value === null || value <= 0 ? [] : [value]));
  const low = Math.min(...values, band[0]) / 1.3;
  const high = Math.max(...values, band[2]) * 1.15;
  const x = scaleLog([Math.max(1e-9, low), Math.max(2e-9, high)], [plot[0], plot[1]]).clamp(true);
  return {
    height: rows.length * ROW + AXIS,
    labelWidth,
    plot,
    bars: rows.map((row, at) => ({ row, y: at * ROW + ROW / 2, x: row.value === null || row.value <= 0 ? undefined : x(row.value), suspect: row.class === suspect })),
    band: [x(Math.max(1e-9, band[0])), x(Math.max(1e-9, band[1])), x(Math.max(1e-9, band[2]))],
    ticks: thin(x.ticks(5), 6).map((value) => ({ x: x(value), label: `${Number(value.toPrecision(2))}` })),
  };
}

function thin(values: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return values.filter((_, at) => at % step === 0);
}
