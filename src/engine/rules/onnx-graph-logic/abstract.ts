// What the analysis knows of a value: an abstract interpretation over the flattened graph. Input values stay `raw` until
// learned weights mix them into `features`; comparing or saturating what is raw makes a `gate`.
import type { FlatOp } from '../../graph/flat-graph.ts';
import type { Axes } from './axes.ts';
import { samePast, type Past } from './past.ts';
import type { ConstantInfo } from './weights.ts';

export type Abstract =
  /** Shapes, ranges, random numbers, control inputs: nothing the input's content decides. */
  | { readonly kind: 'neutral' }
  | { readonly kind: 'constant'; readonly info: ConstantInfo }
  /** How large the input is: one number of a shape, or sums and products of such. */
  | { readonly kind: 'length' }
  /** Content of the input, not yet mixed by weights. `gates`: comparisons it counts or locates. */
  | { readonly kind: 'raw'; readonly axes: Axes; readonly gates: ReadonlySet<number>; readonly whole: boolean; readonly past: Past }
  /** The outcome of a comparison or saturation of raw content; `payload`: times a constant vector. */
  | { readonly kind: 'gate'; readonly axes: Axes; readonly gates: ReadonlySet<number>; readonly soft: boolean; readonly payload: boolean; readonly past: Past }
  | { readonly kind: 'features' };

export type Gate = Extract<Abstract, { kind: 'gate' }>;
export type Raw = Extract<Abstract, { kind: 'raw' }>;

export const NEUTRAL: Abstract = { kind: 'neutral' };
export const LENGTH: Abstract = { kind: 'length' };
export const FEATURES: Abstract = { kind: 'features' };
const NO_GATES: ReadonlySet<number> = new Set();

/** `whole`: the input itself, or as much of it; false for statistics of it. */
export function raw(axes: Axes, past: Past, gates: ReadonlySet<number> = NO_GATES, whole = true): Raw {
  return { kind: 'raw', axes, gates, whole, past };
}

export function gate(axes: Axes, past: Past, gates: ReadonlySet<number>, soft: boolean, payload = false): Gate {
  return { kind: 'gate', axes, gates, soft, payload, past };
}

const MAX_GATES = 32;

export function gatesOf(values: readonly Abstract[], own?: number): ReadonlySet<number> {
  const gates = new Set<number>();
  for (const value of values) if (value.kind === 'gate' || value.kind === 'raw') for (const id of value.gates) if (gates.size < MAX_GATES) gates.add(id);
  if (own !== undefined && gates.size === 0) gates.add(own);
  return gates;
}

export function sameAbstract(a: Abstract | undefined, b: Abstract): boolean {
  if (a === undefined || a.kind !== b.kind) return false;
  if (a.kind === 'raw' && b.kind === 'raw') return sameAxes(a.axes, b.axes) && a.gates.size === b.gates.size && a.whole === b.whole && samePast(a.past, b.past);
  if (a.kind === 'gate' && b.kind === 'gate') return sameAxes(a.axes, b.axes) && a.gates.size === b.gates.size && a.soft === b.soft && a.payload === b.payload && samePast(a.past, b.past);
  return true;
}

function sameAxes(a: Axes, b: Axes): boolean {
  return a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((axis, i) => axis === b[i]));
}

/** Where a gate decides over what the model computes. */
export interface Sink {
  /** Index of the operator. */
  readonly op: number;
  readonly how: SinkKind;
  /** The comparisons or saturations behind it: indices of operators. */
  readonly gates: readonly number[];
  /** No comparison: a curve that is flat on one side and steep after. */
  readonly soft: boolean;
  /** No curve either: a straight line, steep or beside what it outgrows. Told only of inputs that the model learns from. */
  readonly straight: boolean;
  /** Graph inputs behind it. */
  readonly from: ReadonlySet<number>;
}

export type SinkKind = 'selects' | 'branches' | 'loops' | 'indexes' | 'scales-or-adds' | 'writes' | 'adds-vector' | 'outgrows';

/** One step of the interpretation: an operator with what is known of its inputs. */
export interface Step {
  readonly op: FlatOp;
  readonly index: number;
  readonly inputs: readonly (Abstract | undefined)[];
  /** Places along an axis of one input, where the graph fixes how many. */
  readonly extent: (input: number, axis: number) => number | undefined;
  /** True where the data the operator reads was joined from two or more computed branches. */
  readonly joinsBranches: (input: number) => boolean;
  /** True where a value comes from an input that is also looked up in an embedding. */
  readonly fromTokens: (input: number) => boolean;
  /** True where the operator's choice is one that preprocessing makes: between two scales, or away from a divisor of nought. */
  readonly prepares: () => boolean;
  readonly sink: (how: SinkKind, value: Abstract) => void;
  /** Weights mix these values: the inputs behind them are what the model learns from. */
  readonly learns: (values: readonly Abstract[]) => void;
}
