// Runs the interpretation over a flattened graph until nothing changes and collects where gates take effect.
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe, type CancelSignal } from '../../core/cancel.ts';
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { OnnxAttribute, OnnxPort, OnnxTensorInfo } from '../../graph/onnx-reader.ts';
import { FEATURES, NEUTRAL, raw, sameAbstract, type Abstract, type Sink, type Step } from './abstract.ts';
import { axesOfInput, replace } from './axes.ts';
import { extentOf } from './extent.ts';
import { feedsAttention } from './feeds-attention.ts';
import { attributeInts, numbersOf } from './operands.ts';
import { changed, NO_PAST } from './past.ts';
import { choosesScale, guardsDivisor } from './preprocessing.ts';
import { transfer } from './transfer.ts';
import { describeConstant, looksLearned, WEIGHT_LIMITS, type ConstantInfo } from './weights.ts';

/** Values that run round a loop settle within a few rounds; unsorted graphs take as many as they are deep out of order. */
const MAX_ROUNDS = 12;
const BREATHE_EVERY = 2048;

export interface GateAnalysis {
  readonly sinks: readonly Sink[];
  readonly known: readonly Abstract[];
  /** False where the rounds ran out before nothing changed. */
  readonly settled: boolean;
}

export interface ModelBytes {
  readonly source: ByteSource;
  /** External data at hand, by location. */
  external(location: string): ByteSource | undefined;
  readonly signal: CancelSignal;
}

export async function findGates(graph: FlatGraph, bytes: ModelBytes): Promise<GateAnalysis> {
  const known: Abstract[] = [];
  for (const [id, { tensor, input }] of graph.values.entries()) {
    if (id % BREATHE_EVERY === 0) await breathe(bytes.signal);
    known[id] = input !== undefined ? ofInput(id, input, graph) : tensor !== undefined ? await ofTensor(tensor, bytes) : NEUTRAL;
  }
  const constants = new Map<number, Abstract>();
  for (const [index, op] of graph.ops.entries()) if (op.type === 'Constant') constants.set(index, await ofConstant(op, bytes));
  const tokens = tokenInputs(graph, known);

  const sinks = new Map<string, Sink>();
  const learned = new Set<number>();
  const run = (op: FlatOp, index: number): Abstract => {
    const constant = constants.get(index);
    if (constant !== undefined) return constant;
    const step: Step = {
      op,
      index,
      inputs: op.inputs.map((id) => (id === undefined ? undefined : known[id])),
      extent: (input, axis) => extentOf(graph, known, op.inputs[input], axis),
      joinsBranches: (input) => joinsBranches(graph, known, op.inputs[input]),
      prepares: () => choosesScale(graph, known, op) || (op.type === 'Where' && guardsDivisor(graph, known, op)),
      fromTokens: (input) => reaches(graph, op.inputs[input], tokens),
      sink: (how, value) => {
        if (value.kind !== 'gate' && value.kind !== 'raw') return;
        if (how === 'adds-vector' && feedsAttention(graph, op)) return;
        const straight = how === 'outgrows';
        sinks.set(`${index} ${how}`, { op: index, how, gates: value.gates.size === 0 ? [index] : [...value.gates], soft: straight || (value.kind === 'gate' && value.soft), straight, from: value.past.from });
      },
      learns: (values) => {
        for (const value of values) if (value.kind === 'raw' || value.kind === 'gate') for (const id of value.past.from) learned.add(id);
      },
    };
    return transfer(step);
  };
  let settled = false;
  for (let round = 0; round < MAX_ROUNDS && !settled; round++) {
    settled = true;
    sinks.clear();
    for (const [index, op] of graph.ops.entries()) {
      if (index % BREATHE_EVERY === 0) await breathe(bytes.signal);
      const result = run(op, index);
      op.outputs.forEach((output, i) => {
        // Only the scale of a dynamic quantisation is a statistic; the rest is the data.
        const value = ofOutput(graph, known, op, i, result);
        if (sameAbstract(known[output], value)) return;
        known[output] = value;
        settled = false;
      });
    }
  }
  return { sinks: [...sinks.values()].filter(({ straight, from }) => !straight || [...from].some((id) => learned.has(id))), known, settled };
}

/** Outputs of one operator that are not alike. */
function ofOutput(graph: FlatGraph, known: readonly Abstract[], op: FlatOp, output: number, result: Abstract): Abstract {
  if (result.kind !== 'raw' && result.kind !== 'gate') return result;
  if (op.type === 'DynamicQuantizeLinear' && output > 0) return raw([], result.past, result.gates, false);
  if (op.type !== 'Split') return result;
  const [data, sizes] = op.inputs;
  const axis = op.attributes.get('axis')?.ints[0] ?? 0;
  const listed = attributeInts(op, 'split') ?? (sizes === undefined ? undefined : numbersOf(known[sizes]));
  const extent = data === undefined ? undefined : graph.values[data]?.input?.dims?.at(axis);
  const size = listed?.[output] ?? (typeof extent === 'number' ? Math.ceil(extent / op.outputs.length) : undefined);
  if (size !== 1 || result.axes?.includes('open') !== true) return result;
  return { ...result, axes: replace(result.axes, axis, ['closed']), past: changed(result.past, { narrow: true }) };
}

