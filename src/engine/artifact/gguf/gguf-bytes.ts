// Writes GGUF byte by byte, well-formed or not: for tests only, so that each broken file says in one line what is wrong.

type Item = number | bigint | boolean | string | Uint8Array | readonly Item[] | { readonly length: bigint };
/** Key, type (a list: the types of an array from outside in), value. */
type Key = readonly [key: string, type: number | readonly number[], value: Item];

export interface GgufParts {
  readonly magic?: string;
  readonly version?: number;
  readonly keys?: readonly Key[];
  readonly tensors?: readonly { readonly name: string; readonly dims: readonly (number | bigint)[]; readonly type: number; readonly offset: number | bigint }[];
  /** Bytes of tensor data behind the padded table. */
  readonly data?: number;
  readonly keyCount?: bigint;
  readonly tensorCount?: bigint;
  readonly firstKeyLength?: bigint;
}

const STRING = 8;
const ARRAY = 9;

export function gguf({ magic = 'GGUF', version = 3, keys = [], tensors = [], data = 0, keyCount, tensorCount, firstKeyLength }: GgufParts): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes(new TextEncoder().encode(magic));
  out.u32(version);
  out.u64(tensorCount ?? tensors.length);
  out.u64(keyCount ?? keys.length);
  keys.forEach(([key, type, value], i) => {
    out.text(key, i === 0 ? firstKeyLength : undefined);
    const types = typeof type === 'number' ? [type] : [ARRAY, ...type];
    out.u32(types[0] ?? 0);
    writeValue(out, types, value);
  });
  for (const { name, dims, type, offset } of tensors) {
    out.text(name);
    out.u32(dims.length);
    dims.forEach((size) => out.u64(size));
    out.u32(type);
    out.u64(offset);
  }
  if (data > 0) {
    const alignment = keys.find(([key]) => key === 'general.alignment')?.[2];
    out.pad(typeof alignment === 'number' && alignment > 0 ? alignment : 32);
    out.bytes(new Uint8Array(data));
  }
  return out.finish();
}

function writeValue(out: Writer, [type = 0, ...inner]: readonly number[], value: Item): void {
  if (type === STRING) return out.text(value as string | Uint8Array);
  if (type === ARRAY) {
    out.u32(inner[0] ?? 0);
    if (!Array.isArray(value)) return out.u64((value as { readonly length: bigint }).length);
    out.u64(value.length);
    value.forEach((item: Item) => writeValue(out, inner, item));
    return;
  }
  out.scalar(type, value as number | bigint | boolean);
}

const WRITERS: Readonly<Record<number, readonly [bytes: number, write: (view: DataView, value: number | bigint) => void]>> = {
  0: [1, (view, value) => view.setUint8(0, Number(value))],
  1: [1, (view, value) => view.setInt8(0, Number(value))],
  2: [2, (view, value) => view.setUint16(0, Number(value), true)],
  3: [2, (view, value) => view.setInt16(0, Number(value), true)],
  4: [4, (view, value) => view.setUint32(0, Number(value), true)],
  5: [4, (view, value) => view.setInt32(0, Number(value), true)],
  6: [4, (view, value) => view.setFloat32(0, Number(value), true)],
  7: [1, (view, value) => view.setUint8(0, Number(value))],
  10: [8, (view, value) => view.setBigUint64(0, BigInt(value), true)],
  11: [8, (view, value) => view.setBigInt64(0, BigInt(value), true)],
  12: [8, (view, value) => view.setFloat64(0, Number(value), true)],
};

class Writer {
  readonly #parts: number[] = [];

  scalar(type: number, value: number | bigint | boolean): void {
    const [size, write] = WRITERS[type] ?? [4, (view: DataView) => view.setUint32(0, 0)];
    const view = new DataView(new ArrayBuffer(size));
    write(view, typeof value === 'boolean' ? Number(value) : value);
    this.bytes(new Uint8Array(view.buffer));
  }
  u32(value: number): void {
    this.scalar(4, value);
  }
  u64(value: number | bigint): void {
    this.scalar(10, value);
  }
  text(text: string | Uint8Array, length?: bigint): void {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    this.u64(length ?? bytes.byteLength);
    this.bytes(bytes);
  }
  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#parts.push(byte);
  }
  pad(alignment: number): void {
    while (this.#parts.length % alignment !== 0) this.#parts.push(0);
  }
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#parts);
  }
}
