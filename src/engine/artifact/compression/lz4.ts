// LZ4 frames (lz4_Frame_format 1.6.4), as joblib and the lz4 tool write them: blocks of at most 4 MB, linked or not, plain blocks,
// skippable frames, several frames in a row. A block is decoded when all of it is there. Checksums are stepped over, not
// checked; frames with a dictionary are refused.
import type { Decoder, MakeDecoder } from '../containers/expanded-source.ts';
import { Feed } from './feed.ts';

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
/** How far back a match may reach. */
const REACH = 65_535;
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 2 ** 16, 5: 2 ** 18, 6: 2 ** 20, 7: 2 ** 22 };

export const expandLz4: MakeDecoder = () => new Lz4Decoder();

class Lz4Decoder implements Decoder {
  readonly #feed = new Feed();
  #frame: { readonly most: number; readonly linked: boolean; readonly blockSum: boolean; readonly contentSum: boolean } | undefined;
  #skip = 0;
  /** The last bytes that came out, for matches that reach into an earlier block. */
  #before = new Uint8Array(0);

  push(piece: Uint8Array<ArrayBuffer>, final: boolean): readonly Uint8Array[] {
    this.#feed.add(piece, final);
    const made: Uint8Array[] = [];
    while (this.#step(made)) {
      // One block or header at a time.
    }
    return made;
  }

  #step(made: Uint8Array[]): boolean {
    const feed = this.#feed;
    if (this.#skip > 0) {
      const taken = Math.min(this.#skip, feed.left);
      feed.at += taken;
      this.#skip -= taken;
      if (this.#skip > 0 && feed.last) throw new Error('compressed data ends early');
      return taken > 0;
    }
    if (this.#frame === undefined) return feed.left === 0 && feed.last ? false : this.#header();
    if (!feed.has(4)) return false;
    const word = feed.view().getUint32(0, true);
    if (word === 0) {
      const tail = this.#frame.contentSum ? 4 : 0;
      if (!feed.has(4 + tail)) return false;
      feed.at += 4 + tail;
      this.#frame = undefined;
      return true;
    }
    const size = word & 0x7fffffff;
    if (size > this.#frame.most) throw new Error('LZ4 block larger than its frame allows');
    const tail = this.#frame.blockSum ? 4 : 0;
    if (!feed.has(4 + size + tail)) return false;
    const block = feed.bytes.subarray(feed.at + 4, feed.at + 4 + size);
    const before = this.#frame.linked ? this.#before : new Uint8Array(0);
    const out = word >>> 31 === 1 ? block.slice() : expandBlock(block, before, this.#frame.most);
    feed.at += 4 + size + tail;
    const kept = new Uint8Array(before.byteLength + out.byteLength);
    kept.set(before);
    kept.set(out, before.byteLength);
    this.#before = kept.slice(Math.max(0, kept.byteLength - REACH));
    if (out.byteLength > 0) made.push(out);
    return true;
  }

  #header(): boolean {
    const feed = this.#feed;
    if (!feed.has(7)) return false;
    const view = feed.view();
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      if (!feed.has(8)) return false;
      this.#skip = view.getUint32(4, true);
      feed.at += 8;
      return true;
    }
    const [flags, sizes] = [feed.byte(4), feed.byte(5)];
    const most = BLOCK_SIZES[(sizes >> 4) & 7];
    if (magic !== MAGIC || flags >> 6 !== 1 || most === undefined) throw new Error('not an LZ4 frame');
    if ((flags & 1) !== 0) throw new Error('an LZ4 frame with a dictionary');
    const length = 7 + ((flags & 8) !== 0 ? 8 : 0);
    if (!feed.has(length)) return false;
    feed.at += length;
    this.#frame = { most, linked: (flags & 0x20) === 0, blockSum: (flags & 0x10) !== 0, contentSum: (flags & 4) !== 0 };
    this.#before = new Uint8Array(0);
    return true;
  }
}

/** One compressed block: literals and matches in turn. Never more than `most` bytes. */
function expandBlock(block: Uint8Array, before: Uint8Array, most: number): Uint8Array {
  let out = new Uint8Array(Math.min(most, Math.max(256, block.byteLength * 4)));
  let [at, size] = [0, 0];
  const room = (count: number): void => {
    if (size + count > most) throw new Error('LZ4 block expands to more than its frame allows');
    if (size + count <= out.byteLength) return;
    const larger = new Uint8Array(Math.min(most, Math.max(size + count, out.byteLength * 2)));
    larger.set(out.subarray(0, size));
    out = larger;
  };
  const lengthOf = (start: number): number => {
    let length = start;
    if (start !== 15) return length;
    for (;;) {
      const more = block[at++];
      if (more === undefined) throw new Error('LZ4 block ends inside a length');
      length += more;
      if (more !== 255) return length;
    }
  };
  while (at < block.byteLength) {
    const token = block[at++] ?? 0;
    const literals = lengthOf(token >> 4);
    if (at + literals > block.byteLength) throw new Error('LZ4 literals reach beyond their block');
    room(literals);
    out.set(block.subarray(at, at + literals), size);
    at += literals;
    size += literals;
    if (at >= block.byteLength) break;
    const offset = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    if (offset === 0 || offset > size + before.byteLength) throw new Error('an LZ4 match reaches before the beginning');
    const length = lengthOf(token & 15) + 4;
    room(length);
    for (let i = 0; i < length; i++, size++) {
      const from = size - offset;
      out[size] = (from >= 0 ? out[from] : before[before.byteLength + from]) ?? 0;
    }
  }
  return out.subarray(0, size);
}
