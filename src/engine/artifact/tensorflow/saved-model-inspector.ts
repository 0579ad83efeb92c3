// TensorFlow SavedModel, MetaGraph and frozen GraphDef (tensorflow/core/protobuf/saved_model.proto, meta_graph.proto,
// framework/graph.proto): the names of every operator, functions included, strings in attributes and collections, file names that
// constants hold, and the Keras metadata beside them. Weights are not read.
import type { FormatMatch } from '../artifact.ts';
import type { Probe } from '../formats/reader.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';
import { breathe } from '../../core/cancel.ts';
import { WireReader, type WireField } from '../../graph/wire-reader.ts';
import { FileWiring, nodeOf, type NamedFile, type OperatorUse } from './file-wiring.ts';
import { findConfigs, type EmbeddedJson } from '../keras/embedded-json.ts';

export interface AttributeText {
  readonly text: string;
  readonly node: string;
  readonly attribute: string;
  readonly offset: Bytes;
}

export interface TensorFlowContent {
  readonly kind: 'saved-model' | 'meta-graph' | 'graph' | 'keras-metadata';
  readonly operators: readonly OperatorUse[];
  /** Strings in attributes of operators and in collections that are long enough to say something, and where. */
  readonly texts: readonly AttributeText[];
  /** What checkpoints are saved to and restored from, and tables are read from; assets, which the loader puts in place, left out. */
  readonly files: readonly NamedFile[];
  readonly configs: readonly EmbeddedJson[];
}

const MAX_OPERATORS = 2_000_000;

export const tensorflowInspector: Inspector<TensorFlowContent> = {
  format: 'tensorflow',
  match: matchTensorflow,
  async inspect(source, desk) {
    const head = await source.slice(0, 64);
    const told = kindOf(head, source.size);
    const kind = told ?? (/(^|[/!])saved_model\.pb$/i.test(source.path) ? 'saved-model' : /\.meta$/i.test(source.path) ? 'meta-graph' : 'graph');
    if (kind === 'keras-metadata') {
      const configs = await findConfigs(source, desk);
      desk.parsed(0, source.size, 'Keras metadata');
      return { kind, operators: [], texts: [], files: [], configs };
    }
    const operators: OperatorUse[] = [];
    const texts: AttributeText[] = [];
    const files: NamedFile[] = [];
    const reader = new WireReader(source, 'tensorflow');
    const root = await reader.fields(0, source.size);
    const found = { operators, texts, files };
    if (kind === 'saved-model') for (const meta of of(root, 2)) await readMeta(reader, meta, found, desk);
    else if (kind === 'meta-graph') await readMeta(reader, { begin: 0, end: source.size }, found, desk);
    else await readGraph(reader, { begin: 0, end: source.size }, found, desk);
    if (operators.length === 0 && kind !== 'meta-graph') desk.problem({ code: 'malformed', offset: source.size, field: kind === 'graph' ? 'node' : 'meta_graphs', expected: 'a graph with operators', actual: 'none' });
    desk.parsed(0, source.size, 'graph');
    // TensorFlow 2.0 to 2.4 kept Keras's metadata in the model file itself.
    return { kind, operators, texts, files, configs: kind === 'saved-model' ? await findConfigs(source, desk) : [] };
  },
};

interface Found {
  readonly operators: OperatorUse[];
  readonly texts: AttributeText[];
  readonly files: NamedFile[];
}

/** MetaGraphDef: graph_def = 2, collection_def = 4 (map: key = 1, value = 2 {bytes_list = 2 {value = 1}}), asset_file_def = 6. */
async function readMeta(reader: WireReader, { begin, end }: Pick<WireField, 'begin' | 'end'>, found: Found, desk: Desk): Promise<void> {
  const fields = await reader.fields(begin, end);
  const assets = new Set<string>();
  // AssetFileDef: tensor_info = 1 {name = 1}. The loader feeds these with names in the folder of assets.
  for (const asset of of(fields, 6).slice(0, MAX_ASSETS)) {
    for (const info of of(await reader.fields(asset.begin, asset.end), 1)) for (const name of of(await reader.fields(info.begin, info.end), 1)) assets.add(nodeOf(await textOf(reader.source, name)));
  }
  for (const graph of of(fields, 2)) await readGraph(reader, graph, found, desk, assets);
  for (const entry of of(fields, 4)) {
    const parts = await reader.fields(entry.begin, entry.end);
    const [key] = of(parts, 1);
    const [value] = of(parts, 2);
    if (value === undefined || value.end - value.begin > MAX_TEXT_VALUE) continue;
    await keepText(reader, value, { node: '', attribute: key === undefined ? 'collection' : await textOf(reader.source, key) }, found);
  }
}

/** Bytes of a value that are looked at, and values that are kept (CWE-770). */
const MAX_TEXT_VALUE: Bytes = 2 ** 16;
const MAX_TEXTS = 20_000;
const LEAST_TEXT: Bytes = 8;
const MAX_ASSETS = 4096;

