// Containers of LZMA for a single stream: .xz (the .xz file format 1.1.0; LZMA2, with or without filters before it), .lzma (13 bytes of header) and LZMA inside zip (method 14). Checks (CRC32, CRC64, SHA-256) are passed over:
// what a damaged file holds is looked at all the same.
import type { Decoder, MakeDecoder } from '../containers/expanded-source.ts';
import { Feed } from './feed.ts';
import { filterOf, type FilterStream } from './filters.ts';
import { LzmaDecoder, Output, propertiesOf } from './lzma.ts';
import { Lzma2Decoder } from './lzma2.ts';

const GIVE: number = 2 ** 20;
/** Bytes made of one piece (CWE-409). */
const MOST_AT_ONCE = 2 ** 27;

/** `whole`: nothing more comes behind, so that filters give what they hold back. */
function keep(made: Uint8Array[], out: Output, filters: readonly FilterStream[] = [], whole = false): void {
  if (out.pending === 0 && !(whole && filters.length > 0)) return;
  made.push(filters.reduce<Uint8Array>((bytes, filter) => filter.push(bytes, whole), out.pending === 0 ? new Uint8Array(0) : out.take()));
  if (made.reduce((sum, { byteLength }) => sum + byteLength, 0) > MOST_AT_ONCE) throw new Error('LZMA data that expands without end');
}

const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

