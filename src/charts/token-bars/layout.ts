// Where one query looks: a bar for each key, in token order.
import { scaleLinear } from 'd3';

export interface TokenBar {
  readonly index: number;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  readonly value: number;
}

export interface TokenBarsLayout {
  readonly bars: readonly TokenBar[];
  readonly base: number;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
  readonly labelEvery: number;
  /** Whole height: the plot and, below it, room for the longest label. */
  readonly height: number;
}

/** Labels longer than this end in '…'; special tokens such as '<|start_header_id|>' fit. */
const MAX_LABEL = 20;
/** Height of a character of a label, which stands at 55 degrees. */
const CHARACTER = 4.95;
const LEAST_LABELS = 40;
/** Room for "100 %". */
export const LEFT = 38;

export function barLabel(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_LABEL ? text : `${characters.slice(0, MAX_LABEL - 1).join('')}…`;
}

export function longestLabel(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, barLabel(label).length), 0);
}

/** `base`: height of the plot; `longest`: characters of the longest label (longestLabel), so that two charts can share it. */
export function layoutTokenBars(values: Float32Array, longest: number, width: number, base: number, hideSinks: boolean, top = 0): TokenBarsLayout {
  const shown = [...values].map((value, index) => (hideSinks && index === 0 ? 0 : value));
  const most = Math.max(0.02, top, ...shown);
  const y = scaleLinear([0, most], [base, 8]).nice(3);
  const step = (width - LEFT) / Math.max(1, values.length);
  const bars = shown.map((value, index) => ({ index, value, x: LEFT + index * step, width: Math.max(1, Math.min(28, step - Math.min(2, step * 0.2))), y: y(value), height: Math.max(0, base - y(value)) }));
  return { bars, base, height: base + Math.max(LEAST_LABELS, 14 + CHARACTER * longest), ticks: y.ticks(3).map((value) => ({ y: y(value), label: `${Math.round(value * 100)} %` })), labelEvery: Math.max(1, Math.ceil(9 / step)) };
}
