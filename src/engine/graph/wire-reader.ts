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
export const WIRE_LIMITS = {
  /** Fields in one message. */
  fields: 2_000_000,
  /** Bytes of one name or other text. */
  textBytes: 16_384,
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

  /** Values of a repeated varint field, packed or not. */
  async integers(field: WireField): Promise<number[]> {
    if (field.wire === 0) return [this.integer(field)];
    const bytes = await this.bytes(field, WIRE_LIMITS.textBytes);
    const values: number[] = [];
    let value = 0;
    let scale = 1;
    for (const byte of bytes) {
      value += (byte & 127) * scale;
      scale *= 128;
      if (scale > 2 ** 56) throw this.malformed(field.begin, 'integers below 2^53', 'a longer varint');
      if (byte < 128) {
        values.push(value);
        value = 0;
        scale = 1;
      }
    }
    if (scale !== 1) throw this.malformed(field.begin, 'whole varints', 'one that is cut off');
    return values;
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
