// Graphs that do not end, or that fill the memory, whatever they are given: loops of which the graph itself fixes how often
// they run (CWE-835), and tensors of a fixed extent beyond any machine (CWE-789). Loops that stop by a condition that their
// body computes are ordinary, however large the number that exporters write beside it.
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import { LeastSizes } from './least-sizes.ts';
import { numbersOf } from './operands.ts';

const ENDLESS_LIMITS = {
  /** Rounds of a loop: a second has about a million of the smallest body. */
  rounds: 2 ** 31,
} as const;

export interface Endless {
  readonly op: FlatOp;
  readonly why: string;
}

export function endlessIn(graph: FlatGraph, known: readonly Abstract[]): Endless[] {
  const sizes = new LeastSizes(graph, known);
  return graph.ops.flatMap((op) => {
    const why = op.type === '#loop' ? rounds(graph, op, known) : op.domain === '' ? sizes.beyond(op) : undefined;
    return why === undefined ? [] : [{ op, why }];
  });
}

/** '#loop': trip count, condition before, condition in the body. */
function rounds(graph: FlatGraph, { inputs: [trips, , condition] }: FlatOp, known: readonly Abstract[]): string | undefined {
  if (!isFixed(graph, condition)) return undefined;
  if (trips === undefined) return 'runs without a number of rounds, on a condition that never changes';
  const [count] = numbersOf(known[trips]) ?? [];
  return count !== undefined && count > ENDLESS_LIMITS.rounds ? `runs ${count} times, on a condition that never changes` : undefined;
}

/** True for constants, and for what the body is given as its condition, handed on. */
function isFixed({ values, ops }: FlatGraph, id: ValueId | undefined): boolean {
  let at = id;
  for (let i = 0; i < MOST_STEPS && at !== undefined; i++) {
    const value = values[at];
    const op = ops[value?.producer ?? -1];
    if (op === undefined) return value?.tensor !== undefined;
    if (op.type === 'Constant') return true;
    // The condition inside a body joins nothing (flat-graph.ts): it is what came in.
    if (op.type === '#join') return op.inputs.every((input) => input === undefined);
    if (op.type !== 'Identity' && op.type !== 'Cast') return false;
    at = op.inputs[0];
  }
  return false;
}

const MOST_STEPS = 64;
