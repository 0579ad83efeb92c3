// Decompressors behind one interface. DEFLATE, zlib and gzip are fflate's (MIT), which streams.
import { Gunzip, Inflate, Unzlib } from 'fflate';
import type { Decoder, MakeDecoder } from './expanded-source.ts';

interface Stream {
  ondata: (chunk: Uint8Array<ArrayBuffer>, final: boolean) => void;
  push(chunk: Uint8Array<ArrayBuffer>, final?: boolean): void;
}

function streaming(make: () => Stream): MakeDecoder {
  return (): Decoder => {
    const stream = make();
    let made: Uint8Array<ArrayBuffer>[] = [];
    stream.ondata = (chunk) => {
      if (chunk.byteLength > 0) made.push(chunk);
    };
    return {
      push: (piece, final) => {
        made = [];
        stream.push(piece, final);
        return made;
      },
    };
  };
}

export const inflateRaw: MakeDecoder = streaming(() => new Inflate());
export const inflateZlib: MakeDecoder = streaming(() => new Unzlib());
export const inflateGzip: MakeDecoder = streaming(() => new Gunzip());
