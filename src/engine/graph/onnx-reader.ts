// Reads the structure of an ONNX ModelProto (onnx.proto3, IR versions 3 and later) without its tensor bytes: inputs, outputs,
// nodes, initializers and where their data stands. Subset: the main graph; subgraphs are counted, not entered; attributes
// are named, not decoded.
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
  readonly attributes: readonly string[];
}

export interface OnnxTensorInfo {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  /** Where the values stand: in the model file, or in another one beside it. */
  readonly data: { readonly kind: 'inline' } | { readonly kind: 'external'; readonly location: string; readonly offset: Bytes; readonly length: Bytes | undefined };
}

export interface OnnxModelInfo {
  readonly irVersion: number;
  /** Domain ('' is ONNX's own) -> version. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNodeInfo[];
  readonly initializers: readonly OnnxTensorInfo[];
  /** Model-local functions, by name. */
  readonly functions: readonly string[];
}

/** CWE-770: sizes beyond these are no model that Assay opens. */
export const ONNX_LIMITS = { nodes: 500_000, initializers: 500_000, ports: 65_536, rank: 64, portsOfNode: 65_536 } as const;

export async function readOnnxModel(source: ByteSource): Promise<OnnxModelInfo> {
  const reader = new OnnxReader(new WireReader(source, 'onnx'));
  return reader.model();
}

class OnnxReader {
  readonly #wire: WireReader;

  constructor(wire: WireReader) {
    this.#wire = wire;
  }

  async model(): Promise<OnnxModelInfo> {
    const wire = this.#wire;
    let irVersion = 0;
    let producer = '';
    const opsets = new Map<string, number>();
    const functions: string[] = [];
    const graphs: WireField[] = [];
    for (const field of await wire.fields(0, wire.source.size)) {
      if (field.number === 1) irVersion = wire.integer(field);
      else if (field.number === 2) producer = await wire.text(field);
      else if (field.number === 7) graphs.push(field);
      else if (field.number === 8) opsets.set(...(await this.#opset(field)));
      else if (field.number === 25) functions.push(await this.#nameOf(field, 1));
    }
    const [graph, second] = graphs;
    if (graph === undefined) throw new ArtifactError({ code: 'malformed', format: 'onnx', file: wire.source.path, field: 'graph', expected: 'a graph', actual: 'none' });
    if (second !== undefined) throw wire.malformed(second.begin, 'one graph', 'a second one');
    return { irVersion, producer, opsets, functions, ...(await this.#graph(graph)) };
  }

  async #graph(graph: WireField): Promise<Pick<OnnxModelInfo, 'inputs' | 'outputs' | 'nodes' | 'initializers'>> {
    const wire = this.#wire;
    const parts = { inputs: [] as OnnxPort[], outputs: [] as OnnxPort[], nodes: [] as OnnxNodeInfo[], initializers: [] as OnnxTensorInfo[] };
    for (const field of await this.#message(graph)) {
      if (field.number === 1) parts.nodes.push(await this.#node(field));
      else if (field.number === 5) parts.initializers.push(await this.#tensor(field));
      else if (field.number === 11) parts.inputs.push(await this.#port(field));
      else if (field.number === 12) parts.outputs.push(await this.#port(field));
      this.#limit(field, 'nodes', parts.nodes.length, ONNX_LIMITS.nodes);
      this.#limit(field, 'initializers', parts.initializers.length, ONNX_LIMITS.initializers);
      this.#limit(field, 'inputs and outputs', parts.inputs.length + parts.outputs.length, ONNX_LIMITS.ports);
    }
    const stored = new Set(parts.initializers.map(({ name }) => name));
    if (parts.outputs.length === 0) throw wire.malformed(graph.begin, 'a graph with outputs', 'none');
    // Before IR version 4 every initializer was listed as an input too.
    return { ...parts, inputs: parts.inputs.filter(({ name }) => !stored.has(name)) };
  }

  async #node(message: WireField): Promise<OnnxNodeInfo> {
    const wire = this.#wire;
    let [name, type, domain] = ['', '', ''];
    const [inputs, outputs, attributes]: [string[], string[], string[]] = [[], [], []];
    for (const field of await this.#message(message)) {
      if (field.number === 1) inputs.push(await wire.text(field));
      else if (field.number === 2) outputs.push(await wire.text(field));
      else if (field.number === 3) name = await wire.text(field);
      else if (field.number === 4) type = await wire.text(field);
      else if (field.number === 5) attributes.push(await this.#nameOf(field, 1));
      else if (field.number === 7) domain = await wire.text(field);
      this.#limit(field, 'inputs and outputs of a node', inputs.length + outputs.length, ONNX_LIMITS.portsOfNode);
    }
    return { name, type, domain, inputs, outputs, attributes };
  }

  async #tensor(message: WireField): Promise<OnnxTensorInfo> {
    const wire = this.#wire;
    let name = '';
    let elementType = 0;
    let external = false;
    const dims: number[] = [];
    const entries = new Map<string, string>();
    for (const field of await this.#message(message)) {
      if (field.number === 1) dims.push(...(await wire.integers(field)));
      else if (field.number === 2) elementType = wire.integer(field);
      else if (field.number === 8) name = await wire.text(field);
      else if (field.number === 13) entries.set(await this.#nameOf(field, 1), await this.#nameOf(field, 2));
      else if (field.number === 14) external = wire.integer(field) === 1;
      this.#limit(field, 'dimensions', dims.length, ONNX_LIMITS.rank);
    }
    if (!external) return { name, elementType, dims, data: { kind: 'inline' } };
    const location = entries.get('location');
    if (location === undefined) throw wire.malformed(message.begin, `a location for the external data of ${name}`, 'none');
    const length = entries.get('length');
    return { name, elementType, dims, data: { kind: 'external', location, offset: this.#bytes(message, entries.get('offset') ?? '0'), length: length === undefined ? undefined : this.#bytes(message, length) } };
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

  /** The text in field `number` of a message, '' where there is none. */
  async #nameOf(message: WireField, number: number): Promise<string> {
    const field = (await this.#message(message)).find((candidate) => candidate.number === number);
    return field === undefined ? '' : this.#wire.text(field);
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
