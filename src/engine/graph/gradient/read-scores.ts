// From a graph's own output to the logits that a classifier gives of it (runtime/onnx-classifier.ts), and the way back: shapes
// that are no table, one output for two classes, and probabilities, whose logarithms are read. How it can mislead: a
// probability below the smallest that is told apart pulls as if it stood there.
import { sameShape, sizeOf, Unsupported, type Emitter } from './emitter.ts';

export interface ReadScores {
  /** Value [rows, classes]. */
  readonly logits: string;
  readonly classes: number;
  /** Of a gradient with respect to these logits: the one with respect to the graph's own output. */
  toOutput(pull: string): string;
}

/** Probabilities below this are read as this. */
export const SMALLEST_PROBABILITY = 1e-12;

export function readScores(emit: Emitter, output: string, rows: number, values: 'logits' | 'probabilities'): ReadScores {
  const shape = emit.shape(output);
  const width = sizeOf(shape) / rows;
  if (!Number.isInteger(width) || width === 0) throw new Unsupported('logits that are no table of rows and classes');
  const flat = sameShape(shape, [rows, width]);
  const table = flat ? output : emit.reshape(output, [rows, width]);
  const least = (value: string): string => emit.op('Max', [value, emit.scalar(SMALLEST_PROBABILITY)]);
  const rest = (): string => least(emit.sub(emit.scalar(1), table));
  const single = width === 1;
  let logits = table;
  if (values === 'probabilities') logits = single ? emit.sub(emit.op('Log', [least(table)]), emit.op('Log', [rest()])) : emit.op('Log', [least(table)]);
  if (single) logits = emit.op('Concat', [emit.floats(new Float32Array(rows), [rows, 1]), logits], { axis: 1 });
  return {
    logits,
    classes: single ? 2 : width,
    toOutput(pull) {
      let back = single ? emit.slice(pull, [0, 1], [rows, 2]) : pull;
      if (values === 'probabilities') back = single ? emit.add(emit.div(back, least(table)), emit.div(back, rest())) : emit.div(back, least(table));
      return flat ? back : emit.reshape(back, shape);
    },
  };
}
