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
  /** Bars whose tokens are named. */
  readonly labelled: ReadonlySet<number>;
  /** Whole height: the plot and, below it, room for the longest label. */
  readonly height: number;
}

/** Labels longer than this end in '…'; special tokens such as '<|start_header_id|>' fit. */
const MAX_LABEL = 20;
/** Height and width of a character of a label, which stands at 55 degrees. */
const CHARACTER = 4.95;
const CHARACTER_WIDTH = 3.9;
/** Share of the longest bar from which one is named before others. */
const NAMED = 0.6;
const LEAST_LABELS = 40;
/** Room for "100 %". */
export const LEFT = 38;

/** `room`: pixels to the left of where the label ends. */
export function barLabel(text: string, room = Number.POSITIVE_INFINITY): string {
  const characters = [...text];
  const most = Math.max(2, Math.min(MAX_LABEL, Math.floor(room / CHARACTER_WIDTH)));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Bars that are named, `every` apart at least: the longest ones first, then the trigger's, then the others from the left. */
function labelled(values: readonly number[], marked: (index: number) => boolean, every: number): Set<number> {
  const longest = Math.max(0, ...values);
  const rank = (index: number): number => ((values[index] ?? 0) > NAMED * longest ? 0 : marked(index) ? 1 : index % every === 0 ? 2 : 3);
  const chosen = new Set<number>();
  for (const index of [...values.keys()].filter((at) => rank(at) < 3).sort((a, b) => rank(a) - rank(b) || a - b)) {
    let free = true;
    for (let at = index - every + 1; at < index + every; at++) free &&= !chosen.has(at);
    if (free) chosen.add(index);
  }
  return chosen;
}

export function longestLabel(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, barLabel(label).length), 0);
}

/** `base`: height of the plot; `longest`: characters of the longest label (longestLabel), so that two charts can share it. */
export function layoutTokenBars(values: Float32Array, longest: number, width: number, base: number, hideSinks: boolean, top = 0, marked: (index: number) => boolean = () => false): TokenBarsLayout {
  const shown = [...values].map((value, index) => (hideSinks && index === 0 ? 0 : value));
  const most = Math.max(0.02, top, ...shown);
  const y = scaleLinear([0, most], [base, 8]).nice(3);
  const step = (width - LEFT) / Math.max(1, values.length);
  const bars = shown.map((value, index) => ({ index, value, x: LEFT + index * step, width: Math.max(1, Math.min(28, step - Math.min(2, step * 0.2))), y: y(value), height: Math.max(0, base - y(value)) }));
  return { bars, base, height: base + Math.max(LEAST_LABELS, 14 + CHARACTER * longest), ticks: y.ticks(3).map((value) => ({ y: y(value), label: `${Math.round(value * 100)} %` })), labelled: labelled(shown, marked, Math.max(1, Math.ceil(9 / step))) };
}