async function keepText({ source }: WireReader, { begin, end }: WireField, where: Pick<AttributeText, 'node' | 'attribute'>, { texts }: Found): Promise<void> {
  if (texts.length >= MAX_TEXTS || end - begin < LEAST_TEXT) return;
  const text = new TextDecoder('latin1').decode(await source.slice(begin, Math.min(end, begin + MAX_TEXT_VALUE)));
  if (/[\x20-\x7e]{8}/.test(text)) texts.push({ ...where, text, offset: begin });
}

/** GraphDef: node = 1, library = 2. FunctionDefLibrary: function = 1. FunctionDef: signature = 1, node_def = 3. */
async function readGraph(reader: WireReader, { begin, end }: Pick<WireField, 'begin' | 'end'>, found: Found, desk: Desk, assets: ReadonlySet<string> = new Set()): Promise<void> {
  const fields = await reader.fields(begin, end);
  const wiring = new FileWiring();
  for (const node of of(fields, 1)) await readNode(reader, node, '', found, wiring, desk);
  for (const file of wiring.files('', assets)) found.files.push(file);
  for (const library of of(fields, 2)) {
    for (const definition of of(await reader.fields(library.begin, library.end), 1)) {
      const parts = await reader.fields(definition.begin, definition.end);
      const [signature] = of(parts, 1);
      const [name] = signature === undefined ? [] : of(await reader.fields(signature.begin, signature.end), 1);
      const inside = name === undefined ? '?' : await textOf(reader.source, name);
      const own = new FileWiring();
      for (const node of of(parts, 3)) await readNode(reader, node, inside, found, own, desk);
      for (const file of own.files(inside)) found.files.push(file);
    }
  }
}

/** NodeDef: name = 1, op = 2, input = 3, attr = 5 (map: key = 1, value = 2 {list = 1, s = 2, tensor = 8, func = 10}). Of tensors only constant texts are read. */
async function readNode(reader: WireReader, node: WireField, inside: string, found: Found, wiring: FileWiring, desk: Desk): Promise<void> {
  const { operators } = found;
  if (operators.length >= MAX_OPERATORS) return;
  if (operators.length % 4096 === 0) await breathe(desk.signal);
  const fields = await reader.fields(node.begin, node.end);
  const [name] = of(fields, 1);
  const [operator] = of(fields, 2);
  if (operator === undefined) return;
  operators.push({ operator: await textOf(reader.source, operator), node: name === undefined ? '' : await textOf(reader.source, name), inside, offset: node.begin });
  const use = operators.at(-1);
  if (use !== undefined && FileWiring.needs(use.operator)) await wiring.add(reader, use, fields);
  for (const attribute of of(fields, 5)) {
    if (attribute.end - attribute.begin < LEAST_TEXT) continue;
    const [key, value] = await reader.fields(attribute.begin, attribute.end);
    if (key === undefined || value === undefined) continue;
    for (const part of await reader.fields(value.begin, value.end)) {
      if (part.wire === 2 && (part.number === 1 || part.number === 2 || part.number === 10)) await keepText(reader, part, { node: operators.at(-1)?.node ?? '', attribute: await textOf(reader.source, key) }, found);
    }
  }
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
  if (kind === 'meta-graph') return { format: 'tensorflow', sure: 'likely', why: 'begins as a MetaGraphDef does' };
  if (kind === 'keras-metadata') return { format: 'tensorflow', sure: 'likely', why: 'begins as Keras metadata does' };
  return /\.(?:pb|meta)$/i.test(source.path) && !isPrintable(head.subarray(0, 16)) ? { format: 'tensorflow', sure: 'name', why: 'the name ends in .pb' } : undefined;
}

/** By the first fields: SavedModel {1: schema version, 2: meta graph}; MetaGraphDef {1: info, 2: graph}; GraphDef {1: node {1: name, 2: op}}. */
function kindOf(head: Uint8Array, size: number): TensorFlowContent['kind'] | undefined {
  if (head[0] === 0x08 && (head[1] ?? 0x80) < 0x10 && head[2] === 0x12) {
    const length = varint(head, 3);
    return length !== undefined && length.value > 2 && length.end + length.value <= size && (head[length.end] === 0x0a || head[length.end] === 0x12) && !isPrintable(head.subarray(length.end, length.end + 4)) ? 'saved-model' : undefined;
  }
  if (head[0] === 0x12) return isVersionless(head, size) ? 'saved-model' : undefined;
  if (head[0] !== 0x0a) return undefined;
  const node = varint(head, 1);
  if (node !== undefined && nests(head, size, node.end + node.value, [0x12, 0x0a, 0x0a])) return 'meta-graph';
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
  return nests(head, size, 0, [0x12, 0x12, 0x0a, 0x0a]);
}

/** Do fields of these tags begin at `begin`, each inside the last, and the innermost hold a name? */
function nests(head: Uint8Array, size: number, begin: number, tags: readonly number[]): boolean {
  let [at, end] = [begin, size];
  for (const tag of tags) {
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
