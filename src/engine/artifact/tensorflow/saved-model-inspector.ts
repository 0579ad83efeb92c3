// TensorFlow SavedModel and frozen GraphDef (tensorflow/core/protobuf/saved_model.proto, framework/graph.proto): the names
// of every operator, functions included, and the Keras metadata beside them. Weights and attributes are not read.
import type { FormatMatch } from '../artifact.ts';
import type { Probe } from '../formats/reader.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import { breathe } from '../../core/cancel.ts';
import { WireReader, type WireField } from '../../graph/wire-reader.ts';
import { findConfigs, type EmbeddedJson } from '../keras/embedded-json.ts';

export interface OperatorUse {
  readonly operator: string;
  readonly node: string;
  /** Function it stands in; empty for the main graph. */
  readonly inside: string;
  readonly offset: Bytes;
}

export interface TensorFlowContent {
  readonly kind: 'saved-model' | 'graph' | 'keras-metadata';
  readonly operators: readonly OperatorUse[];
  readonly configs: readonly EmbeddedJson[];
}

const MAX_OPERATORS = 2_000_000;

export const tensorflowInspector: Inspector<TensorFlowContent> = {
  format: 'tensorflow',
  match: matchTensorflow,
  async inspect(source, desk) {
    const head = await source.slice(0, 64);
    const told = kindOf(head, source.size);
    const kind = told ?? (/(^|[/!])saved_model\.pb$/i.test(source.path) ? 'saved-model' : 'graph');
    if (kind === 'keras-metadata') {
      const configs = await findConfigs(source, desk);
      desk.parsed(0, source.size, 'Keras metadata');
      return { kind, operators: [], configs };
    }
    const operators: OperatorUse[] = [];
    const reader = new WireReader(source, 'tensorflow');
    const root = await reader.fields(0, source.size);
    if (kind === 'saved-model') {
      for (const meta of of(root, 2)) for (const graph of of(await reader.fields(meta.begin, meta.end), 2)) await readGraph(reader, graph, operators, desk);
    } else {
      await readGraph(reader, { begin: 0, end: source.size }, operators, desk);
    }
    desk.parsed(0, source.size, 'graph');
    return { kind, operators, configs: [] };
  },
};

/** GraphDef: node = 1, library = 2. FunctionDefLibrary: function = 1. FunctionDef: signature = 1, node_def = 3. */
async function readGraph(reader: WireReader, { begin, end }: Pick<WireField, 'begin' | 'end'>, operators: OperatorUse[], desk: Desk): Promise<void> {
  const fields = await reader.fields(begin, end);
  for (const node of of(fields, 1)) await readNode(reader, node, '', operators, desk);
  for (const library of of(fields, 2)) {
    for (const definition of of(await reader.fields(library.begin, library.end), 1)) {
      const parts = await reader.fields(definition.begin, definition.end);
      const [signature] = of(parts, 1);
      const [name] = signature === undefined ? [] : of(await reader.fields(signature.begin, signature.end), 1);
      const inside = name === undefined ? '?' : await textOf(reader.source, name);
      for (const node of of(parts, 3)) await readNode(reader, node, inside, operators, desk);
    }
  }
}

/** NodeDef: name = 1, op = 2. */
async function readNode(reader: WireReader, node: WireField, inside: string, operators: OperatorUse[], desk: Desk): Promise<void> {
  if (operators.length >= MAX_OPERATORS) return;
  if (operators.length % 4096 === 0) await breathe(desk.signal);
  const fields = await reader.fields(node.begin, node.end);
  const [name] = of(fields, 1);
  const [operator] = of(fields, 2);
  if (operator === undefined) return;
  operators.push({ operator: await textOf(reader.source, operator), node: name === undefined ? '' : await textOf(reader.source, name), inside, offset: node.begin });
}

function of(fields: readonly WireField[], number: number): WireField[] {
  return fields.filter((field) => field.number === number && field.wire === 2);
}

const MAX_NAME = 512;

async function textOf(source: ByteSource, { begin, end }: WireField): Promise<string> {
  return new TextDecoder('utf-8').decode(await source.slice(begin, Math.min(end, begin + MAX_NAME)));
}

function matchTensorflow({ source, head }: Probe): FormatMatch | undefined {
  const kind = kindOf(head, source.size);
  if (kind === 'saved-model') return { format: 'tensorflow', sure: 'likely', why: 'begins as a SavedModel does' };
  if (kind === 'graph') return { format: 'tensorflow', sure: 'likely', why: 'begins as a GraphDef does' };
  if (kind === 'keras-metadata') return { format: 'tensorflow', sure: 'likely', why: 'begins as Keras metadata does' };
  return /\.pb$/i.test(source.path) ? { format: 'tensorflow', sure: 'name', why: 'the name ends in .pb' } : undefined;
}

/** By the first fields: SavedModel {1: schema version, 2: meta graph}; GraphDef {1: node {1: name, 2: op}}. */
function kindOf(head: Uint8Array, size: number): TensorFlowContent['kind'] | undefined {
  if (head[0] === 0x08 && (head[1] ?? 0x80) < 0x10 && head[2] === 0x12) {
    const length = varint(head, 3);
    return length !== undefined && length.value > 2 && length.end + length.value <= size && (head[length.end] === 0x0a || head[length.end] === 0x12) && !isPrintable(head.subarray(length.end, length.end + 4)) ? 'saved-model' : undefined;
  }
  if (head[0] === 0x12) return isVersionless(head, size) ? 'saved-model' : undefined;
  if (head[0] !== 0x0a) return undefined;
  const node = varint(head, 1);
  if (node === undefined || node.end + node.value > size || head[node.end] !== 0x0a) {
    return node !== undefined && head[node.end] === 0x08 && new TextDecoder('latin1').decode(head.subarray(0, 64)).includes('root') ? 'keras-metadata' : undefined;
  }
  const name = varint(head, node.end + 1);
  if (name === undefined || name.value === 0 || name.value > 256) return undefined;
  const after = name.end + name.value;
  return isPrintable(head.subarray(name.end, Math.min(after, head.length))) && after < head.length && head[after] === 0x12 && isPrintable(head.subarray(after + 2, after + 5)) ? 'graph' : undefined;
}

/** A SavedModel that leaves its version at 0: {2: meta graph {2: graph {1: node {1: name}}}}, each length fitting into the last. */
function isVersionless(head: Uint8Array, size: number): boolean {
  let [at, end] = [0, size];
  for (const tag of [0x12, 0x12, 0x0a, 0x0a]) {
    if (head[at] !== tag) return false;
    const length = varint(head, at + 1);
    if (length === undefined || length.end + length.value > end) return false;
    [at, end] = [length.end, length.end + length.value];
  }
  return end > at && isPrintable(head.subarray(at, Math.min(end, head.length)));
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function varint(bytes: Uint8Array, begin: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 6; i++) {
    const byte = bytes[begin + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: begin + i + 1 };
  }
  return undefined;
}
