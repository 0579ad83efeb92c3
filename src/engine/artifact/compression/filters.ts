// Filters that stand between data and LZMA in xz and 7z (the .xz file format 1.1.0, section 5.3; 7zFormat's methods): delta,
// and branch converters that write the targets of calls in machine code as absolute addresses. Undone here piece by piece.
// x86, PowerPC, ARM, ARM Thumb, ARM64 and SPARC; IA-64, RISC-V and BCJ2 (several streams) are not undone.

/** Converts what it can of `bytes` in place; says how many bytes are done. The rest comes again with what follows. */
type Convert = (bytes: Uint8Array, position: number) => number;

export class FilterStream {
  #held = new Uint8Array(0);
  #position: number;

  constructor(
    private readonly convert: Convert,
    start = 0,
  ) {
    this.#position = start;
  }

  push(piece: Uint8Array, final: boolean): Uint8Array {
    const bytes = new Uint8Array(this.#held.length + piece.length);
    bytes.set(this.#held);
    bytes.set(piece, this.#held.length);
    const done = this.convert(bytes, this.#position);
    this.#position += done;
    this.#held = final ? new Uint8Array(0) : bytes.slice(done);
    return final ? bytes : bytes.subarray(0, done);
  }
}

/** By the number that xz and newer 7z give the filter; undefined where it is not undone. `properties` as they stand in the header. */
export function filterOf(id: number, properties: Uint8Array): FilterStream | undefined {
  if (id === 3) return properties.length === 1 ? new FilterStream(delta((properties[0] ?? 0) + 1)) : undefined;
  const make = BRANCHES[id];
  const start = properties.length >= 4 ? new DataView(properties.buffer, properties.byteOffset).getUint32(0, true) : 0;
  return make === undefined ? undefined : new FilterStream(make(), start);
}

function delta(distance: number): Convert {
  const history = new Uint8Array(distance);
  let at = 0;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      history[at] = ((bytes[i] ?? 0) + (history[at] ?? 0)) & 0xff;
      bytes[i] = history[at] ?? 0;
      at = (at + 1) % distance;
    }
    return bytes.length;
  };
}

/** Instructions of four bytes; `change` gives the new word, or undefined where it stays. */
function words(little: boolean, change: (word: number, position: number) => number | undefined): () => Convert {
  return () => (bytes, position) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let i = 0;
    for (; i + 4 <= bytes.length; i += 4) {
      const word = change(view.getUint32(i, little), position + i);
      if (word !== undefined) view.setUint32(i, word, little);
    }
    return i;
  };
}

const powerpc = words(false, (word, at) => ((word & 0xfc000003) >>> 0 === 0x48000001 ? (0x48000001 | ((word - at) & 0x03fffffc)) >>> 0 : undefined));
const arm = words(true, (word, at) => (word >>> 24 === 0xeb ? ((0xeb << 24) | (((((word & 0xffffff) << 2) - (at + 8)) >>> 2) & 0xffffff)) >>> 0 : undefined));
const sparc = words(false, (word, at) => {
  if (word >>> 22 !== 0x100 && word >>> 22 !== 0x1ff) return undefined;
  const target = ((word << 2) - at) >>> 2;
  return ((0x40000000 - (target & 0x400000)) | 0x40000000 | (target & 0x3fffff)) >>> 0;
});
const arm64 = words(true, (word, at) => {
  if (word >>> 26 === 0x25) return (0x94000000 | ((word - (at >>> 2)) & 0x03ffffff)) >>> 0;
  if ((word & 0x9f000000) >>> 0 !== 0x90000000) return undefined;
  const page = ((word >>> 29) & 3) | ((word >>> 3) & 0x1ffffc);
  if (((page + 0x020000) & 0x1c0000) !== 0) return undefined;
  const target = page - (at >>> 12);
  return ((word & 0x9000001f) | ((target & 3) << 29) | ((target & 0x03fffc) << 3) | (-(target & 0x020000) & 0xe00000)) >>> 0;
});

const thumb = (): Convert => (bytes, position) => {
  let i = 0;
  for (; i + 4 <= bytes.length; i += 2) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(i, i + 4);
    if ((b & 0xf8) !== 0xf0 || (d & 0xf8) !== 0xf8) continue;
    const target = (((((b & 7) << 19) | (a << 11) | ((d & 7) << 8) | c) << 1) - (position + i + 4)) >>> 1;
    bytes.set([(target >>> 11) & 0xff, 0xf0 | ((target >>> 19) & 7), target & 0xff, 0xf8 | ((target >>> 8) & 7)], i);
    i += 2;
  }
  return i;
};

const ALLOWED = [true, true, true, false, true, false, false, false];
const BIT = [0, 1, 2, 2, 3, 3, 3, 3];
const isEnd = (byte: number): boolean => byte === 0 || byte === 0xff;

/** CALL and JMP with four bytes of distance; a mask of the last bytes keeps what lies inside other instructions as it is. */
const x86 = (): Convert => {
  let mask = 0;
  return (bytes, position) => {
    if (bytes.length <= 4) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let last = -1;
    let i = 0;
    for (; i < bytes.length - 4; i++) {
      if (((bytes[i] ?? 0) & 0xfe) !== 0xe8) continue;
      const gap = i - last;
      last = i;
      mask = gap > 3 ? 0 : (mask << (gap - 1)) & 7;
      if (mask !== 0 && (ALLOWED[mask] !== true || isEnd(bytes[i + 4 - (BIT[mask] ?? 0)] ?? 0))) {
        mask = (mask << 1) | 1;
        continue;
      }
      if (!isEnd(bytes[i + 4] ?? 1)) {
        mask = (mask << 1) | 1;
        continue;
      }
      let source = view.getUint32(i + 1, true);
      let target: number;
      for (;;) {
        target = (source - (position + i + 5)) >>> 0;
        const shift = (BIT[mask] ?? 0) * 8;
        if (mask === 0 || !isEnd((target >>> (24 - shift)) & 0xff)) break;
        source = (target ^ (2 ** (32 - shift) - 1)) >>> 0;
      }
      view.setUint32(i + 1, ((target & 0x01ffffff) | -(target & 0x01000000)) >>> 0, true);
      i += 4;
    }
    const gap = i - last;
    mask = gap > 3 ? 0 : mask << (gap - 1);
    return i;
  };
};

const BRANCHES: Readonly<Record<number, () => Convert>> = { 4: x86, 5: powerpc, 7: arm, 8: thumb, 9: sparc, 10: arm64 };
