// Puts a gate into words and into a picture: the path from the input through the comparison to where it takes effect, the
// constants it compares with, and the region of the input it looks at.
import type { Evidence, GraphEdge, GraphNode } from '../../core/finding.ts';
import type { FlatGraph, FlatOp, ValueId } from '../../graph/flat-graph.ts';
import type { Abstract, Sink, SinkKind } from './abstract.ts';
import { attributeInts, numbersOf } from './operands.ts';

export const HOW: Readonly<Record<SinkKind, string>> = {
  selects: 'chooses between two results',
  branches: 'chooses which branch of the model runs',
  loops: 'decides how often a loop runs',
  indexes: 'becomes an index into what the model computed',
  'scales-or-adds': 'is multiplied with or added to what the model computed',
  outgrows: 'outweighs what the model computed beyond a number',
  writes: 'writes into what the model computed',
  'adds-vector': 'adds a fixed vector to what the model computed wherever it holds',
};

export interface Explanation {
  /** From input to sink. */
  readonly path: readonly string[];
  readonly constants: readonly string[];
  readonly region: readonly string[];
  readonly evidence: Evidence;
}

/** The flattened graph's own operators, in ONNX's words. */
export function operatorName(type: string): string {
  return type === '#if' ? 'If' : type === '#loop' ? 'Loop' : type === '#join' ? 'value of a loop' : type;
}

const MAX_NODES = 40;

export function explain(graph: FlatGraph, known: readonly Abstract[], sink: Sink): Explanation {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const gates = new Set(sink.gates);
  const order = collect(graph, known, sink.op, gates);
  const [constants, region]: [string[], string[]] = [[], []];
  for (const index of order) {
    const op = graph.ops[index];
    if (op === undefined) continue;
    const note = noteOf(op, known);
    if (gates.has(index)) constants.push(...constantsOf(op, known));
    const where = regionOf(op, known);
    if (where !== undefined) region.push(where);
    nodes.set(`op${index}`, { id: `op${index}`, kind: operatorName(op.type), label: op.name, ...(gates.has(index) || index === sink.op ? { marked: true } : {}), ...(note === '' ? {} : { note }) });
  }
  for (const index of order) {
    for (const input of graph.ops[index]?.inputs ?? []) if (input !== undefined) connect(graph, known, input, `op${index}`, nodes, edges);
  }
  for (const output of graph.ops[sink.op]?.outputs ?? []) {
    const port = graph.outputs.includes(output) ? 'output' : 'what follows';
    nodes.set(`v${output}`, { id: `v${output}`, kind: port, label: graph.values[output]?.name ?? '' });
    edges.push({ from: `op${sink.op}`, to: `v${output}` });
  }
  const path = order.map((index) => graph.ops[index]).filter((op) => op !== undefined).map(({ type, name }) => `${operatorName(type)} (${name})`);
  return { path, constants, region, evidence: { kind: 'graph', title: 'From the input to where it takes effect', nodes: [...nodes.values()], edges } };
}

function connect(graph: FlatGraph, known: readonly Abstract[], input: ValueId, to: string, nodes: Map<string, GraphNode>, edges: GraphEdge[]): void {
  const value = graph.values[input];
  if (value === undefined) return;
  const from = value.producer === undefined || graph.ops[value.producer]?.type === 'Constant' ? `v${input}` : `op${value.producer}`;
  const abstract = known[input];
  if (from.startsWith('v') && !nodes.has(from)) {
    const kind = value.input !== undefined ? 'input' : abstract?.kind === 'constant' ? 'constant' : 'value';
    const numbers = abstract?.kind === 'constant' ? describeNumbers(abstract) : '';
    nodes.set(from, { id: from, kind, label: value.name, ...(numbers === '' ? {} : { note: numbers }) });
  }
  if (!nodes.has(from)) nodes.set(from, { id: from, kind: abstract?.kind === 'features' ? 'features' : operatorName(graph.ops[value.producer ?? -1]?.type ?? 'value'), label: value.name });
  edges.push({ from, to });
}

