// Reads little-endian values one after another out of a ByteSource, a chunk at a time, never past its end.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';

const CHUNK: Bytes = 2 ** 20;

export class Cursor {
  readonly #source: ByteSource;
  readonly #format: string;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Offset in the file of the chunk's first byte. */
  #base: Bytes = 0;
  /** Next byte, inside the chunk. */
  #at = 0;

  constructor(source: ByteSource, format: string) {
    this.#source = source;
    this.#format = format;
  }

  get offset(): Bytes {
    return this.#base + this.#at;
  }

  get remaining(): Bytes {
    return this.#source.size - this.offset;
  }

  /** True where `count` bytes can be taken without another read: then the synchronous methods may be called. */
  has(count: Bytes): boolean {
    return this.#at + count <= this.#bytes.byteLength;
  }

  async need(count: Bytes, field: string): Promise<void> {
    if (this.has(count)) return;
    if (count > this.remaining) {
      throw new ArtifactError({ code: 'truncated', format: this.#format, file: this.#source.path, offset: this.offset, field, expected: `${count} bytes`, actual: `${this.remaining} bytes before the file ends` });
    }
    this.#base = this.offset;
    this.#at = 0;
    this.#bytes = await this.#source.slice(this.#base, Math.min(this.#source.size, this.#base + Math.max(CHUNK, count)));
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    if (this.#bytes.byteLength < count) {
      throw new ArtifactError({ code: 'truncated', format: this.#format, file: this.#source.path, offset: this.#base, field, expected: `${count} bytes`, actual: `${this.#bytes.byteLength} bytes could be read` });
    }
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#step(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }
  i16(): number {
    return this.#view.getInt16(this.#step(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#step(8), true);
  }
  i64(): bigint {
    return this.#view.getBigInt64(this.#step(8), true);
  }
  f32(): number {
    return this.#view.getFloat32(this.#step(4), true);
  }
  f64(): number {
    return this.#view.getFloat64(this.#step(8), true);
  }
  /** A view into the chunk: use it before the next `need`. */
  take(count: Bytes): Uint8Array {
    const begin = this.#step(count);
    return this.#bytes.subarray(begin, begin + count);
  }

  #step(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }
}
