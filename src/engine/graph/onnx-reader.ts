// Reads the structure of an ONNX ModelProto (onnx.proto3, IR versions 3 and later) without its tensor bytes: inputs, outputs,
// nodes with their attributes and subgraphs, functions, initializers and where their data stands. Fields that the schema
// does not have are listed, never dropped in silence. Subset: types of intermediate values, doc strings, quantisation
// annotations and training information are stepped over; texts of attributes are kept up to a length.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';
import { WireReader, type WireField } from './wire-reader.ts';

export interface OnnxPort {
  readonly name: string;
  /** TensorProto.DataType; 0 where it is no tensor. */
  readonly elementType: number;
  /** A number where it is fixed, else its symbol ('' where it has none); undefined where the rank is unknown. */
  readonly dims: readonly (number | string)[] | undefined;
}

export interface OnnxNodeInfo {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
  /** Offset of its message in the model file. */
  readonly at?: Bytes;
}

/** Values by kind; a single one is a list of one. At most one of the lists is filled in a well-formed file. */
export interface OnnxAttribute {
  readonly name: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  /** Cut at ONNX_LIMITS.attributeText characters. */
  readonly texts: readonly string[];
  readonly tensors: readonly OnnxTensorInfo[];
  readonly graphs: readonly OnnxGraphInfo[];
  /** In a function's body: the attribute of the call that gives the value. */
  readonly refersTo: string;
}

/** Fields of a TensorProto that hold values: number, and the range of their content in the file. */
export interface OnnxDataPart {
  readonly number: number;
  readonly wire: WireField['wire'];
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly value: bigint;
}

export type OnnxData =
  | { readonly kind: 'inline'; readonly parts: readonly OnnxDataPart[] }
  | {
      readonly kind: 'external';
      readonly location: string;
      readonly offset: Bytes;
      readonly length: Bytes | undefined;
      /** Every entry as it is written. */
      readonly entries: readonly (readonly [key: string, value: string])[];
      /** Values that stand in the model file besides: two sets of weights. */
      readonly parts: readonly OnnxDataPart[];
    };

export interface OnnxTensorInfo {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  /** Where the values stand: in the model file, or in another one beside it. */
  readonly data: OnnxData;
  /** Offset of its message in the model file. */
  readonly at: Bytes;
}

export interface OnnxGraphInfo {
  readonly name: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNodeInfo[];
  readonly initializers: readonly OnnxTensorInfo[];
  /** Names of tensors that are stored by their places and values. */
  readonly sparse?: readonly string[];
}

export interface OnnxFunctionInfo {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNodeInfo[];
  /** Values of attributes that a call leaves out. */
  readonly defaults: readonly OnnxAttribute[];
}

/** A field that onnx.proto does not have: bytes that a runtime steps over. */
export interface OnnxUnknownField {
  readonly message: string;
  readonly number: number;
  readonly begin: Bytes;
  readonly end: Bytes;
}

export interface OnnxModelInfo extends OnnxGraphInfo {
  readonly irVersion: number;
  /** Domain ('' is ONNX's own) -> version. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly metadata: readonly (readonly [key: string, value: string])[];
  /** Model-local functions. */
  readonly functions: readonly OnnxFunctionInfo[];
  readonly unknown: readonly OnnxUnknownField[];
}

/** CWE-770: sizes beyond these are no model that Assay opens. */
const ONNX_LIMITS = { nodes: 500_000, initializers: 500_000, ports: 65_536, rank: 64, portsOfNode: 65_536, functions: 65_536, graphDepth: 16, attributeText: 4096, metadata: 4096, unknownListed: 64 } as const;

export async function readOnnxModel(source: ByteSource): Promise<OnnxModelInfo> {
  const reader = new OnnxReader(new WireReader(source, 'onnx'));
  return reader.model();
}

/** Field numbers that onnx.proto has, by message. */
const KNOWN: Readonly<Record<string, ReadonlySet<number>>> = {
  model: new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]),
  graph: new Set([1, 2, 5, 10, 11, 12, 13, 14, 15, 16]),
  node: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  attribute: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 20, 21, 22, 23]),
  tensor: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16]),
  function: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
};

const VALUE_FIELDS = new Set([4, 5, 6, 7, 9, 10, 11]);

class OnnxReader {
  readonly #wire: WireReader;
  readonly #unknown: OnnxUnknownField[] = [];
  #nodes = 0;

  constructor(wire: WireReader) {
    this.#wire = wire;
  }

