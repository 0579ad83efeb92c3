// How many values a tensor has at the least, whatever the graph is given: extents that the graph itself fixes, repeated, padded,
// enlarged and joined on the way (CWE-789). What only the input decides counts as one.
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract } from './abstract.ts';
import { attributeInts, numbersOf } from './operands.ts';

/** Values of one tensor: 32 GB as float32. */
const MOST_VALUES = 2 ** 33;

/** As many values out as the largest of what goes in. */
const KEEPS = new Set(['Identity', 'Cast', 'CastLike', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Dropout', 'Neg', 'Abs', 'Relu', 'Sigmoid', 'Tanh', 'Exp', 'Log', 'Sqrt', 'Clip', 'Softmax', 'Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Sum', 'Where', 'Equal', 'Greater', 'Less', 'Not', 'And', 'Or', 'CumSum', 'ScatterND', 'ScatterElements']);

/** Operators are asked in the graph's order. */
export class LeastSizes {
  readonly #sizes = new Map<ValueId, number>();
  readonly #graph: FlatGraph;
  readonly #known: readonly Abstract[];

  constructor(graph: FlatGraph, known: readonly Abstract[]) {
    this.#graph = graph;
    this.#known = known;
  }

  /** In words, where this operator is the first to make more than a machine holds. */
  beyond(op: FlatOp): string | undefined {
    const given = op.inputs.map((id) => (id === undefined ? 1 : this.#sizeOf(id)));
    const size = this.#made(op, given);
    for (const output of op.outputs) this.#sizes.set(output, size);
    return size > MOST_VALUES && given.every((before) => before <= MOST_VALUES) ? `makes ${size.toExponential(1)} values` : undefined;
  }

  #sizeOf(id: ValueId): number {
    const made = this.#sizes.get(id);
    if (made !== undefined) return made;
    const value = this.#known[id];
    const dims = value?.kind === 'constant' ? value.info.dims : this.#graph.values[id]?.input?.dims;
    return product((dims ?? []).filter((size) => typeof size === 'number'));
  }

  #made(op: FlatOp, given: readonly number[]): number {
    const { type, attributes, inputs } = op;
    const numbers = (at: number, name = ''): readonly number[] => attributeInts(op, name) ?? numbersOf(this.#known[inputs[at] ?? -1]) ?? [];
    const floats = (at: number): readonly number[] => attributes.get('scales')?.floats ?? numbersOf(this.#known[inputs[at] ?? -1]) ?? [];
    const [data = 1] = given;
    if (KEEPS.has(type)) return given.reduce((most, size) => Math.max(most, size), 1);
    switch (type) {
      case 'ConstantOfShape':
        return product(numbers(0));
      case 'Expand':
        return Math.max(data, product(numbers(1)));
      case 'Tile':
        return data * product(numbers(1));
      case 'Concat':
        return given.reduce((sum, size) => sum + size, 0);
      case 'Pad': {
        const pads = numbers(1, 'pads');
        const half = pads.length / 2;
        // Each axis has one place at the least.
        return Math.max(1, product(pads.slice(0, half).map((before, i) => 1 + Math.max(0, before) + Math.max(0, pads[half + i] ?? 0))));
      }
      case 'Resize':
      case 'Upsample':
        return Math.max(product(numbers(3)), data * floats(type === 'Resize' ? 2 : 1).reduce((size, scale) => size * Math.max(0, scale), 1));
      case 'OneHot':
        return data * product(numbers(1));
      case 'RandomNormal':
      case 'RandomUniform':
        return product(attributes.get('shape')?.ints ?? []);
      case 'Range': {
        const [[first], [last], [step = 1]] = [numbers(0), numbers(1), numbers(2)];
        return first === undefined || last === undefined ? 1 : Math.max(1, Math.abs((last - first) / step));
      }
      default:
        return 1;
    }
  }
}

/** Beyond the largest number it stays infinite, which is too many as well. */
function product(list: readonly number[]): number {
  return list.reduce((size, number) => size * Math.max(1, Math.abs(number)), 1);
}
