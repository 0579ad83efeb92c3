// LZ4 frames (lz4_Frame_format.md 1.6.x) as Arrow's buffers hold them: blocks that may refer back to earlier ones of the
// frame, checksums skipped, several frames one after another. Not read: dictionaries, legacy and skippable frames.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';

const MAGIC = 0x184d2204;
const FIRST = 64 * 1024;

/** The output grows as it is written, up to `most`: no declared length is trusted for allocation. */
class Output {
  readonly #most: Bytes;
  bytes = new Uint8Array(FIRST);
  length = 0;

  constructor(most: Bytes) {
    this.#most = most;
  }

  room(count: number): void {
    const needed = this.length + count;
    if (needed > this.#most) throw broken('output', `at most ${this.#most} bytes`, 'more');
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(this.#most, Math.max(needed, 2 * this.bytes.length)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  append(part: Uint8Array): void {
    this.room(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }
}

export function unpackLz4Frames(data: Uint8Array, most: Bytes): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Output(most);
  let at = 0;
  const need = (count: number): void => {
    if (at + count > data.length) throw broken('frame', `${count} bytes at ${at}`, `${data.length - at}`);
  };
  while (at < data.length) {
    need(7);
    if (view.getUint32(at, true) !== MAGIC) throw broken('magic', MAGIC.toString(16), view.getUint32(at, true).toString(16));
    const flags = data[at + 4] ?? 0;
    if (flags >> 6 !== 1) throw broken('version', '1', String(flags >> 6));
    if ((flags & 1) !== 0) throw broken('dictionary', 'none', 'one');
    at += 7 + ((flags & 8) !== 0 ? 8 : 0);
    const begin = out.length;
    for (;;) {
      need(4);
      const size = view.getUint32(at, true);
      at += 4;
      if (size === 0) break;
      const length = size & 0x7fffffff;
      need(length);
      const block = data.subarray(at, at + length);
      if (size >>> 31 === 1) out.append(block);
      else unpackBlock(block, out, begin);
      at += length + ((flags & 16) !== 0 ? 4 : 0);
    }
    at += (flags & 4) !== 0 ? 4 : 0;
  }
  return out.bytes.subarray(0, out.length);
}

/** begin: the frame's first byte in the output; nothing before it can be referred to. */
function unpackBlock(block: Uint8Array, out: Output, begin: number): void {
  let at = 0;
  const long = (start: number): number => {
    let length = start;
    for (let byte = 255; byte === 255; ) {
      byte = block[at++] ?? 0;
      length += byte;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = token >> 4 === 15 ? long(15) : token >> 4;
    if (at + literals > block.length) throw broken('literals', `${literals} bytes`, `${block.length - at}`);
    out.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has literals only.
    if (at >= block.length) return;
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const length = ((token & 15) === 15 ? long(15) : token & 15) + 4;
    if (distance === 0 || distance > out.length - begin) throw broken('distance', `1 to ${out.length - begin}`, String(distance));
    out.room(length);
    const { bytes } = out;
    for (let from = out.length - distance, to = out.length, end = to + length; to < end; from++, to++) bytes[to] = bytes[from] as number;
    out.length += length;
  }
}

function broken(field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code: 'malformed', format: 'lz4', field, expected, actual });
}
