// Small charts of the HTML report, as inline SVG beside the numbers they draw: bars from zero with the null's range behind them, and
// lines. What the numbers say is in the table or the sentence beside them. A number that is none (null in JSON) is not drawn.
import type { Markup } from './html-parts.ts';

const BAR = { width: 180, height: 14 } as const;
const LINES = { width: 520, height: 120 } as const;

export interface Bar {
  readonly value: number | null;
  /** What the whole width stands for: the largest of all bars and ranges. */
  readonly top: number;
  /** Where the null lies. */
  readonly range?: readonly [low: number, high: number];
  readonly marked: boolean;
}

export function bar({ value, top, range, marked }: Bar): Markup {
  const { width, height } = BAR;
  const x = (number: number): number => (top > 0 && Number.isFinite(number) ? Math.round((10 * width * Math.min(1, Math.max(0, number / top)))) / 10 : 0);
  const band = range === undefined ? '' : `<rect class="band" x="${x(range[0])}" y="0" width="${Math.max(1, x(range[1]) - x(range[0]))}" height="${height}"/>`;
  const drawn = value === null ? '' : `<rect class="${marked ? 'marked' : 'plain'}" x="0" y="3" width="${Math.max(1, x(value))}" height="${height - 6}"/>`;
  return { html: `<svg class="bar" width="${width}" height="${height}" aria-hidden="true">${band}${drawn}</svg>` };
}

/** The largest of what is to be drawn. */
export function topOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((top, value) => (value !== null && Number.isFinite(value) && value > top ? value : top), 0);
}

/** One thin line for each series; those of the first group are drawn full and marked, those of the second broken. */
export function lines(marked: readonly (readonly (number | null)[])[], plain: readonly (readonly (number | null)[])[]): string {
  const { width, height } = LINES;
  const all = [...marked, ...plain];
  const top = topOf(all.flat());
  const steps = Math.max(2, topOf(all.map(({ length }) => length)));
  if (top === 0) return '';
  const place = (value: number, step: number): string => `${Math.round((10 * step * width) / (steps - 1)) / 10},${Math.round(10 * (height - (value / top) * (height - 4) - 2)) / 10}`;
  const drawn = (series: readonly (number | null)[], kind: string): string => `<polyline class="${kind}" points="${series.flatMap((value, step) => (value === null || !Number.isFinite(value) ? [] : [place(value, step)])).join(' ')}"/>`;
  return `<svg class="lines" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${plain.map((series) => drawn(series, 'plain')).join('')}${marked.map((series) => drawn(series, 'marked')).join('')}</svg>`;
}
