// Decompressors behind one interface. DEFLATE and zlib are fflate's (MIT), zstd is fzstd's (MIT), both of which stream;
// xz, LZMA, LZ4 and bzip2 are ours, since no small and well-kept library reads them piece by piece.
import { Inflate, Unzlib } from 'fflate';
import { Decompress } from 'fzstd';
import { expandBzip2 } from '../compression/bzip2.ts';
import { expandLz4 } from '../compression/lz4.ts';
import { expandLzma, expandXz, expandZipLzma } from '../compression/lzma-streams.ts';
import type { Decoder, MakeDecoder } from './expanded-source.ts';

interface Stream {
  ondata: (chunk: Uint8Array<ArrayBuffer>, final: boolean) => void;
  push(chunk: Uint8Array<ArrayBuffer>, final?: boolean): void;
}

/** Bytes made of one piece (CWE-409): pieces are small where much comes out, so that honest data stays far below. */
export const MOST_AT_ONCE = 2 ** 27;
export const TOO_FAST = `more than ${MOST_AT_ONCE} bytes out of one piece`;

function streaming(make: () => Stream): MakeDecoder {
  return (): Decoder => {
    const stream = make();
    let made: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    stream.ondata = (chunk) => {
      if (chunk.byteLength > 0) made.push(chunk);
      if ((size += chunk.byteLength) > MOST_AT_ONCE) throw new Error(TOO_FAST);
    };
    return {
      push: (piece, final) => {
        made = [];
        size = 0;
        stream.push(piece, final);
        return made;
      },
    };
  };
}

export const inflateRaw: MakeDecoder = streaming(() => new Inflate());
export const inflateZlib: MakeDecoder = streaming(() => new Unzlib());
/** fzstd calls back with plain arrays; its windows are bounded by itself. */
export const inflateZstd: MakeDecoder = streaming(() => {
  const stream = new Decompress();
  return {
    set ondata(handler: Stream['ondata']) {
      stream.ondata = (chunk, final) => handler(Uint8Array.from(chunk), final === true);
    },
    push: (chunk, final) => {
      stream.push(chunk, final);
    },
  };
});
export const inflateXz: MakeDecoder = expandXz;
export const inflateLzma: MakeDecoder = expandLzma;
export const inflateBzip2: MakeDecoder = expandBzip2;
export const inflateLz4: MakeDecoder = expandLz4;

/** A member of a zip by its method; undefined where Assay does not read it. */
export function zipDecoder(method: number, size: number): MakeDecoder | undefined {
  switch (method) {
    case 8: return inflateRaw;
    case 12: return inflateBzip2;
    case 14: return expandZipLzma(size);
    case 20: case 93: return inflateZstd;
    case 95: return inflateXz;
    default: return undefined;
  }
}
