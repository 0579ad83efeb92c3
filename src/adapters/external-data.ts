// Rewrites where an ONNX model's external data is looked for, so that no offset reaches 4 GiB.
// Specification: onnx.proto (ModelProto.graph = 7, GraphProto.initializer = 5, TensorProto.external_data = 13,
// StringStringEntryProto key = 1, value = 2), protobuf wire format. Why: onnxruntime-web holds offsets in 32 bits and
// reads the wrong bytes beyond, without an error. Subset: initializers of the main graph, which is where weights are;
// tensors inside subgraphs or attributes are left as they are.
import { concat, fieldsOf, rewrite, varint } from './onnx-wire.ts';

export const WINDOW_BYTES = 2 ** 32;

/** One stretch of an external file, to be mounted under its own name. */
export interface Mount {
  readonly name: string;
  readonly location: string;
  /** First byte of the file in this mount, a multiple of WINDOW_BYTES. */
  readonly begin: number;
}

export interface Rebased {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mounts: readonly Mount[];
}

/** @param sizes bytes of each external file, by location. Models whose files all end below 4 GiB come back untouched. */
export function rebaseExternalData(model: Uint8Array<ArrayBuffer>, sizes: ReadonlyMap<string, number>, window = WINDOW_BYTES): Rebased {
  const plain: Mount[] = [...sizes.keys()].map((location) => ({ name: location, location, begin: 0 }));
  if (![...sizes.values()].some((size) => size > window)) return { bytes: model, mounts: plain };
  const extra = new Map<string, Mount>();
  const bytes = rewrite(model, 7, (graph) => rewrite(graph, 5, (tensor) => rebaseTensor(tensor, window, extra)));
  return { bytes, mounts: [...plain, ...extra.values()] };
}

function rebaseTensor(tensor: Uint8Array<ArrayBuffer>, window: number, extra: Map<string, Mount>): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, string>();
  for (const field of fieldsOf(tensor)) {
    if (field.number !== 13) continue;
    const [key, value] = entryOf(tensor.subarray(field.contentBegin, field.end));
    entries.set(key, value);
  }
  const location = entries.get('location');
  const offset = Number(entries.get('offset') ?? 0);
  if (location === undefined || offset < window) return tensor;
  const begin = Math.floor(offset / window) * window;
  const name = `${location}@${begin}`;
  extra.set(name, { name, location, begin });
  return rewrite(tensor, 13, (entry) => {
    const [key, value] = entryOf(entry);
    return encodeEntry(key, key === 'location' ? name : key === 'offset' ? String(offset - begin) : value);
  });
}

function entryOf(entry: Uint8Array): [key: string, value: string] {
  const decoder = new TextDecoder();
  let key = '';
  let value = '';
  for (const field of fieldsOf(entry)) {
    const text = decoder.decode(entry.subarray(field.contentBegin, field.end));
    if (field.number === 1) key = text;
    else if (field.number === 2) value = text;
  }
  return [key, value];
}

function encodeEntry(key: string, value: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const [keyBytes, valueBytes] = [encoder.encode(key), encoder.encode(value)];
  return concat([varint(10), varint(keyBytes.length), keyBytes, varint(18), varint(valueBytes.length), valueBytes]);
}
