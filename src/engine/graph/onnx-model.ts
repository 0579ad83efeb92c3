// The parts of ONNX's ModelProto (onnx/onnx.proto3) that Assay writes, as plain data, and their serialisation.
// Tensors either stand inline or are external data: a byte range of a file that the runtime is given beside the graph.
import type { Bytes } from '../core/units.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** TensorProto.DataType. */
export const ONNX_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;
export type OnnxType = keyof typeof ONNX_TYPE;

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] };

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  /** '' is an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly data: { readonly kind: 'inline'; readonly bytes: Uint8Array } | { readonly kind: 'external'; readonly location: string; readonly offset: Bytes; readonly length: Bytes };
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** A text is a dimension known at run time only. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const IR_VERSION = 10;
const OPSETS = [
  ['', 20],
  ['com.microsoft', 1],
] as const;

export function serialiseModel(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const model = new ProtobufWriter();
  model.integer(1, IR_VERSION);
  model.text(2, 'assay');
  model.message(7, (writer) => writeGraph(writer, graph));
  for (const [domain, version] of OPSETS) {
    model.message(8, (writer) => {
      writer.text(1, domain);
      writer.integer(2, version);
    });
  }
  return model.finish();
}

/** A model with more nodes, initializers, inputs and outputs: protobuf merges a second `graph` field into the first. */
export function appendToModel(model: Uint8Array, graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  writer.message(7, (inner) => writeGraph(inner, graph));
  const suffix = writer.finish();
  const joined = new Uint8Array(model.byteLength + suffix.byteLength);
  joined.set(model);
  joined.set(suffix, model.byteLength);
  return joined;
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.text(2, graph.name);
  for (const initializer of graph.initializers) writer.message(5, (inner) => writeInitializer(inner, initializer));
  for (const input of graph.inputs) writer.message(11, (inner) => writeValue(inner, input));
  for (const output of graph.outputs) writer.message(12, (inner) => writeValue(inner, output));
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name);
  writer.text(4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  if (node.domain !== '') writer.text(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.text(1, name);
  switch (attribute.kind) {
    case 'float':
      writer.float(2, attribute.value);
      writer.integer(20, 1);
      break;
    case 'int':
      writer.integer(3, attribute.value);
      writer.integer(20, 2);
      break;
    case 'text':
      writer.text(4, attribute.value);
      writer.integer(20, 3);
      break;
    case 'ints':
      for (const value of attribute.value) writer.integer(8, value);
      writer.integer(20, 7);
      break;
  }
}

function writeInitializer(writer: ProtobufWriter, { name, type, dims, data }: OnnxInitializer): void {
  for (const dim of dims) writer.integer(1, dim);
  writer.integer(2, ONNX_TYPE[type]);
  writer.text(8, name);
  if (data.kind === 'inline') {
    writer.bytes(9, data.bytes);
    return;
  }
  const entries = { location: data.location, offset: String(data.offset), length: String(data.length) };
  for (const [key, value] of Object.entries(entries)) {
    writer.message(13, (inner) => {
      inner.text(1, key);
      inner.text(2, value);
    });
  }
  writer.integer(14, 1);
}

function writeValue(writer: ProtobufWriter, { name, type, dims }: OnnxValue): void {
  writer.text(1, name);
  writer.message(2, (typeProto) =>
    typeProto.message(1, (tensor) => {
      tensor.integer(1, ONNX_TYPE[type]);
      tensor.message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (dimension) => {
            if (typeof dim === 'number') dimension.integer(1, dim);
            else dimension.text(2, dim);
          });
        }
      });
    }),
  );
}
