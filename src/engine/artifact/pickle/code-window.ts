// A moving view over a source for readers that go through it once, forwards. At most one chunk is held.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';

const CHUNK: Bytes = 2 ** 18;

export class CodeWindow {
  at: Bytes;
  #bytes = new Uint8Array(0);
  #begin: Bytes = 0;

  constructor(
    readonly source: ByteSource,
    begin: Bytes,
    readonly end: Bytes,
  ) {
    this.at = begin;
  }

  get left(): Bytes {
    return this.end - this.at;
  }

  /** True where the next `count` bytes can be taken without waiting. */
  holds(count: Bytes): boolean {
    return this.at >= this.#begin && this.at + count <= this.#begin + this.#bytes.byteLength;
  }

  /** Afterwards the next `count` bytes (as far as there are any) can be taken. `count` is at most a chunk. */
  async load(count: Bytes): Promise<void> {
    if (this.holds(count)) return;
    this.#begin = this.at;
    this.#bytes = await this.source.slice(this.at, Math.min(this.end, this.at + Math.max(CHUNK, count)));
  }

  /** Call `load` first. Throws where the source ends earlier. */
  take(count: Bytes, field: string): Uint8Array {
    if (count > this.left || !this.holds(count)) {
      throw new ArtifactError({ code: 'truncated', format: 'pickle', file: this.source.path, offset: this.at, field, expected: `${count} bytes`, actual: `${Math.max(0, this.left)} bytes` });
    }
    const from = this.at - this.#begin;
    this.at += count;
    return this.#bytes.subarray(from, from + count);
  }

  /** The bytes up to a newline, which is taken as well. */
  async takeLine(maxBytes: Bytes, field: string): Promise<Uint8Array> {
    await this.load(Math.min(this.left, 256));
    let found = this.#newline();
    if (found < 0) {
      await this.load(Math.min(this.left, maxBytes + 1));
      found = this.#newline();
    }
    if (found < 0 || found > maxBytes) {
      throw new ArtifactError({ code: this.left <= maxBytes ? 'truncated' : 'limit-exceeded', format: 'pickle', file: this.source.path, offset: this.at, field, expected: `a newline within ${maxBytes} bytes`, actual: 'none' });
    }
    const line = this.take(found, field);
    this.at += 1;
    return line;
  }

  /** A line of any length, of which only the first `kept` bytes are returned; all of it and its newline are passed over. */
  async takeLongLine(kept: Bytes, field: string): Promise<Uint8Array> {
    const begin = this.at;
    await this.load(Math.min(this.left, 256));
    if (this.#newline() >= 0) return this.takeLine(this.left, field);
    await this.load(Math.min(this.left, kept));
    const head = this.take(Math.min(kept, this.left), field).slice();
    const inside = head.indexOf(0x0a);
    this.at = inside < 0 ? this.at : begin + inside;
    for (let found = -1; found < 0; ) {
      await this.load(Math.min(this.left, CHUNK));
      found = this.#newline();
      if (found < 0 && this.left <= CHUNK) throw new ArtifactError({ code: 'truncated', format: 'pickle', file: this.source.path, offset: begin, field, expected: 'a newline', actual: 'none' });
      this.at += found < 0 ? CHUNK : found + 1;
    }
    return inside < 0 ? head : head.subarray(0, inside);
  }

  #newline(): number {
    const from = this.at - this.#begin;
    const index = this.#bytes.indexOf(0x0a, from);
    return index < 0 ? -1 : index - from;
  }
}
