// The protobuf wire format, as far as adapters must look into an ONNX ModelProto: walk a message's fields, and replace
// the content of some. Groups (wire types 3 and 4) do not occur in ONNX and are refused.

export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of the whole field, key included. */
  readonly begin: number;
  readonly end: number;
  /** Of a length-delimited field's content. */
  readonly contentBegin: number;
}

/** Replaces the content of every length-delimited field of this number; all else is copied. */
export function rewrite(message: Uint8Array<ArrayBuffer>, number: number, replace: (content: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
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

export function* fieldsOf(message: Uint8Array): Generator<Field> {
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

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  return Uint8Array.from([...bytes, value]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
