// Sums, products and orders of values: where a gate, or a steep line, meets what the model computed.
import type { FlatOp } from '../../graph/flat-graph.ts';
import { gate, gatesOf, FEATURES, NEUTRAL, raw, type Abstract, type Gate, type Raw, type Step } from './abstract.ts';
import { broadcast, isCollapsed } from './axes.ts';
import { anchors, magnitude, steepened } from './bends.ts';
import { axesOf, isVector, numbersOf } from './operands.ts';
import { bentBy, changed, pastOf, type Past } from './past.ts';

const ADDS = new Set(['Add', 'Sub', 'Sum']);
const ORDERS = new Set(['Max', 'Min']);
/** A line this steep next to what the model computed drowns it: what follows need only be a ReLU or the choice of a class. */
const STEEP_GAIN = 100;

export function arithmetic(step: Step, known: readonly Abstract[]): Abstract {
  const { op, sink } = step;
  const gates = known.filter((value): value is Gate => value.kind === 'gate');
  const others = known.filter(({ kind }) => kind !== 'gate');
  const raws = known.filter((value): value is Raw => value.kind === 'raw');
  const axes = broadcast(known.filter(({ kind }) => kind !== 'features').map(axesOf));
  const collapsed = gates.filter((value) => isCollapsed(value.axes));
  if (others.some(({ kind }) => kind === 'features')) {
    const [strong] = collapsed;
    if (strong !== undefined) sink('scales-or-adds', strong);
    for (const value of raws) meets(step, value);
    const open = gates.findIndex((value) => value.payload && !isCollapsed(value.axes));
    const opened = gates[open];
    if (opened !== undefined && ADDS.has(op.type) && step.fromTokens(known.indexOf(opened))) sink('adds-vector', opened);
    return FEATURES;
  }
  const past = pastAfter(op, known);
  if (raws.length > 0) {
    const whole = raws.some((value) => value.whole && !isCollapsed(value.axes));
    const [hard] = collapsed.filter(({ soft }) => !soft);
    if (whole && hard !== undefined && step.prepares()) return raw(axes, pastOf(raws), gatesOf(raws));
    if (whole && hard !== undefined) sink('scales-or-adds', hard);
    // A gated statistic is still a gate; a masked input is still input.
    if (!whole && hard !== undefined && op.type === 'Mul') return { ...hard, axes, gates: gatesOf(known), past };
    const [any] = collapsed;
    if (any !== undefined && any.past.narrow && raws.every((value) => isCollapsed(value.axes))) return gate(axes, past, gatesOf(known), gates.every(({ soft }) => soft), gates.some(({ payload }) => payload));
    return raw(axes, past, gatesOf(known), whole || raws.some((value) => value.whole));
  }
  const vector = others.some(isVector) && op.type === 'Mul';
  return gates.length === 0 ? NEUTRAL : gate(axes, past, gatesOf(known), gates.every(({ soft }) => soft), vector || gates.some(({ payload }) => payload));
}

/** One place, statistic, count or position of the input beside what the model computed. */
function meets({ op, sink }: Step, value: Raw): void {
  if (!isCollapsed(value.axes)) return;
  const { past } = value;
  if ((value.gates.size > 0 || past.located) && (ADDS.has(op.type) || ORDERS.has(op.type))) sink('scales-or-adds', value);
  else if (past.narrow && past.anchored && (ORDERS.has(op.type) || ((ADDS.has(op.type) || op.type === 'Mul') && past.gain >= STEEP_GAIN))) sink('outgrows', value);
}

function pastAfter(op: FlatOp, known: readonly Abstract[]): Past {
  const data = known.filter((value): value is Raw | Gate => value.kind === 'raw' || value.kind === 'gate');
  const constants = known.filter(({ kind }) => kind === 'constant');
  const past = pastOf(data);
  const [first, second] = data;
  switch (op.type) {
    case 'Add':
    case 'Sub':
    case 'Sum':
    case 'Mean':
      if (constants.some(anchors)) return changed(past, { anchored: true });
      // What is left once a statistic of the same is subtracted no longer knows where it was.
      if (op.type === 'Sub' && first?.kind === 'raw' && second?.kind === 'raw' && isCollapsed(second.axes) && !isCollapsed(first.axes)) return changed(past, { anchored: false, narrow: first.past.narrow });
      return past;
    case 'Max':
    case 'Min':
      return data.length > 1 && past.anchored && past.narrow ? bentBy(past, 'soft') : past;
    case 'Mul': {
      const degree = data.reduce((sum, value) => sum + value.past.degree, 0);
      const next = changed(past, { gain: past.gain * constants.reduce((product, value) => product * magnitude(value), 1), degree });
      return data.length > 1 ? bentBy(next, steepened(degree)) : next;
    }
    case 'Div':
      if (data.length > 1) return second !== undefined && second.past.anchored && second.past.narrow && second.gates.size === 0 ? bentBy(past, 'soft') : past;
      return changed(past, { gain: past.gain / constants.reduce((product, value) => product * magnitude(value), 1) });
    case 'Mod':
      return data.length > 1 ? bentBy(past, 'hard') : past;
    case 'Pow':
      return changed(past, { degree: past.degree * Math.max(1, Math.abs(numbersOf(known[1])?.[0] ?? 1)) });
    default:
      return past;
  }
}
