// Distances between clean models as a histogram, and where chosen models lie.
import { bin, extent, max } from 'd3';

export interface HistogramLayout {
  readonly bars: readonly { readonly x: number; readonly width: number; readonly y: number; readonly height: number }[];
  readonly x: (distance: number) => number;
  readonly domain: readonly [number, number];
}

export const HISTOGRAM_BASE = 18;

export function layoutHistogram(distances: readonly number[], marks: readonly number[], width: number, height: number): HistogramLayout {
  const [low = 0, high = 1] = extent([...distances, ...marks]);
  const [from, to] = [low * 0.97, high * 1.03 || 1];
  const x = (distance: number): number => ((distance - from) / (to - from || 1)) * width;
  const bins = bin().domain([from, to]).thresholds(40)([...distances]);
  const most = max(bins, ({ length }) => length) ?? 1;
  const tall = height - HISTOGRAM_BASE;
  return {
    x,
    domain: [from, to],
    bars: bins.map((entry) => ({ x: x(entry.x0 ?? 0), width: Math.max(1, x(entry.x1 ?? 0) - x(entry.x0 ?? 0) - 1), y: tall - (tall * entry.length) / most, height: (tall * entry.length) / most })),
  };
}