class XzDecoder implements Decoder {
  readonly #feed = new Feed();
  #stage: 'stream' | 'block' | 'data' | 'padding' | 'index' | 'done' = 'stream';
  #check = 0;
  #blockBytes = 0;
  #out = new Output(2 ** 16);
  #data = new Lzma2Decoder(this.#out);
  /** In the order in which they are undone. */
  #filters: FilterStream[] = [];

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    this.#feed.add(piece, final);
    const made: Uint8Array[] = [];
    while (this.#stage !== 'done' && this.#step()) {
      keep(made, this.#out, this.#filters, this.#stage === 'padding');
      if (this.#feed.last && this.#feed.left === 0) break;
    }
    if (final && this.#stage !== 'done' && this.#stage !== 'stream') throw new Error('xz data ends early');
    return made;
  }

  #step(): boolean {
    const feed = this.#feed;
    switch (this.#stage) {
      case 'stream':
        if (!feed.has(12)) return false;
        if (feed.byte() !== 0xfd || feed.byte(1) !== 0x37 || feed.byte(2) !== 0x7a) throw new Error('no xz stream');
        this.#check = CHECK_BYTES[feed.byte(7) & 15] ?? 0;
        feed.at += 12;
        this.#stage = 'block';
        return true;
      case 'block':
        return this.#block();
      case 'data': {
        const before = feed.at;
        const more = this.#data.step(feed);
        this.#blockBytes += feed.at - before;
        if (this.#data.ended) this.#stage = 'padding';
        return more;
      }
      case 'padding': {
        const size = ((4 - (this.#blockBytes % 4)) % 4) + this.#check;
        if (!feed.has(size)) return false;
        feed.at += size;
        this.#stage = 'block';
        return true;
      }
      default:
        return this.#index();
    }
  }

  #block(): boolean {
    const feed = this.#feed;
    if (!feed.has(1)) return false;
    if (feed.byte() === 0) {
      this.#stage = 'index';
      return true;
    }
    const size = (feed.byte() + 1) * 4;
    if (!feed.has(size)) return false;
    const flags = feed.byte(1);
    let at = 2;
    const number = (): number => {
      let value = 0;
      for (let shift = 0; at < size - 4; shift += 7) {
        const byte = feed.byte(at++);
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) break;
      }
      return value;
    };
    if ((flags & 0x40) !== 0) number();
    if ((flags & 0x80) !== 0) number();
    this.#filters = [];
    for (let left = flags & 3; left > 0; left--) {
      const id = number();
      const length = number();
      if (length > size - 4 - at) throw new Error('xz filter properties out of range');
      const filter = filterOf(id, feed.bytes.slice(feed.at + at, feed.at + at + length));
      if (filter === undefined) throw new Error(`the xz filter ${id}, which is not undone`);
      this.#filters.unshift(filter);
      at += length;
    }
    if (number() !== 0x21) throw new Error('an xz filter that is not LZMA2');
    const length = number();
    if (length !== 1 || at >= size - 4) throw new Error('xz filter properties out of range');
    this.#out = new Output(dictionarySize(feed.byte(at)));
    this.#data = new Lzma2Decoder(this.#out);
    this.#blockBytes = size;
    feed.at += size;
    this.#stage = 'data';
    return true;
  }

  /** Index and footer hold nothing of the content; what follows may be another stream. */
  #index(): boolean {
    const feed = this.#feed;
    for (let i = feed.at; i + 2 <= feed.bytes.length; i++) {
      if (feed.bytes[i] !== 0x59 || feed.bytes[i + 1] !== 0x5a || (i - feed.at) % 4 !== 2) continue;
      feed.at = i + 2;
      while (feed.left > 0 && feed.byte() === 0) feed.at++;
      this.#stage = feed.left === 0 && feed.last ? 'done' : 'stream';
      return true;
    }
    if (feed.last) throw new Error('xz data ends without a footer');
    return false;
  }
}

/** One byte: mantissa and exponent. */
function dictionarySize(code: number): number {
  const bits = code & 0x3f;
  return bits >= 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** LZMA behind a header of its own: where it begins, how large the result is (undefined: until the end mark). */
interface LzmaHeader {
  readonly bytes: number;
  readonly properties: number;
  readonly dictionary: number;
  readonly size: number | undefined;
}

class LzmaStream implements Decoder {
  readonly #feed = new Feed();
  #lzma: LzmaDecoder | undefined;
  #out = new Output(4096);
  #until = Number.MAX_SAFE_INTEGER;

  constructor(private readonly header: (feed: Feed) => LzmaHeader | undefined) {}

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    const feed = this.#feed;
    feed.add(piece, final);
    const made: Uint8Array[] = [];
    if (this.#lzma === undefined) {
      const header = this.header(feed);
      if (header === undefined || !feed.has(header.bytes + 5)) return made;
      this.#out = new Output(header.dictionary);
      this.#lzma = new LzmaDecoder(this.#out, propertiesOf(header.properties));
      this.#until = header.size ?? Number.MAX_SAFE_INTEGER;
      feed.at = this.#lzma.begin(feed.bytes, feed.at + header.bytes);
    }
    for (let before = -1; !this.#lzma.ended && this.#out.total < this.#until && (feed.at !== before || this.#out.pending > 0); ) {
      before = feed.at;
      feed.at = this.#lzma.run(feed.bytes, feed.at, feed.last, this.#until, GIVE);
      keep(made, this.#out);
    }
    if (final && !this.#lzma.ended && this.#out.total < this.#until && this.#until !== Number.MAX_SAFE_INTEGER) throw new Error('LZMA data ends early');
    return made;
  }
}

export const expandXz: MakeDecoder = () => new XzDecoder();

export const expandLzma: MakeDecoder = () =>
  new LzmaStream((feed) => {
    if (!feed.has(13)) return undefined;
    const [low, high] = [feed.view(5).getUint32(0, true), feed.view(9).getUint32(0, true)];
    return { bytes: 13, properties: feed.byte(), dictionary: feed.view(1).getUint32(0, true), size: low === 0xffffffff && high === 0xffffffff ? undefined : high * 2 ** 32 + low };
  });

/** In zip: version (2 bytes), size of the properties (2), the properties; the size stands in the zip's headers. */
export const expandZipLzma = (size: number): MakeDecoder => () =>
  new LzmaStream((feed) => (feed.has(9) ? { bytes: 9, properties: feed.byte(4), dictionary: feed.view(5).getUint32(0, true), size } : undefined));

/** Without a header: five bytes of properties, as 7z keeps them with the folder. */
export const expandRawLzma = (properties: Uint8Array, size: number): MakeDecoder => () =>
  new LzmaStream(() => ({ bytes: 0, properties: properties[0] ?? 0, dictionary: new DataView(properties.buffer, properties.byteOffset).getUint32(1, true), size }));

class Lzma2Stream implements Decoder {
  readonly #feed = new Feed();
  readonly #out: Output;
  readonly #data: Lzma2Decoder;

  constructor(dictionary: number) {
    this.#out = new Output(dictionarySize(dictionary));
    this.#data = new Lzma2Decoder(this.#out);
  }

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    this.#feed.add(piece, final);
    const made: Uint8Array[] = [];
    while (!this.#data.ended && this.#data.step(this.#feed)) keep(made, this.#out);
    return made;
  }
}

/** LZMA2 without a container; `dictionary` as one byte. */
export const expandLzma2 = (dictionary: number): MakeDecoder => () => new Lzma2Stream(dictionary);
