// gzip (RFC 1952), one member after another. fflate (MIT) expands them and passes over their trailers: here CRC-32 and length
// are held against what came out. A trailer that is wrong or cut takes nothing from what was expanded.
import { FlateErrorCode, Gunzip } from 'fflate';
import type { Bytes } from '../../core/units.ts';
import { crc32 } from './crc32.ts';
import { MOST_AT_ONCE, TOO_FAST } from './decoders.ts';
import type { ContentFault, Decoder, MakeDecoder } from './expanded-source.ts';

/** CRC-32 and length of a member, four bytes each. */
const TRAILER: Bytes = 8;
/** fflate judges a further header by its first four bytes. */
const HEADER_JUDGED: Bytes = 4;

class GzipDecoder implements Decoder {
  fault: ContentFault | undefined;
  readonly #stream = new Gunzip();
  #made: Uint8Array[] = [];
  #madeNow: Bytes = 0;
  /** Of the member that is being expanded. */
  #crc = 0;
  #length: Bytes = 0;
  /** The piece before this one and this one: a trailer may stand across them. */
  #recent = new Uint8Array(0);
  #before: Bytes = 0;
  #pushed: Bytes = 0;
  #ended = false;

  constructor() {
    this.#stream.ondata = (chunk) => {
      this.#made.push(chunk);
      if ((this.#madeNow += chunk.byteLength) > MOST_AT_ONCE) throw new Error(TOO_FAST);
      this.#crc = crc32(chunk, this.#crc);
      this.#length += chunk.byteLength;
    };
    this.#stream.onmember = (begin) => {
      this.#checkTrailer(begin - TRAILER, TRAILER);
      this.#crc = 0;
      this.#length = 0;
    };
  }

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    this.#made = [];
    this.#madeNow = 0;
    if (this.#ended) return this.#made;
    const last = this.#recent.subarray(this.#before);
    this.#recent = new Uint8Array(last.byteLength + piece.byteLength);
    this.#recent.set(last);
    this.#recent.set(piece, last.byteLength);
    this.#before = last.byteLength;
    this.#pushed += piece.byteLength;
    if (!this.#expands(piece)) {
      this.#ended = true;
      this.fault ??= { code: 'malformed', offset: this.#pushed - piece.byteLength, field: 'bytes behind a gzip member', expected: 'another member, or the end', actual: 'something else' };
      return this.#made;
    }
    const made = this.#made;
    if (final) this.#end();
    return made;
  }

  /** False where what follows a member is not one. */
  #expands(piece: Uint8Array<ArrayBuffer>): boolean {
    try {
      this.#stream.push(piece, false);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === FlateErrorCode.InvalidHeader) return false;
      throw error;
    }
  }

  /**
   * fflate does not tell where the last member ended. It tells when four bytes behind its trailer are no header: zeros are
   * given to it one by one, and how many it takes says how much of the trailer was there.
   */
  #end(): void {
    const [crc, length] = [this.#crc, this.#length];
    for (let zeros = 1; zeros <= TRAILER + HEADER_JUDGED; zeros++) {
      if (this.#expands(new Uint8Array(1))) continue;
      [this.#crc, this.#length] = [crc, length];
      const missing = zeros - HEADER_JUDGED;
      this.#checkTrailer(this.#pushed + missing - TRAILER, TRAILER - Math.max(0, missing));
      return;
    }
    throw new Error('unexpected EOF');
  }

  /** `there`: how many bytes of the trailer the file holds. */
  #checkTrailer(begin: Bytes, there: Bytes): void {
    const at = begin - (this.#pushed - this.#recent.byteLength);
    if (this.fault !== undefined || at < 0) return;
    if (there < TRAILER) {
      this.fault = { code: 'truncated', offset: begin, field: 'CRC-32 and length of a gzip member', expected: `${TRAILER} bytes`, actual: `${there}` };
      return;
    }
    const view = new DataView(this.#recent.buffer, at, TRAILER);
    const [crc, length] = [view.getUint32(0, true), view.getUint32(4, true)];
    if (crc !== this.#crc) this.fault = { code: 'malformed', offset: begin, field: 'CRC-32 of a gzip member', expected: hex(this.#crc), actual: hex(crc) };
    else if (length !== this.#length % 2 ** 32) this.fault = { code: 'malformed', offset: begin + 4, field: 'length of a gzip member', expected: `${this.#length % 2 ** 32} bytes, as many as came out`, actual: `${length}` };
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

export const inflateGzip: MakeDecoder = () => new GzipDecoder();