  async model(): Promise<OnnxModelInfo> {
    const wire = this.#wire;
    let irVersion = 0;
    let producer = '';
    const opsets = new Map<string, number>();
    const functions: OnnxFunctionInfo[] = [];
    const metadata: (readonly [string, string])[] = [];
    const graphs: WireField[] = [];
    for (const field of await wire.fields(0, wire.source.size)) {
      this.#note('model', field);
      if (field.number === 1) irVersion = wire.integer(field);
      else if (field.number === 2) producer = await wire.text(field);
      else if (field.number === 7) graphs.push(field);
      else if (field.number === 8) opsets.set(...(await this.#opset(field)));
      else if (field.number === 14) metadata.push(await this.#entry(field));
      else if (field.number === 25) functions.push(await this.#function(field));
      this.#limit(field, 'functions', functions.length, ONNX_LIMITS.functions);
      this.#limit(field, 'metadata entries', metadata.length, ONNX_LIMITS.metadata);
    }
    const [graph, second] = graphs;
    if (graph === undefined) throw new ArtifactError({ code: 'malformed', format: 'onnx', file: wire.source.path, field: 'graph', expected: 'a graph', actual: 'none' });
    if (second !== undefined) throw wire.malformed(second.begin, 'one graph', 'a second one');
    const parts = await this.#graph(graph, 0);
    if (parts.outputs.length === 0) throw wire.malformed(graph.begin, 'a graph with outputs', 'none');
    return { irVersion, producer, opsets, metadata, functions, ...parts, unknown: this.#unknown };
  }

  async #graph(graph: WireField, depth: number): Promise<OnnxGraphInfo> {
    const wire = this.#wire;
    if (depth > ONNX_LIMITS.graphDepth) throw wire.error('limit-exceeded', graph.begin, `graphs at most ${ONNX_LIMITS.graphDepth} deep`, 'deeper');
    const parts = { inputs: [] as OnnxPort[], outputs: [] as OnnxPort[], nodes: [] as OnnxNodeInfo[], initializers: [] as OnnxTensorInfo[], sparse: [] as string[] };
    let name = '';
    for (const field of await this.#message(graph)) {
      this.#note('graph', field);
      if (field.number === 1) parts.nodes.push(await this.#node(field, depth));
      else if (field.number === 2) name = await wire.text(field);
      else if (field.number === 5) parts.initializers.push(await this.#tensor(field));
      else if (field.number === 11) parts.inputs.push(await this.#port(field));
      else if (field.number === 12) parts.outputs.push(await this.#port(field));
      else if (field.number === 15) for (const part of await this.#message(field)) if (part.number === 1) parts.sparse.push((await this.#tensor(part)).name);
      this.#limit(field, 'initializers', parts.initializers.length + parts.sparse.length, ONNX_LIMITS.initializers);
      this.#limit(field, 'inputs and outputs', parts.inputs.length + parts.outputs.length, ONNX_LIMITS.ports);
    }
    const stored = new Set(parts.initializers.map((tensor) => tensor.name));
    // Before IR version 4 every initializer was listed as an input too.
    return { name, ...parts, inputs: parts.inputs.filter((port) => !stored.has(port.name)) };
  }

  async #function(message: WireField): Promise<OnnxFunctionInfo> {
    const wire = this.#wire;
    let [name, domain] = ['', ''];
    const parts = { inputs: [] as string[], outputs: [] as string[], nodes: [] as OnnxNodeInfo[], defaults: [] as OnnxAttribute[] };
    for (const field of await this.#message(message)) {
      this.#note('function', field);
      if (field.number === 1) name = await wire.text(field);
      else if (field.number === 4) parts.inputs.push(await wire.text(field));
      else if (field.number === 5) parts.outputs.push(await wire.text(field));
      else if (field.number === 7) parts.nodes.push(await this.#node(field, 0));
      else if (field.number === 10) domain = await wire.text(field);
      else if (field.number === 11) parts.defaults.push(await this.#attribute(field, 0));
      this.#limit(field, 'inputs and outputs of a function', parts.inputs.length + parts.outputs.length, ONNX_LIMITS.portsOfNode);
    }
    return { name, domain, ...parts };
  }

  async #node(message: WireField, depth: number): Promise<OnnxNodeInfo> {
    const wire = this.#wire;
    this.#limit(message, 'nodes', ++this.#nodes, ONNX_LIMITS.nodes);
    let [name, type, domain] = ['', '', ''];
    const [inputs, outputs, attributes]: [string[], string[], OnnxAttribute[]] = [[], [], []];
    for (const field of await this.#message(message)) {
      this.#note('node', field);
      if (field.number === 1) inputs.push(await wire.text(field));
      else if (field.number === 2) outputs.push(await wire.text(field));
      else if (field.number === 3) name = await wire.text(field);
      else if (field.number === 4) type = await wire.text(field);
      else if (field.number === 5) attributes.push(await this.#attribute(field, depth));
      else if (field.number === 7) domain = await wire.text(field);
      this.#limit(field, 'inputs and outputs of a node', inputs.length + outputs.length, ONNX_LIMITS.portsOfNode);
    }
    return { name, type, domain, inputs, outputs, attributes, at: message.begin };
  }

  async #attribute(message: WireField, depth: number): Promise<OnnxAttribute> {
    const wire = this.#wire;
    let [name, refersTo] = ['', ''];
    const parts = { ints: [] as number[], floats: [] as number[], texts: [] as string[], tensors: [] as OnnxTensorInfo[], graphs: [] as OnnxGraphInfo[] };
    for (const field of await this.#message(message)) {
      this.#note('attribute', field);
      if (field.number === 1) name = await wire.text(field);
      else if (field.number === 2 || field.number === 7) appendTo(parts.floats, await wire.floats(field));
      else if (field.number === 3 || field.number === 8) appendTo(parts.ints, await wire.signedIntegers(field));
      else if (field.number === 4 || field.number === 9) parts.texts.push(await wire.beginningOfText(field, ONNX_LIMITS.attributeText));
      else if (field.number === 5 || field.number === 10) parts.tensors.push(await this.#tensor(field));
      else if (field.number === 6 || field.number === 11) parts.graphs.push(await this.#graph(field, depth + 1));
      else if (field.number === 21) refersTo = await wire.text(field);
    }
    return { name, refersTo, ...parts };
  }

  async #tensor(message: WireField): Promise<OnnxTensorInfo> {
    const wire = this.#wire;
    let name = '';
    let elementType = 0;
    let external = false;
    const dims: number[] = [];
    const entries: (readonly [string, string])[] = [];
    const parts: OnnxDataPart[] = [];
    for (const field of await this.#message(message)) {
      this.#note('tensor', field);
      if (field.number === 1) for (const size of await wire.integers(field)) dims.push(size);
      else if (field.number === 2) elementType = wire.integer(field);
      else if (field.number === 8) name = await wire.text(field);
      else if (field.number === 13) entries.push(await this.#entry(field));
      else if (field.number === 14) external = wire.integer(field) === 1;
      else if (VALUE_FIELDS.has(field.number)) parts.push(field);
      this.#limit(field, 'dimensions', dims.length, ONNX_LIMITS.rank);
    }
    const tensor = { name, elementType, dims, at: message.begin };
    if (!external) return { ...tensor, data: { kind: 'inline', parts } };
    const byKey = new Map(entries);
    const location = byKey.get('location');
    if (location === undefined) throw wire.malformed(message.begin, `a location for the external data of ${name}`, 'none');
    const length = byKey.get('length');
    return { ...tensor, data: { kind: 'external', location, offset: this.#bytes(message, byKey.get('offset') ?? '0'), length: length === undefined ? undefined : this.#bytes(message, length), entries, parts } };
  }

  async #port(message: WireField): Promise<OnnxPort> {
    const wire = this.#wire;
    let name = '';
    let elementType = 0;
    let dims: (number | string)[] | undefined;
    for (const field of await this.#message(message)) {
      if (field.number === 1) name = await wire.text(field);
      if (field.number !== 2) continue;
      for (const type of await this.#message(field)) {
        if (type.number !== 1) continue;
        for (const part of await this.#message(type)) {
          if (part.number === 1) elementType = wire.integer(part);
          else if (part.number === 2) dims = await this.#shape(part);
        }
      }
    }
    return { name, elementType, dims };
  }

  async #shape(message: WireField): Promise<(number | string)[]> {
    const wire = this.#wire;
    const dims: (number | string)[] = [];
    for (const field of await this.#message(message)) {
      if (field.number !== 1) continue;
      let dim: number | string = '';
      for (const part of await this.#message(field)) {
        if (part.number === 1) dim = wire.integer(part);
        else if (part.number === 2) dim = await wire.text(part);
      }
      dims.push(dim);
      this.#limit(field, 'dimensions', dims.length, ONNX_LIMITS.rank);
    }
    return dims;
  }

  async #opset(message: WireField): Promise<[domain: string, version: number]> {
    let domain = '';
    let version = 0;
    for (const field of await this.#message(message)) {
      if (field.number === 1) domain = await this.#wire.text(field);
      else if (field.number === 2) version = this.#wire.integer(field);
    }
    return [domain, version];
  }

  /** StringStringEntryProto. */
  async #entry(message: WireField): Promise<readonly [key: string, value: string]> {
    let [key, value] = ['', ''];
    for (const field of await this.#message(message)) {
      if (field.number === 1) key = await this.#wire.text(field);
      else if (field.number === 2) value = await this.#wire.beginningOfText(field, ONNX_LIMITS.attributeText);
    }
    return [key, value];
  }

  #note(message: keyof typeof KNOWN, { number, begin, end }: WireField): void {
    if (KNOWN[message]?.has(number) === true || this.#unknown.length >= ONNX_LIMITS.unknownListed) return;
    this.#unknown.push({ message, number, begin, end });
  }

  #message({ wire, begin, end }: WireField): Promise<WireField[]> {
    if (wire !== 2) throw this.#wire.malformed(begin, 'a message', `wire type ${wire}`);
    return this.#wire.fields(begin, end);
  }

  #bytes(message: WireField, text: string): Bytes {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (value === undefined) throw this.#wire.malformed(message.begin, 'a number of bytes', JSON.stringify(text.slice(0, 40)));
    return value;
  }

  #limit(field: WireField, what: string, count: number, limit: number): void {
    if (count > limit) throw this.#wire.error('limit-exceeded', field.begin, `at most ${limit} ${what}`, 'more');
  }
}

function appendTo(list: number[], values: readonly number[]): void {
  for (const value of values) list.push(value);
}
