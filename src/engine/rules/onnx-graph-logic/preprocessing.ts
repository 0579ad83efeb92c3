// Choices that ordinary preprocessing makes. Pictures come as 0 to 255 or as 0 to 1, and a graph that takes either scales the
// larger down, by a statistic of the whole input; deviations too small to divide by are replaced by one. Only straight lines
// in one and the same input count, and only a statistic of all of it: a place, a pattern or an equality is no range. What the
// choice can do to the input is bounded, so that it cannot blank it out for values that the other scale holds as well.
// Misses (and so spares) a choice at a threshold that only out-of-range input crosses.
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import { numbersOf } from './operands.ts';

const SCALE_LIMITS = {
  /** Operators between the input and the choice. */
  steps: 16,
  /** 16-bit pictures against fractions. */
  ratio: 65_536,
  /** A choice that changes the scale this little, and moves it no further than its range, keeps the picture. */
  mildRatio: 4,
  /** What the smaller scale holds reaches at least so far: a choice below it would catch ordinary input. */
  leastRange: 1,
  /** Divisors below this are none. */
  epsilon: 1e-3,
} as const;

/** A straight line in a value: gain * value + offset. */
interface Line {
  readonly value: ValueId;
  readonly gain: number;
  readonly offset: number;
}

/** Where the statistic is large, and where it is small. */
interface Condition {
  readonly statistic: ValueId;
  readonly threshold: number;
  readonly largeFirst: boolean;
}