/** Operators that carry raw content or gates into `sink`, in the graph's order. */
function collect(graph: FlatGraph, known: readonly Abstract[], sink: number, gates: ReadonlySet<number>): number[] {
  const found = new Set([sink]);
  let front = [sink];
  while (front.length > 0 && found.size < MAX_NODES) {
    const next: number[] = [];
    for (const index of front) {
      for (const input of graph.ops[index]?.inputs ?? []) {
        const kind = input === undefined ? undefined : known[input]?.kind;
        const producer = input === undefined ? undefined : graph.values[input]?.producer;
        // Lengths are followed where they are compared; elsewhere they are shapes.
        const length = kind === 'length' && (gates.has(index) || known[graph.ops[index]?.outputs[0] ?? -1]?.kind === 'length');
        if ((kind !== 'gate' && kind !== 'raw' && !length) || producer === undefined || found.has(producer) || found.size >= MAX_NODES) continue;
        found.add(producer);
        next.push(producer);
      }
    }
    front = next;
  }
  return [...found].sort((a, b) => a - b);
}

function constantsOf({ type, inputs }: FlatOp, known: readonly Abstract[]): string[] {
  return inputs.flatMap((input) => {
    const value = input === undefined ? undefined : known[input];
    return value?.kind === 'constant' ? [`${type} ${describeNumbers(value)}`] : [];
  });
}

function noteOf(op: FlatOp, known: readonly Abstract[]): string {
  const numbers = op.inputs.flatMap((input) => {
    const value = input === undefined ? undefined : known[input];
    return value?.kind === 'constant' ? [describeNumbers(value)] : [];
  });
  // The operator's name stands beside the note already.
  const region = regionOf(op, known)?.replace(`${op.type} `, '');
  return (region === undefined ? numbers : [region]).join('; ').slice(0, 160);
}

function regionOf(op: FlatOp, known: readonly Abstract[]): string | undefined {
  const [data, second, third, fourth] = op.inputs;
  if (data === undefined || known[data]?.kind !== 'raw') return undefined;
  const numbers = (id: ValueId | undefined): readonly number[] | undefined => (id === undefined ? undefined : numbersOf(known[id]));
  if (op.type === 'Slice') {
    const [starts, ends] = [attributeInts(op, 'starts') ?? numbers(second), attributeInts(op, 'ends') ?? numbers(third)];
    const axes = attributeInts(op, 'axes') ?? numbers(fourth) ?? starts?.map((_, i) => i);
    return axes?.map((axis, i) => `axis ${axis}: ${starts?.[i] ?? '?'} to ${shownEnd(ends?.[i])}`).join(', ');
  }
  if (op.type === 'Gather') {
    const at = numbers(second);
    return at === undefined ? undefined : `axis ${op.attributes.get('axis')?.ints[0] ?? 0}: place ${at.join(', ')}`;
  }
  if (!op.type.startsWith('Reduce') && !op.type.startsWith('Arg')) return undefined;
  const axes = attributeInts(op, 'axes') ?? numbers(second);
  return axes === undefined ? `${op.type} over everything` : `${op.type} over axis ${axes.join(', ')}`;
}

function shownEnd(end: number | undefined): string {
  return end === undefined ? '?' : Math.abs(end) > 2 ** 30 ? 'the end' : String(end);
}

function describeNumbers(value: Extract<Abstract, { kind: 'constant' }>): string {
  const { values, dims } = value.info;
  const count = dims.reduce((product, size) => product * size, 1);
  if (values === undefined) return `${count} numbers`;
  const shown = values.slice(0, 8).map((number) => String(Number(number.toPrecision(6))));
  return `${shown.join(', ')}${count > shown.length ? `, … (${count} in all)` : ''}`;
}
