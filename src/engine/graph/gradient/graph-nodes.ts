// Nodes of an ONNX graph with the values of their attributes, and its small integer initializers: what differentiating a
// graph needs beside onnx-reader.ts's structure. Subset: the main graph; int, float, string, ints and floats attributes.
import { bytesOf } from '../../core/byte-source.ts';
import { WireReader, type WireField } from '../wire-reader.ts';

export type AttributeValue = number | string | readonly number[];

export interface GraphNode {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

export interface GraphNodes {
  readonly nodes: readonly GraphNode[];
  /** Dimensions of every initializer. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of integer initializers of at most MAX_INTEGERS elements: axes, shapes, pads. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

const MAX_INTEGERS = 4096;
const MAX_ATTRIBUTE_BYTES = 16_384;
const INT32 = 6;
const INT64 = 7;

export async function readGraphNodes(name: string, model: Uint8Array<ArrayBuffer>): Promise<GraphNodes> {
  const wire = new WireReader(bytesOf(name, model), 'onnx');
  const nodes: GraphNode[] = [];
  const shapes = new Map<string, readonly number[]>();
  const integers = new Map<string, readonly number[]>();
  for (const graph of await wire.fields(0, model.byteLength)) {
    if (graph.number !== 7 || graph.wire !== 2) continue;
    for (const field of await wire.fields(graph.begin, graph.end)) {
      if (field.number === 1) nodes.push(await readNode(wire, field));
      else if (field.number === 5) {
        const tensor = await readTensor(wire, field);
        shapes.set(tensor.name, tensor.dims);
        if (tensor.values !== undefined) integers.set(tensor.name, tensor.values);
      }
    }
  }
  return { nodes, shapes, integers };
}

async function readNode(wire: WireReader, message: WireField): Promise<GraphNode> {
  let [name, type, domain] = ['', '', ''];
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, AttributeValue>();
  for (const field of await wire.fields(message.begin, message.end)) {
    if (field.number === 1) inputs.push(await wire.text(field));
    else if (field.number === 2) outputs.push(await wire.text(field));
    else if (field.number === 3) name = await wire.text(field);
    else if (field.number === 4) type = await wire.text(field);
    else if (field.number === 7) domain = await wire.text(field);
    else if (field.number === 5) {
      const [key, value] = await readAttribute(wire, field);
      if (value !== undefined) attributes.set(key, value);
    }
  }
  return { name, type, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

async function readAttribute(wire: WireReader, message: WireField): Promise<[string, AttributeValue | undefined]> {
  let name = '';
  let value: AttributeValue | undefined;
  const [ints, floats]: [number[], number[]] = [[], []];
  for (const field of await wire.fields(message.begin, message.end)) {
    if (field.number === 1) name = await wire.text(field);
    else if (field.number === 2) value = await readFloat(wire, field);
    else if (field.number === 3) value = signed(field.value);
    else if (field.number === 4 && field.end - field.begin <= MAX_ATTRIBUTE_BYTES) value = await wire.text(field);
    else if (field.number === 8) ints.push(...(await readIntegers(wire, field)));
    else if (field.number === 7) floats.push(...(await readFloats(wire, field)));
  }
  return [name, ints.length > 0 ? ints : floats.length > 0 ? floats : value];
}

async function readTensor(wire: WireReader, message: WireField): Promise<{ name: string; dims: number[]; values: number[] | undefined }> {
  let name = '';
  let type = 0;
  let raw: WireField | undefined;
  const dims: number[] = [];
  const stored: number[] = [];
  for (const field of await wire.fields(message.begin, message.end)) {
    if (field.number === 1) dims.push(...(await wire.integers(field)));
    else if (field.number === 2) type = wire.integer(field);
    else if (field.number === 8) name = await wire.text(field);
    else if (field.number === 9) raw = field;
    else if ((field.number === 5 || field.number === 7) && field.end - field.begin <= MAX_INTEGERS * 10) stored.push(...(await readIntegers(wire, field)));
  }
  const width = type === INT64 ? 8 : type === INT32 ? 4 : 0;
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (width === 0 || count > MAX_INTEGERS) return { name, dims, values: undefined };
  if (raw === undefined) return { name, dims, values: stored.length === count ? stored : undefined };
  if (raw.end - raw.begin !== count * width) throw wire.malformed(raw.begin, `${count * width} bytes of ${name}`, `${raw.end - raw.begin}`);
  const bytes = (await wire.bytes(raw, MAX_INTEGERS * 8)).slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { name, dims, values: Array.from({ length: count }, (_, i) => (width === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true))) };
}

/** A repeated signed varint field, packed or not. */
async function readIntegers(wire: WireReader, field: WireField): Promise<number[]> {
  if (field.wire === 0) return [signed(field.value)];
  const bytes = await wire.bytes(field, MAX_INTEGERS * 10);
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (shift > 70n) throw wire.malformed(field.begin, 'a varint of at most 10 bytes', 'a longer one');
    if (byte < 128) {
      values.push(signed(value));
      [value, shift] = [0n, 0n];
    }
  }
  return values;
}

async function readFloats(wire: WireReader, field: WireField): Promise<number[]> {
  if (field.wire === 5) return [await readFloat(wire, field)];
  const bytes = (await wire.bytes(field, MAX_ATTRIBUTE_BYTES)).slice();
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.byteLength >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

async function readFloat(wire: WireReader, { begin, end }: WireField): Promise<number> {
  const bytes = await wire.source.slice(begin, end);
  if (bytes.byteLength !== 4) throw wire.malformed(begin, 'a 32-bit float', `${bytes.byteLength} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}

function signed(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}
