// Rewrites where an ONNX model's external data is looked for, so that no offset reaches 4 GiB.
// Specification: onnx.proto (ModelProto.graph = 7, GraphProto.initializer = 5, TensorProto.external_data = 13,
// StringStringEntryProto key = 1, value = 2), protobuf wire format. Why: onnxruntime-web holds offsets in 32 bits and
// reads the wrong bytes beyond, without an error. Subset: initializers of the main graph, which is where weights are;
// tensors inside subgraphs or attributes are left as they are.

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

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of the whole field, key included. */
  readonly begin: number;
  readonly end: number;
  /** Of a length-delimited field's content. */
  readonly contentBegin: number;
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

/** Replaces the content of every length-delimited field of this number; all else is copied. */
function rewrite(message: Uint8Array<ArrayBuffer>, number: number, replace: (content: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number !== number || field.wire !== 2) {
      parts.push(message.subarray(field.begin, field.end));
      continue;
    }
    const content = replace(message.subarray(field.contentBegin, field.end));
    parts.push(varint(number * 8 + 2), varint(content.length), content);
  }
  return concat(parts);
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++];
      if (byte === undefined || shift > 2 ** 63) throw new RangeError('protobuf: varint runs past the end');
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const begin = at;
    const key = readVarint();
    const wire = key % 8;
    let contentBegin = at;
    if (wire === 0) readVarint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = readVarint();
      contentBegin = at;
      at += length;
    } else throw new RangeError(`protobuf: wire type ${wire} at byte ${begin}`);
    if (at > message.length) throw new RangeError(`protobuf: field at byte ${begin} runs past the end`);
    yield { number: Math.floor(key / 8), wire, begin, end: at, contentBegin };
  }
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

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  return Uint8Array.from([...bytes, value]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
