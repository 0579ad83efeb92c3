// Each signal against its null: one row a signal, a dot for each control, a diamond for the candidate.
// Every row has its own linear scale over its controls and its value, so rows are compared by place, not by unit.
// It can mislead where few controls were measured: the number of controls is shown, and p is at least 1 / (controls + 1).
import { extent, quantileSorted, scaleLinear } from 'd3';
import type { Signal } from '../../engine/core/finding.ts';
import { standsOut } from '../../engine/core/signal.ts';
import { shortNumber, shortP } from '../frame/numbers.ts';

export interface StripDot {
  readonly x: number;
  readonly y: number;
}

export interface StripRow {
  readonly signal: Signal;
  readonly y: number;
  readonly dots: readonly StripDot[];
  /** Middle half of the controls, and the farthest of them on the candidate's side (99 % or 1 % where there are many); undefined with fewer than 8. */
  readonly quartiles: readonly [number, number] | undefined;
  readonly tail: number | undefined;
  readonly candidate: number;
  /** Stands out of its controls, as the signal bars have it. */
  readonly strong: boolean;
  readonly ends: readonly [number, number];
}

export interface StripLayout {
  readonly height: number;
  readonly labelWidth: number;
  readonly captionX: number;
  readonly plot: readonly [number, number];
  readonly rows: readonly StripRow[];
}

const ROW = 28;
const SPREAD = 5.5;
const DOT = 3.2;
const FEWEST_FOR_QUANTILES = 8;
/** Controls from which their 99 % is another number than their largest. */
export const FEWEST_FOR_PERCENTILE = 100;

export function layoutStrip(signals: readonly Signal[], width: number): StripLayout {
  const longest = Math.max(0, ...signals.map(({ name }) => name.length));
  const labelWidth = Math.max(80, Math.min(longest * 6.4, width * 0.36));
  const caption = Math.max(90, ...signals.map((signal) => captionOf(signal).length * 6.1 + 18));
  const plot: readonly [number, number] = [labelWidth + 6, Math.max(labelWidth + 60, width - Math.min(caption, width * 0.34))];
  const rows = signals.map((signal, index) => layoutRow(signal, plot, 16 + index * ROW));
  return { height: Math.max(ROW, signals.length * ROW + 6), labelWidth, captionX: plot[1] + 12, plot, rows };
}

function layoutRow(signal: Signal, plot: readonly [number, number], y: number): StripRow {
  const controls = [...(signal.nullValues ?? [])].filter(Number.isFinite).sort((a, b) => a - b);
  const [low, high] = extent([...controls, signal.value]);
  const [from, to] = low === undefined || high === undefined ? [0, 1] : low === high ? [low - 0.5, high + 0.5] : [low, high];
  const pad = (to - from) * 0.04;
  const x = scaleLinear([from - pad, to + pad], [plot[0] + 4, plot[1] - 4]);
  // Quantiles of a handful of controls say less than the dots do.
  const at = (p: number): number | undefined => {
    if (controls.length < FEWEST_FOR_QUANTILES) return undefined;
    const value = quantileSorted(controls, p);
    return value === undefined ? undefined : x(value);
  };
  const many = controls.length >= FEWEST_FOR_PERCENTILE;
  const [first, third, above, below] = [at(0.25), at(0.75), at(many ? 0.99 : 1), at(many ? 0.01 : 0)];
  const median = quantileSorted(controls, 0.5);
  return {
    signal,
    y,
    dots: dodge(controls.map((value) => x(value)), y),
    quartiles: first === undefined || third === undefined ? undefined : [first, third],
    tail: median !== undefined && signal.value < median ? below : above,
    candidate: x(signal.value),
    strong: standsOut(signal),
    ends: [from, to],
  };
}

/** Dots that would cover each other step aside, alternately up and down, within the row; xs is sorted. */
export function dodge(xs: readonly number[], y: number): StripDot[] {
  const lanes = [0, -1, 1, -2, 2, -3, 3].map((lane) => ({ offset: (lane * SPREAD) / 3, last: -Infinity }));
  return xs.map((x) => {
    const lane = lanes.find(({ last }) => x - last >= DOT) ?? lanes.reduce((best, other) => (other.last < best.last ? other : best));
    lane.last = x;
    return { x, y: y + lane.offset };
  });
}

/** '8.35 nats · p=.06', at the right of the row. */
export function captionOf(signal: Signal): string {
  const p = signal.pValue === undefined ? (signal.rank === undefined ? undefined : `rank ${signal.rank.toFixed(2)}`) : shortP(signal.pValue);
  return [valueOf(signal), p].filter((part) => part !== undefined).join(' · ');
}

/** A share is read as a percentage. */
function valueOf({ value, unit }: Signal): string {
  if (unit === 'share') return `${shortNumber(100 * value)} %`;
  return `${shortNumber(value)}${unit === undefined ? '' : ` ${unit}`}`;
}
