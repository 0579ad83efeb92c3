// Whether what an operator adds is a mask of attention: a softmax of its result weighs values by a product, and nothing else reads it.
// Padding is masked so, by comparing token ids with the padding's. Added to the result's own logits it would decide over the result.
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';

/** What stands between the mask and the softmax, and between the softmax and the product (rows without any key are guarded there). */
const BEFORE = new Set(['Identity', 'Cast', 'Reshape', 'Transpose', 'Expand', 'Unsqueeze', 'Squeeze', 'Dropout', 'Add']);
const AFTER = new Set([...BEFORE, 'IsNaN', 'Where', 'Mul']);
const PRODUCTS = new Set(['MatMul', 'Einsum']);
const MOST_OPERATORS = 64;

export function feedsAttention(graph: FlatGraph, { outputs }: FlatOp): boolean {
  const softmaxes = readersOf(graph, outputs, BEFORE, (op) => op.type === 'Softmax');
  return softmaxes !== undefined && readersOf(graph, softmaxes.flatMap((op) => op.outputs), AFTER, (op) => PRODUCTS.has(op.type)) !== undefined;
}

/** The operators that all ways from the values lead to through some others; undefined where one leads elsewhere, or to an output. */
function readersOf(graph: FlatGraph, values: readonly ValueId[], through: ReadonlySet<string>, isGoal: (op: FlatOp) => boolean): FlatOp[] | undefined {
  const goals = new Set<FlatOp>();
  const passed = new Set<FlatOp>();
  let front = new Set(values);
  while (front.size > 0) {
    if (graph.outputs.some((id) => front.has(id)) || passed.size > MOST_OPERATORS) return undefined;
    const readers = graph.ops.filter((op) => !passed.has(op) && op.inputs.some((id) => id !== undefined && front.has(id)));
    front = new Set();
    for (const op of readers) {
      if (isGoal(op)) goals.add(op);
      else if (through.has(op.type)) {
        passed.add(op);
        for (const id of op.outputs) front.add(id);
      } else return undefined;
    }
  }
  return goals.size === 0 ? undefined : [...goals];
}
