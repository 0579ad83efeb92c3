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
}

export const LABEL_HEIGHT = 58;
/** Room for "100 %". */
export const LEFT = 38;

export function layoutTokenBars(values: Float32Array, width: number, height: number, hideSinks: boolean, top = 0): TokenBarsLayout {
  const base = height - LABEL_HEIGHT;
  const shown = [...values].map((value, index) => (hideSinks && index === 0 ? 0 : value));
  const most = Math.max(0.02, top, ...shown);
  const y = scaleLinear([0, most], [base, 8]).nice(3);
  const step = (width - LEFT) / Math.max(1, values.length);
  const bars = shown.map((value, index) => ({ index, value, x: LEFT + index * step, width: Math.max(1, Math.min(28, step - Math.min(2, step * 0.2))), y: y(value), height: Math.max(0, base - y(value)) }));
  return { bars, base, ticks: y.ticks(3).map((value) => ({ y: y(value), label: `${Math.round(value * 100)} %` })), labelEvery: Math.max(1, Math.ceil(9 / step)) };
}
