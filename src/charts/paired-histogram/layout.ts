// Two distributions over the same bins: filled bars for the baseline, a step line for what is looked at.
import { scaleLinear } from 'd3';

export interface PairLayout {
  readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  readonly step: string;
  readonly bottom: number;
}

export function layoutPair(baseline: readonly number[], now: readonly number[], width: number, height: number): PairLayout {
  const bottom = height - 18;
  const most = Math.max(1e-9, ...baseline, ...now);
  const y = scaleLinear([0, most], [bottom, 6]);
  const n = Math.max(1, baseline.length);
  const step = width / n;
  const bars = baseline.map((share, i) => ({ x: i * step, y: y(share), width: Math.max(0.5, step - 1), height: bottom - y(share) }));
  const points = now.map((share, i) => `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${y(share).toFixed(1)}H${((i + 1) * step).toFixed(1)}`);
  return { bars, step: points.join(''), bottom };
}