const ORDERS: Readonly<Record<string, boolean>> = { Greater: true, GreaterOrEqual: true, Less: false, LessOrEqual: false };
const KEEPS = new Set(['Identity', 'Cast', 'CastLike', 'Dropout', 'DequantizeLinear']);
const MOVES = new Set([...KEEPS, 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten', 'Expand', 'Abs', 'Neg']);
const STATISTICS = new Set(['ReduceMax', 'ReduceMin', 'ReduceMean']);

/** True where `op` chooses between two scales of the input (Where), or multiplies or divides it by one of two numbers. */
export function choosesScale(graph: FlatGraph, known: readonly Abstract[], op: FlatOp): boolean {
  if (op.type === 'Where') return plausible(graph, known, op.inputs[0], lineOf(graph, known, op.inputs[1]), lineOf(graph, known, op.inputs[2]));
  if (op.type !== 'Mul' && op.type !== 'Div') return false;
  const chosen = op.inputs.findIndex((id) => madeBy(graph, id)?.type === 'Where');
  const choice = madeBy(graph, op.inputs[chosen]);
  if (choice === undefined || (op.type === 'Div' && chosen !== 1)) return false;
  const line = lineOf(graph, known, op.inputs[1 - chosen]);
  const [first, second] = choice.inputs.slice(1).map((id) => scalar(known, id));
  if (line === undefined || first === undefined || second === undefined) return false;
  const scaled = (factor: number): Line => ({ value: line.value, gain: op.type === 'Mul' ? line.gain * factor : line.gain / factor, offset: op.type === 'Mul' ? line.offset * factor : line.offset / factor });
  return plausible(graph, known, choice.inputs[0], scaled(first), scaled(second));
}

/** True where a statistic next to nought is replaced by one, or by a number as small, before something is divided by it. */
export function guardsDivisor(graph: FlatGraph, known: readonly Abstract[], { inputs: [condition, ...branches] }: FlatOp): boolean {
  const comparison = madeBy(graph, through(graph, condition, KEEPS));
  if (comparison === undefined || (comparison.type !== 'Equal' && ORDERS[comparison.type] === undefined)) return false;
  const threshold = comparison.inputs.map((id) => scalar(known, id)).find((number) => number !== undefined);
  const compared = comparison.inputs.filter((id) => id !== undefined && known[id]?.kind === 'raw').map((id) => through(graph, id, MOVES));
  const kept = branches.filter((id) => id !== undefined && known[id]?.kind === 'raw').map((id) => through(graph, id, MOVES));
  const replaced = branches.map((id) => scalar(known, id)).find((number) => number !== undefined);
  if (threshold === undefined || replaced === undefined || compared.length !== 1 || kept.length !== 1) return false;
  return Math.abs(threshold) <= SCALE_LIMITS.epsilon && Math.abs(replaced) <= 1 && sameValue(graph, known, compared[0], kept[0]);
}

function plausible(graph: FlatGraph, known: readonly Abstract[], condition: ValueId | undefined, first: Line | undefined, second: Line | undefined): boolean {
  if (first === undefined || second === undefined || first.value !== second.value || first.gain === 0 || second.gain === 0) return false;
  const when = conditionOf(graph, known, condition);
  const reduction = when === undefined ? undefined : statisticOf(graph, known, when.statistic, first.value);
  if (when === undefined || reduction === undefined) return false;
  const [large, small] = when.largeFirst ? [first, second] : [second, first];
  const ratio = Math.abs(small.gain / large.gain);
  const sameSign = small.gain > 0 === large.gain > 0;
  const moved = Math.abs(large.offset - small.offset);
  const mild = ratio <= SCALE_LIMITS.mildRatio && ratio >= 1 / SCALE_LIMITS.mildRatio && moved <= 2 * Math.max(1, Math.abs(when.threshold));
  // One bright place makes a largest value; only a mean says that a picture is dark on white.
  if (mild && (sameSign || reduction === 'ReduceMean')) return true;
  const reaches = Math.abs(small.gain * when.threshold + small.offset);
  return sameSign && ratio >= 1 && ratio <= SCALE_LIMITS.ratio && reduction !== 'ReduceMin' && reaches >= SCALE_LIMITS.leastRange;
}

/** Back from `id` over sums and products with single numbers. */
function lineOf(graph: FlatGraph, known: readonly Abstract[], id: ValueId | undefined): Line | undefined {
  let line: Line | undefined = id === undefined ? undefined : { value: id, gain: 1, offset: 0 };
  for (let i = 0; i < SCALE_LIMITS.steps && line !== undefined; i++) {
    const op = madeBy(graph, line.value);
    if (op === undefined) break;
    const next = before(known, op, line);
    if (next === undefined) break;
    line = next;
  }
  const source = line === undefined ? undefined : known[line.value];
  return source?.kind === 'raw' && source.whole && source.axes?.includes('open') === true ? line : undefined;
}

function before(known: readonly Abstract[], { type, inputs }: FlatOp, { gain, offset }: Line): Line | undefined {
  const [a, b] = inputs;
  if (a === undefined) return undefined;
  if (KEEPS.has(type)) return { value: a, gain, offset };
  if (type === 'Neg') return { value: a, gain: -gain, offset };
  const [left, right] = [scalar(known, a), scalar(known, b)];
  const value = right !== undefined ? a : left !== undefined ? b : undefined;
  const number = right ?? left;
  if (value === undefined || number === undefined || !Number.isFinite(number)) return undefined;
  switch (type) {
    case 'Mul':
      return { value, gain: gain * number, offset };
    case 'Div':
      return right === undefined || number === 0 ? undefined : { value, gain: gain / number, offset };
    case 'Add':
      return { value, gain, offset: offset + gain * number };
    case 'Sub':
      return right === undefined ? { value, gain: -gain, offset: offset + gain * number } : { value, gain, offset: offset - gain * number };
    default:
      return undefined;
  }
}

function conditionOf(graph: FlatGraph, known: readonly Abstract[], id: ValueId | undefined): Condition | undefined {
  let negated = false;
  let at = through(graph, id, MOVES);
  let op = madeBy(graph, at);
  if (op?.type === 'Not') {
    negated = true;
    at = through(graph, op.inputs[0], MOVES);
    op = madeBy(graph, at);
  }
  const greater = op === undefined ? undefined : ORDERS[op.type];
  if (op === undefined || greater === undefined) return undefined;
  const [left, right] = op.inputs.map((input) => scalar(known, input));
  const [statistic, threshold] = right !== undefined ? [op.inputs[0], right] : [op.inputs[1], left];
  if (statistic === undefined || threshold === undefined || !Number.isFinite(threshold)) return undefined;
  return { statistic, threshold, largeFirst: (greater === (right !== undefined)) !== negated };
}

/** The reduction, where `id` is one over all of `value` but its batch. */
function statisticOf(graph: FlatGraph, known: readonly Abstract[], id: ValueId, value: ValueId): string | undefined {
  let at: ValueId | undefined = id;
  let found: string | undefined;
  const state = known[id];
  if (state?.kind !== 'raw' || state.axes?.includes('open') !== false) return undefined;
  for (let i = 0; i < SCALE_LIMITS.steps && at !== undefined; i++) {
    if (at === value) return found;
    const op = madeBy(graph, at);
    if (op === undefined || (!MOVES.has(op.type) && !STATISTICS.has(op.type))) return undefined;
    if (STATISTICS.has(op.type)) found = op.type;
    at = op.inputs[0];
  }
  return undefined;
}

function through(graph: FlatGraph, id: ValueId | undefined, types: ReadonlySet<string>): ValueId | undefined {
  let at = id;
  for (let i = 0; i < SCALE_LIMITS.steps; i++) {
    const op = madeBy(graph, at);
    if (op === undefined || !types.has(op.type)) return at;
    at = op.inputs[0];
  }
  return at;
}

/** The same value, or the same operator over the same values: exporters write a statistic once for every time it is asked. */
function sameValue(graph: FlatGraph, known: readonly Abstract[], a: ValueId | undefined, b: ValueId | undefined, depth = 0): boolean {
  if (a === b) return true;
  const [numbers, others] = [a, b].map((id) => (id === undefined ? undefined : numbersOf(known[id])));
  if (numbers !== undefined && others !== undefined) return numbers.length === others.length && numbers.every((number, i) => number === others[i]);
  const [first, second] = [madeBy(graph, a), madeBy(graph, b)];
  if (first === undefined || second === undefined || first.type !== second.type || first.inputs.length !== second.inputs.length) return false;
  return depth < SCALE_LIMITS.steps && first.inputs.every((id, i) => sameValue(graph, known, id, second.inputs[i], depth + 1));
}

function madeBy({ values, ops }: FlatGraph, id: ValueId | undefined): FlatOp | undefined {
  return id === undefined ? undefined : ops[values[id]?.producer ?? -1];
}

/** One number, whatever its shape. */
function scalar(known: readonly Abstract[], id: ValueId | undefined): number | undefined {
  const numbers = id === undefined ? undefined : numbersOf(known[id]);
  return numbers !== undefined && numbers.length > 0 && numbers.every((number) => number === numbers[0]) ? numbers[0] : undefined;
}
