// Lines over a common axis: a log's stretches or a dose. A band (what is usual), a threshold, marks for alerts, and a
// brush over whole steps. Gaps stay gaps: a stretch without a value is not bridged.
import { line, scaleLinear } from 'd3';

export interface Series {
  readonly id: string;
  readonly label: string;
  readonly values: readonly number[];
  readonly role: 'main' | 'other' | 'alarm';
}

export interface SeriesSpec {
  readonly series: readonly Series[];
  /** Position of each value; 0, 1, 2 … where undefined. */
  readonly xs?: readonly number[];
  readonly band?: readonly [number, number];
  readonly threshold?: { readonly y: number; readonly label: string };
  readonly yRange: readonly [number, number];
  readonly yTick: (y: number) => string;
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly marks?: readonly { readonly id: string; readonly x: number; readonly label: string; readonly tone: 'critical' | 'high' | 'medium' | 'low' }[];
}

export interface SeriesLayout {
  readonly paths: readonly { readonly id: string; readonly label: string; readonly role: Series['role']; readonly d: string; readonly end: readonly [number, number] }[];
  readonly band: { readonly y: number; readonly height: number } | undefined;
  readonly threshold: number | undefined;
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly marks: readonly { readonly id: string; readonly x: number; readonly label: string; readonly tone: string }[];
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly xOf: (x: number) => number;
  readonly yOf: (y: number) => number;
  /** The nearest position to a pixel. */
  readonly indexAt: (pixel: number) => number;
}

export const MARGIN = { left: 44, right: 14, top: 12, bottom: 20 };

export function layoutSeries(spec: SeriesSpec, width: number, height: number): SeriesLayout {
  const plot = { left: MARGIN.left, right: Math.max(MARGIN.left + 40, width - MARGIN.right), top: MARGIN.top, bottom: height - MARGIN.bottom };
  const count = Math.max(1, ...spec.series.map(({ values }) => values.length));
  const xs = spec.xs ?? Array.from({ length: count }, (_, i) => i);
  const x = scaleLinear([xs[0] ?? 0, Math.max((xs[0] ?? 0) + 1e-12, xs.at(-1) ?? 1)], [plot.left, plot.right]);
  const y = scaleLinear([...spec.yRange], [plot.bottom, plot.top]).clamp(true);
  const draw = line<number>().defined((value) => Number.isFinite(value)).x((_, i) => x(xs[i] ?? i)).y((value) => y(value));
  const paths = spec.series.map(({ id, label, values, role }) => {
    const last = values.findLastIndex((value) => Number.isFinite(value));
    return { id, label, role, d: draw([...values]) ?? '', end: [x(xs[last] ?? 0), y(values[last] ?? 0)] as const };
  });
  const ticks = y.ticks(Math.max(2, Math.floor((plot.bottom - plot.top) / 34)));
  return {
    paths, plot,
    band: spec.band === undefined ? undefined : { y: y(spec.band[1]), height: Math.max(1, y(spec.band[0]) - y(spec.band[1])) },
    threshold: spec.threshold === undefined ? undefined : y(spec.threshold.y),
    yTicks: ticks.map((value) => ({ y: y(value), label: spec.yTick(value) })),
    xTicks: spaced(spec.xTicks.map((tick) => ({ x: x(tick.x), label: tick.label })), width),
    marks: (spec.marks ?? []).map((mark) => ({ ...mark, x: x(mark.x) })),
    xOf: (value) => x(value), yOf: (value) => y(value),
    indexAt: (pixel) => {
      const at = x.invert(pixel);
      let best = 0;
      for (let i = 1; i < xs.length; i++) if (Math.abs((xs[i] ?? 0) - at) < Math.abs((xs[best] ?? 0) - at)) best = i;
      return best;
    },
  };
}

/** Labels that would run into each other, or out of the picture, are left out. */
function spaced(ticks: readonly { readonly x: number; readonly label: string }[], width: number): { readonly x: number; readonly label: string }[] {
  let end = -Infinity;
  return ticks.filter(({ x, label }) => {
    const long = label.length * 6.2;
    if (x < end || x + long > width) return false;
    end = x + long + 10;
    return true;
  });
}
