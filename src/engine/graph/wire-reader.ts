// Protocol Buffers wire format, reading lazily from a ByteSource: field headers are walked, contents are read only when
// asked for, so a model's tensor bytes are skipped by their lengths. Malformed bytes are an ArtifactError with offset.
import { ArtifactError } from '../core/artifact-error.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { Bytes } from '../core/units.ts';

export interface WireField {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  /** Content of a length-delimited or fixed-size field, as offsets in the file. */
  readonly begin: Bytes;
  readonly end: Bytes;
  /** Value of a varint field as an unsigned 64-bit integer; 0 for the others. */
  readonly value: bigint;
}

/** Bounds on what one file can make the reader hold (CWE-770). */
const WIRE_LIMITS = {
  /** Fields in one message. */
  fields: 2_000_000,
  /** Bytes of one name or other text. */
  textBytes: 16_384,
  /** Bytes of one list of numbers that stands in the structure (weights are never read through it). */
  listBytes: 2 ** 24,
} as const;

const WINDOW_BYTES = 256 * 1024;
const LONGEST_HEADER = 20;

export class WireReader {
  readonly source: ByteSource;
  readonly #format: string;
  #window: Uint8Array = new Uint8Array();
  #begin: Bytes = 0;

  constructor(source: ByteSource, format: string) {
    this.source = source;
    this.#format = format;
  }

  /** Headers of the fields of the message in bytes [begin, end). */
  async fields(begin: Bytes, end: Bytes): Promise<WireField[]> {
    const fields: WireField[] = [];
    let at = begin;
    while (at < end) {
      if (!this.#holds(at, Math.min(LONGEST_HEADER, end - at))) await this.#load(at);
      const start = at;
      const key = this.#varint(at, end);
      at = key.next;
      const number = Number(key.value >> 3n);
      const wire = Number(key.value & 7n);
      if (number < 1 || number > 536_870_911) throw this.malformed(start, 'a field number from 1 to 536870911', String(number));
      if (wire === 0) {
        const value = this.#varint(at, end);
        fields.push({ number, wire, begin: at, end: value.next, value: value.value });
        at = value.next;
      } else {
        const length = wire === 1 ? 8 : wire === 5 ? 4 : undefined;
        const sized = length === undefined ? this.#length(at, end, wire, start) : { begin: at, length };
        if (sized.begin + sized.length > end) throw this.malformed(start, `a field that ends by byte ${end}`, `one that ends at byte ${sized.begin + sized.length}`);
        fields.push({ number, wire: wire === 1 ? 1 : wire === 5 ? 5 : 2, begin: sized.begin, end: sized.begin + sized.length, value: 0n });
        at = sized.begin + sized.length;
      }
      if (fields.length > WIRE_LIMITS.fields) throw this.error('limit-exceeded', begin, `at most ${WIRE_LIMITS.fields} fields in a message`, 'more');
    }
    return fields;
  }

  async text(field: WireField): Promise<string> {
    const bytes = await this.bytes(field, WIRE_LIMITS.textBytes);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw this.malformed(field.begin, 'UTF-8 text', 'other bytes');
    }
  }

