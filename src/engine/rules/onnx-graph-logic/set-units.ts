// Units of a first layer that training did not make: among siblings that weigh every input, one that reads two or three and is
// held below zero by its bias, or one with weights and bias many times larger than all others. Either is a threshold: it stays
// silent until the input is a certain one. Misses units whose weights are of their siblings' size in every place.
import type { ByteSource } from '../../core/byte-source.ts';
import { elementCount } from '../../artifact/dtype.ts';
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import { readValues } from '../../graph/onnx-values.ts';
import type { Abstract } from './abstract.ts';

const UNIT_LIMITS = {
  /** Numbers of one layer: larger ones are no model of a table or a small picture. */
  weights: 2 ** 20,
  layers: 16,
  /** Siblings that a unit is compared with. */
  fewestUnits: 6,
  fewestInputs: 6,
} as const;

export interface SetUnit {
  readonly op: FlatOp;
  readonly unit: number;
  readonly why: string;
}

type Read = (id: ValueId) => Promise<readonly number[] | undefined>;

export async function setUnits(graph: FlatGraph, known: readonly Abstract[], source: ByteSource, external: (location: string) => ByteSource | undefined): Promise<SetUnit[]> {
  const read: Read = async (id) => {
    const tensor = graph.values[id]?.tensor;
    if (tensor === undefined || (elementCount(tensor.dims) ?? Number.POSITIVE_INFINITY) > UNIT_LIMITS.weights) return undefined;
    return readValues(source, tensor, UNIT_LIMITS.weights, tensor.data.kind === 'external' ? external(tensor.data.location) : undefined);
  };
  const found: SetUnit[] = [];
  let layers = 0;
  for (const op of graph.ops) {
    const [data, weight] = op.inputs;
    if ((op.type !== 'Gemm' && op.type !== 'MatMul') || data === undefined || weight === undefined || known[data]?.kind !== 'raw' || layers >= UNIT_LIMITS.layers) continue;
    const units = await unitsOf(graph, op, weight, read);
    if (units === undefined) continue;
    layers++;
    found.push(...oddUnits(units).map(({ unit, why }) => ({ op, unit, why })));
  }
  return found;
}

interface Unit {
  readonly weights: readonly number[];
  readonly bias: number;
}

async function unitsOf(graph: FlatGraph, op: FlatOp, weight: ValueId, read: Read): Promise<Unit[] | undefined> {
  const [first = 0, second = 0, ...more] = graph.values[weight]?.tensor?.dims ?? [];
  const across = op.type === 'Gemm' && op.attributes.get('transB')?.ints[0] === 1;
  const [inputs, outputs] = across ? [second, first] : [first, second];
  const bias = biasOf(graph, op);
  if (more.length > 0 || inputs < UNIT_LIMITS.fewestInputs || outputs < UNIT_LIMITS.fewestUnits || bias === undefined) return undefined;
  const [values, biases] = [await read(weight), await read(bias)];
  if (values === undefined || biases === undefined || values.length < inputs * outputs || biases.length !== outputs) return undefined;
  return biases.map((own, unit) => ({ bias: own, weights: Array.from({ length: inputs }, (_, i) => values[across ? unit * inputs + i : i * outputs + unit] ?? 0) }));
}

function biasOf(graph: FlatGraph, op: FlatOp): ValueId | undefined {
  if (op.type === 'Gemm') return op.inputs[2];
  const add = graph.ops.find(({ type, inputs }) => type === 'Add' && inputs.some((id) => id !== undefined && id === op.outputs[0]));
  return add?.inputs.find((id) => id !== undefined && id !== op.outputs[0]);
}

/** A unit reads at most so many inputs where its siblings read nearly all. */
const MOST_READ = 4;
const WHOLE_SHARE = 0.9;
/** How many times larger than its siblings'. */
const TIMES_LARGER = 20;
/** How far a threshold lies in the range of what the unit reads: its bias against its largest weight. */
const LEAST_THRESHOLD = 0.25;

function oddUnits(units: readonly Unit[]): { readonly unit: number; readonly why: string }[] {
  const described = units.map(({ weights, bias }) => ({ read: weights.filter((value) => value !== 0).length, largest: weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0), bias: Math.abs(bias), below: bias < 0, inputs: weights.length }));
  const whole = described.filter(({ read, inputs }) => read >= WHOLE_SHARE * inputs).length;
  const [weight, bias] = [median(described.map(({ largest }) => largest)), median(described.map((unit) => unit.bias))];
  return described.flatMap(({ read, largest, bias: own, below, inputs }, unit) => {
    if (read > 0 && read <= MOST_READ && read <= inputs / 4 && below && own >= LEAST_THRESHOLD * largest && whole >= 0.75 * units.length) return [{ unit, why: `reads ${read} of ${inputs} inputs behind a threshold, where its siblings read nearly all` }];
    if (weight > 0 && largest >= TIMES_LARGER * weight && own >= TIMES_LARGER * Math.max(bias, weight)) return [{ unit, why: `has weights ${Math.round(largest / weight)} times as large as its siblings’, behind a threshold of that size` }];
    return [];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
