// Small distributions under one another, with a shared horizontal axis.
import { scaleLinear } from 'd3';

export interface HistogramRow {
  readonly label: string;
  readonly now: readonly number[];
  readonly baseline: readonly number[];
  readonly count: number;
}

const ROW = 34;

export interface RowsLayout {
  readonly height: number;
  readonly left: number;
  readonly rows: readonly {
    readonly label: string;
    readonly caption: string;
    readonly top: number;
    readonly base: number;
    readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
    readonly step: string;
  }[];
}

export function layoutRows(rows: readonly HistogramRow[], width: number): RowsLayout {
  const left = Math.min(width * 0.32, Math.max(64, ...rows.map(({ label }) => Math.min(18, label.length) * 6.4 + 10)));
  return {
    height: rows.length * ROW + 18,
    left,
    rows: rows.map(({ label, now, baseline, count }, index) => {
      const top = index * ROW;
      const base = top + ROW - 4;
      const y = scaleLinear([0, Math.max(1e-9, ...now, ...baseline)], [base, top + 3]);
      const step = (width - left) / Math.max(1, now.length);
      return {
        label: label.length > 18 ? `${label.slice(0, 17)}…` : label,
        caption: count.toLocaleString('en'), top, base,
        bars: baseline.map((share, i) => ({ x: left + i * step, y: y(share), width: Math.max(0.5, step - 1), height: base - y(share) })),
        step: now.map((share, i) => `${i === 0 ? 'M' : 'L'}${(left + i * step).toFixed(1)} ${y(share).toFixed(1)}H${(left + (i + 1) * step).toFixed(1)}`).join(''),
      };
    }),
  };
}