  async bytes({ wire, begin, end }: WireField, limit: Bytes): Promise<Uint8Array> {
    if (wire !== 2) throw this.malformed(begin, 'a length-delimited field', `wire type ${wire}`);
    if (end - begin > limit) throw this.error('limit-exceeded', begin, `at most ${limit} bytes`, `${end - begin} bytes`);
    if (end - begin > WINDOW_BYTES) return this.source.slice(begin, end);
    if (!this.#holds(begin, end - begin)) await this.#load(begin);
    return this.#window.subarray(begin - this.#begin, end - this.#begin);
  }

  /** A varint field's value as a non-negative integer that a number holds exactly. */
  integer({ wire, begin, value }: WireField): number {
    if (wire !== 0) throw this.malformed(begin, 'a varint field', `wire type ${wire}`);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.malformed(begin, 'a non-negative integer below 2^53', String(BigInt.asIntN(64, value)));
    return Number(value);
  }

  /** Values of a repeated varint field, packed or not, that must be non-negative. */
  async integers(field: WireField): Promise<number[]> {
    if (field.wire === 0) return [this.integer(field)];
    const values = await this.signedIntegers(field);
    const negative = values.find((value) => value < 0);
    if (negative !== undefined) throw this.malformed(field.begin, 'non-negative integers', String(negative));
    return values;
  }

  /** Values of a repeated int64 field, packed or not. Beyond 2^53 they are rounded: sizes that large are never used. */
  async signedIntegers(field: WireField): Promise<number[]> {
    if (field.wire === 0) return [Number(BigInt.asIntN(64, field.value))];
    return [...readVarints(await this.bytes(field, WIRE_LIMITS.listBytes), () => this.malformed(field.begin, 'whole varints of at most 10 bytes', 'other bytes'))];
  }

  /** Values of a repeated float field, packed or not. */
  async floats(field: WireField): Promise<number[]> {
    const { wire, begin, end } = field;
    if (wire === 0 || wire === 1 || (end - begin) % 4 !== 0) throw this.malformed(begin, '32-bit floats', `wire type ${wire}, ${end - begin} bytes`);
    const bytes = await this.bytes({ ...field, wire: 2 }, WIRE_LIMITS.listBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  /** Text or bytes as far as `limit`; what is not UTF-8 is replaced. */
  async beginningOfText(field: WireField, limit: Bytes): Promise<string> {
    if (field.wire !== 2) throw this.malformed(field.begin, 'a length-delimited field', `wire type ${field.wire}`);
    return new TextDecoder('utf-8').decode(await this.bytes({ ...field, end: Math.min(field.end, field.begin + limit) }, limit));
  }

  malformed(offset: Bytes, expected: string, actual: string): ArtifactError {
    return this.error('malformed', offset, expected, actual);
  }

  error(code: 'malformed' | 'limit-exceeded' | 'truncated', offset: Bytes, expected: string, actual: string): ArtifactError {
    return new ArtifactError({ code, format: this.#format, file: this.source.path, offset, expected, actual });
  }

  #length(at: Bytes, end: Bytes, wire: number, start: Bytes): { begin: Bytes; length: Bytes } {
    if (wire !== 2) throw this.malformed(start, 'wire type 0, 1, 2 or 5', String(wire));
    const { value, next } = this.#varint(at, end);
    if (value > BigInt(end - next)) throw this.error('truncated', at, `${value} bytes in this field`, `${end - next}`);
    return { begin: next, length: Number(value) };
  }

  #varint(at: Bytes, end: Bytes): { value: bigint; next: Bytes } {
    let low = 0;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte(at + count, end);
      low += (byte & 127) * 2 ** (7 * count);
      if (byte < 128) return { value: BigInt(low), next: at + count + 1 };
    }
    let value = BigInt(low);
    for (let count = 7; count < 10; count++) {
      const byte = this.#byte(at + count, end);
      value |= BigInt(byte & 127) << BigInt(7 * count);
      if (byte < 128) return { value: BigInt.asUintN(64, value), next: at + count + 1 };
    }
    throw this.malformed(at, 'a varint of at most 10 bytes', 'a longer one');
  }

  #byte(at: Bytes, end: Bytes): number {
    const byte = at < end ? this.#window[at - this.#begin] : undefined;
    if (byte === undefined) throw this.error('truncated', at, `bytes up to ${end}`, 'the end of the message');
    return byte;
  }

  #holds(begin: Bytes, length: Bytes): boolean {
    return begin >= this.#begin && begin + length <= this.#begin + this.#window.byteLength;
  }

  async #load(begin: Bytes): Promise<void> {
    this.#window = await this.source.slice(begin, begin + WINDOW_BYTES);
    this.#begin = begin;
  }
}

/** int64 values of packed varints. */
export function* readVarints(bytes: Uint8Array, broken: () => Error): Generator<number> {
  let low = 0;
  let high = 0n;
  let count = 0;
  for (const byte of bytes) {
    if (count < 7) low += (byte & 127) * 2 ** (7 * count);
    else high |= BigInt(byte & 127) << BigInt(7 * count);
    if (++count > 10) throw broken();
    if (byte >= 128) continue;
    yield count <= 7 ? low : Number(BigInt.asIntN(64, BigInt(low) | high));
    low = 0;
    high = 0n;
    count = 0;
  }
  if (count > 0) throw broken();
}