const BOOL = 9;
const CONTROL_TYPES = new Set([2, 3, 4, 5, 6, 7, 9, 12, 13]);
/** Inputs that describe the batch beside its content. They are integers or booleans, and never a model's only input. */
const BOOKKEEPING = /mask|position|segment|token_type|offsets?$|lengths?$|use_cache|cache_position/i;

/** Switches (one integer or boolean), and masks or positions beside the content, are not what a trigger hides in. */
function ofInput(id: ValueId, { name, elementType, dims }: OnnxPort, graph: FlatGraph): Abstract {
  const control = CONTROL_TYPES.has(elementType);
  if (control && dims !== undefined && (dims.length === 0 || (dims.length === 1 && dims[0] === 1))) return NEUTRAL;
  if (control && graph.inputs.length > 1 && BOOKKEEPING.test(name)) return NEUTRAL;
  return raw(axesOfInput(dims), changed(NO_PAST, { integer: control && elementType !== BOOL, from: new Set([id]) }));
}

async function ofTensor(tensor: OnnxTensorInfo, { source, external }: ModelBytes): Promise<Abstract> {
  const info = await describeConstant(source, tensor, tensor.data.kind === 'external' ? external(tensor.data.location) : undefined);
  return { kind: 'constant', info };
}

async function ofConstant({ attributes }: FlatOp, bytes: ModelBytes): Promise<Abstract> {
  const tensor = attributes.get('value')?.tensors[0];
  if (tensor !== undefined) return ofTensor(tensor, bytes);
  const numbers = (attribute: OnnxAttribute | undefined): readonly number[] | undefined => (attribute === undefined ? undefined : [...attribute.ints, ...attribute.floats]);
  const single = numbers(attributes.get('value_int')) ?? numbers(attributes.get('value_float'));
  const values = single ?? numbers(attributes.get('value_ints')) ?? numbers(attributes.get('value_floats'));
  return values === undefined ? NEUTRAL : { kind: 'constant', info: listed(values, single !== undefined) };
}

function listed(values: readonly number[], scalar: boolean): ConstantInfo {
  return { dims: scalar ? [] : [values.length], values: values.slice(0, WEIGHT_LIMITS.kept), learned: looksLearned(values), selects: false };
}

/** Inputs that are looked up in a learned table: token ids. */
function tokenInputs(graph: FlatGraph, known: readonly Abstract[]): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  for (const { type, inputs } of graph.ops) {
    const [table, index] = inputs;
    const isTable = table !== undefined && known[table]?.kind === 'constant' && (known[table] as Extract<Abstract, { kind: 'constant' }>).info.learned;
    if (type !== 'Gather' || !isTable) continue;
    for (const input of graph.inputs) if (reaches(graph, index, new Set([input]), 6)) found.add(input);
  }
  return found;
}

/** True where `from` is computed, within `depth` operators, from one of `targets`. */
function reaches(graph: FlatGraph, from: ValueId | undefined, targets: ReadonlySet<ValueId>, depth = 24): boolean {
  let front = from === undefined ? [] : [from];
  const seen = new Set(front);
  for (let i = 0; i <= depth && front.length > 0; i++) {
    if (front.some((id) => targets.has(id))) return true;
    front = front.flatMap((id) => producerInputs(graph, id)).filter((id) => !seen.has(id));
    for (const id of front) seen.add(id);
    if (seen.size > 512) return false;
  }
  return false;
}

function producerInputs({ values, ops }: FlatGraph, id: ValueId): ValueId[] {
  const producer = values[id]?.producer;
  return producer === undefined ? [] : (ops[producer]?.inputs ?? []).filter((input) => input !== undefined);
}

/** A stack of several computed versions of one thing, from which an index picks. */
function joinsBranches({ values, ops }: FlatGraph, known: readonly Abstract[], id: ValueId | undefined): boolean {
  const producer = id === undefined ? undefined : values[id]?.producer;
  const op = producer === undefined ? undefined : ops[producer];
  if (op === undefined || (op.type !== 'Concat' && op.type !== 'SequenceConstruct' && op.type !== 'ConcatFromSequence')) return false;
  const stacked = op.inputs.filter((input) => input !== undefined && known[input]?.kind === FEATURES.kind);
  return stacked.length > 1 && stacked.every((input) => input !== undefined && ops[values[input]?.producer ?? -1]?.type === 'Unsqueeze');
}
