// Values of ONNX tensors as numbers: onnx.proto's raw_data (little-endian) and typed fields, the first ones only. Types: float,
// double, float16, bfloat16, integers, bool; 4-bit integers and 8-bit floats are given byte by byte, which is enough to
// tell one constant from another and not their values.
import type { ByteSource } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';
import { elementCount } from '../artifact/dtype.ts';
import { halfToNumber } from './dequantize.ts';
import type { OnnxTensorInfo } from './onnx-reader.ts';
import { readVarints } from './wire-reader.ts';

interface ElementType {
  readonly name: string;
  readonly bits: number;
  readonly read: (view: DataView, at: Bytes) => number;
}

const u8 = (view: DataView, at: Bytes): number => view.getUint8(at);
const i8 = (view: DataView, at: Bytes): number => view.getInt8(at);

/** TensorProto.DataType. */
export const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { name: 'float32', bits: 32, read: (view, at) => view.getFloat32(at, true) }],
  [2, { name: 'uint8', bits: 8, read: u8 }],
  [3, { name: 'int8', bits: 8, read: i8 }],
  [4, { name: 'uint16', bits: 16, read: (view, at) => view.getUint16(at, true) }],
  [5, { name: 'int16', bits: 16, read: (view, at) => view.getInt16(at, true) }],
  [6, { name: 'int32', bits: 32, read: (view, at) => view.getInt32(at, true) }],
  [7, { name: 'int64', bits: 64, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  [9, { name: 'bool', bits: 8, read: u8 }],
  [10, { name: 'float16', bits: 16, read: (view, at) => halfToNumber(view.getUint16(at, true)) }],
  [11, { name: 'float64', bits: 64, read: (view, at) => view.getFloat64(at, true) }],
  [12, { name: 'uint32', bits: 32, read: (view, at) => view.getUint32(at, true) }],
  [13, { name: 'uint64', bits: 64, read: (view, at) => Number(view.getBigUint64(at, true)) }],
  [14, { name: 'complex64', bits: 64, read: (view, at) => view.getFloat32(at, true) }],
  [15, { name: 'complex128', bits: 128, read: (view, at) => view.getFloat64(at, true) }],
  [16, { name: 'bfloat16', bits: 16, read: bfloat }],
  [17, { name: 'float8e4m3fn', bits: 8, read: u8 }],
  [18, { name: 'float8e4m3fnuz', bits: 8, read: u8 }],
  [19, { name: 'float8e5m2', bits: 8, read: u8 }],
  [20, { name: 'float8e5m2fnuz', bits: 8, read: u8 }],
  [21, { name: 'uint4', bits: 4, read: u8 }],
  [22, { name: 'int4', bits: 4, read: u8 }],
  [23, { name: 'float4e2m1', bits: 4, read: u8 }],
  [24, { name: 'float8e8m0', bits: 8, read: u8 }],
  [25, { name: 'uint2', bits: 2, read: u8 }],
  [26, { name: 'int2', bits: 2, read: u8 }],
]);

export const STRING_TYPE = 8;

/** Bytes that raw_data or an external file must have; undefined for strings, unknown types and sizes beyond 2^53. */
export function byteSize({ elementType, dims }: Pick<OnnxTensorInfo, 'elementType' | 'dims'>): Bytes | undefined {
  const type = ELEMENT_TYPES.get(elementType);
  const count = elementCount(dims);
  if (type === undefined || count === undefined || !Number.isSafeInteger(count * type.bits)) return undefined;
  return Math.ceil((count * type.bits) / 8);
}

/** Up to `limit` values, in order; undefined where they cannot be read (strings, external data that is not at hand). */
export async function readValues(source: ByteSource, tensor: OnnxTensorInfo, limit: number, external?: ByteSource): Promise<readonly number[] | undefined> {
  const type = ELEMENT_TYPES.get(tensor.elementType);
  const { data } = tensor;
  if (type === undefined) return undefined;
  const raw = data.kind === 'external' ? { source: external, begin: data.offset, end: data.offset + (data.length ?? byteSize(tensor) ?? 0) } : rawOf(source, data.parts);
  if (raw !== undefined) return raw.source === undefined ? undefined : readRaw(raw.source, raw.begin, raw.end, type, limit);
  const values: number[] = [];
  for (const part of data.kind === 'inline' ? data.parts : []) {
    if (values.length >= limit) break;
    for (const value of await readTyped(source, part, tensor.elementType, limit - values.length)) values.push(value);
  }
  return values;
}

type Part = OnnxTensorInfo['data']['parts'][number];

function rawOf(source: ByteSource, parts: readonly Part[]): { readonly source: ByteSource; readonly begin: Bytes; readonly end: Bytes } | undefined {
  const raw = parts.find(({ number }) => number === 9);
  return raw === undefined ? undefined : { source, begin: raw.begin, end: raw.end };
}

async function readRaw(source: ByteSource, begin: Bytes, end: Bytes, { bits, read }: ElementType, limit: number): Promise<number[]> {
  const step = Math.max(1, bits / 8);
  const bytes = await source.slice(begin, Math.min(end, begin + limit * step));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / step) }, (_, i) => read(view, i * step));
}

const FLOAT_DATA = 4;
const DOUBLE_DATA = 10;
/** A varint takes at most ten bytes. */
const MAX_VARINT = 10;

async function readTyped(source: ByteSource, { number, wire, begin, end, value }: Part, elementType: number, limit: number): Promise<number[]> {
  if (wire === 0) return [asElement(Number(BigInt.asIntN(64, value)), elementType)];
  if (number === FLOAT_DATA || number === DOUBLE_DATA) {
    const type = ELEMENT_TYPES.get(number === FLOAT_DATA ? 1 : 11);
    return type === undefined ? [] : readRaw(source, begin, end, type, limit);
  }
  const bytes = await source.slice(begin, Math.min(end, begin + limit * MAX_VARINT));
  const values: number[] = [];
  try {
    for (const item of readVarints(bytes, () => new Error('varint'))) {
      values.push(asElement(item, elementType));
      if (values.length >= limit) break;
    }
  } catch {
    // A cut or broken varint ends the list: what stands before it is what a reader gets.
  }
  return values;
}

/** int32_data holds 16-bit floats as their bits. */
function asElement(value: number, elementType: number): number {
  if (elementType === 10) return halfToNumber(value & 0xffff);
  if (elementType !== 16) return value;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, ((value & 0xffff) << 16) >>> 0);
  return view.getFloat32(0);
}

function bfloat(view: DataView, at: Bytes): number {
  const wide = new DataView(new ArrayBuffer(4));
  wide.setUint16(0, view.getUint16(at, true));
  return wide.getFloat32(0);
}
