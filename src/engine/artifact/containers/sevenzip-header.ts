// The header of a 7z archive (7zFormat.txt of the LZMA SDK): packed streams, folders of coders, and the files in them. Every
// number is checked against the header's own length or a limit before it is used to loop or allocate.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Bytes } from '../../core/units.ts';

export interface Coder {
  readonly method: string;
  readonly properties: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
}

export interface Folder {
  readonly coders: readonly Coder[];
  /** Unpacked size of each coder's output; the folder's own is the largest chain's last. */
  sizes: readonly Bytes[];
  readonly packed: number;
}

export interface Streams {
  readonly packAt: Bytes;
  readonly packSizes: readonly Bytes[];
  readonly folders: readonly Folder[];
  /** Sizes of the files in each folder, one after another. */
  readonly parts: readonly (readonly Bytes[])[];
}

export interface SevenZipHeader {
  readonly streams: Streams;
  readonly names: readonly string[];
  /** True for files without a stream (folders and empty files). */
  readonly empty: readonly boolean[];
}

const LIMITS = { folders: 10_000, coders: 32, files: 100_000, streams: 100_000, name: 4096 } as const;

const ID = { end: 0, header: 1, mainStreams: 4, files: 5, pack: 6, unpack: 7, sub: 8, size: 9, crc: 10, folder: 11, unpackSize: 12, unpackStream: 13, emptyStream: 14, names: 17, encoded: 23 } as const;

export class HeaderReader {
  #at = 0;
  /** True where folders have digests of their own: those of one file are then not said again. */
  #folderDigests = false;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {}

  /** 'encoded' where the header itself is packed. */
  read(): SevenZipHeader | { readonly encoded: Streams } {
    const id = this.#number();
    if (id === ID.encoded) return { encoded: this.#streams() };
    if (id !== ID.header) throw this.#wrong('header', 'a header', `property ${id}`);
    let streams: Streams = { packAt: 0, packSizes: [], folders: [], parts: [] };
    let files: Pick<SevenZipHeader, 'names' | 'empty'> = { names: [], empty: [] };
    for (let property = this.#number(); property !== ID.end; property = this.#number()) {
      if (property === ID.mainStreams) streams = this.#streams();
      else if (property === ID.files) files = this.#files();
      else if (property === 2) this.#skipArchiveProperties();
      else throw this.#wrong('header', 'a property of a header', String(property));
      if (this.#at >= this.bytes.length) break;
    }
    return { streams, ...files };
  }

  #skipArchiveProperties(): void {
    for (let property = this.#number(); property !== ID.end; property = this.#number()) this.#take(this.#number());
  }

  #streams(): Streams {
    let [packAt, packSizes]: [Bytes, Bytes[]] = [0, []];
    let folders: Folder[] = [];
    let parts: Bytes[][] | undefined;
    for (let property = this.#number(); property !== ID.end; property = this.#number()) {
      if (property === ID.pack) [packAt, packSizes] = this.#pack();
      else if (property === ID.unpack) folders = this.#unpack();
      else if (property === ID.sub) parts = this.#parts(folders);
      else throw this.#wrong('streams', 'a property of streams', String(property));
    }
    return { packAt, packSizes, folders, parts: parts ?? folders.map((folder) => [sizeOf(folder)]) };
  }

  #pack(): [Bytes, Bytes[]] {
    const at = this.#number();
    const count = this.#count('packed streams', LIMITS.streams);
    let sizes: Bytes[] = [];
    for (let property = this.#number(); property !== ID.end; property = this.#number()) {
      if (property === ID.size) sizes = this.#numbers(count);
      else if (property === ID.crc) this.#digests(count);
      else throw this.#wrong('packed streams', 'sizes or digests', String(property));
    }
    return [at, sizes];
  }

  #unpack(): Folder[] {
    if (this.#number() !== ID.folder) throw this.#wrong('folders', 'folders', 'something else');
    const count = this.#count('folders', LIMITS.folders);
    if (this.#byte() !== 0) throw this.#wrong('folders', 'folders in place', 'folders elsewhere');
    const folders = Array.from({ length: count }, () => this.#folder());
    for (let property = this.#number(); property !== ID.end; property = this.#number()) {
      if (property === ID.unpackSize) for (const folder of folders) folder.sizes = this.#numbers(folder.coders.reduce((sum, { outputs }) => sum + outputs, 0));
      else if (property === ID.crc) {
        this.#digests(count);
        this.#folderDigests = true;
      } else throw this.#wrong('folders', 'sizes or digests', String(property));
    }
    return folders;
  }

  #folder(): Folder {
    const coders = Array.from({ length: this.#count('coders', LIMITS.coders) }, (): Coder => {
      const flags = this.#byte();
      const method = [...this.#take(flags & 15)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const complex = (flags & 16) !== 0;
      const [inputs, outputs] = complex ? [this.#count('inputs', LIMITS.coders), this.#count('outputs', LIMITS.coders)] : [1, 1];
      return { method, inputs, outputs, properties: (flags & 32) === 0 ? new Uint8Array(0) : this.#take(this.#number()) };
    });
    const [inputs, outputs] = [coders.reduce((sum, coder) => sum + coder.inputs, 0), coders.reduce((sum, coder) => sum + coder.outputs, 0)];
    if (outputs === 0) throw this.#wrong('coders', 'an output', 'none');
    for (let i = 0; i < outputs - 1; i++) {
      this.#number();
      this.#number();
    }
    const packed = inputs - (outputs - 1);
    if (packed > 1) for (let i = 0; i < packed; i++) this.#number();
    return { coders, sizes: [], packed: Math.max(1, packed) };
  }

  #parts(folders: readonly Folder[]): Bytes[][] {
    let counts = folders.map(() => 1);
    let property = this.#number();
    if (property === ID.unpackStream) {
      counts = folders.map(() => this.#count('files of a folder', LIMITS.files));
      property = this.#number();
    }
    const sizes = property === ID.size;
    const parts = folders.map((folder, i) => {
      const count = counts[i] ?? 0;
      if (count === 0) return [];
      const own = sizes ? this.#numbers(count - 1) : [];
      return [...own, Math.max(0, sizeOf(folder) - own.reduce((sum, size) => sum + size, 0))];
    });
    if (sizes) property = this.#number();
    const unsaid = counts.reduce((sum, count) => sum + (count === 1 && this.#folderDigests ? 0 : count), 0);
    for (; property !== ID.end; property = this.#number()) {
      if (property !== ID.crc) throw this.#wrong('files of folders', 'digests', String(property));
      this.#digests(unsaid);
    }
    return parts;
  }

  #files(): Pick<SevenZipHeader, 'names' | 'empty'> {
    const count = this.#count('files', LIMITS.files);
    let names: string[] = [];
    let empty: boolean[] = [];
    for (let property = this.#number(); property !== ID.end; property = this.#number()) {
      const size = this.#number();
      const part = this.#take(size);
      if (property === ID.names) names = namesIn(part, count);
      else if (property === ID.emptyStream) empty = Array.from({ length: count }, (_, i) => (((part[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1);
      if (this.#at >= this.bytes.length) break;
    }
    while (names.length < count) names.push(`file ${names.length}`);
    return { names, empty: Array.from({ length: count }, (_, i) => empty[i] ?? false) };
  }

  /** Which are there (all, or a bit for each), then four bytes each. */
  #digests(count: number): void {
    let there = count;
    if (this.#byte() === 0) there = this.#take(Math.ceil(count / 8)).reduce((sum, bits) => sum + [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => ((bits >> i) & 1) === 1).length, 0);
    this.#take(4 * there);
  }

  #count(field: string, most: number): number {
    const count = this.#number();
    if (count > most || count > this.bytes.length) throw this.#wrong(field, `at most ${Math.min(most, this.bytes.length)}`, String(count));
    return count;
  }

  #numbers(count: number): Bytes[] {
    if (count > this.bytes.length - this.#at) throw this.#wrong('sizes', `at most ${this.bytes.length - this.#at}`, String(count));
    return Array.from({ length: count }, () => this.#number());
  }

  /** Up to 8 bytes; the first tells how many follow. */
  #number(): number {
    const first = this.#byte();
    let value = 0;
    for (let i = 0, mask = 0x80; i < 8; i++, mask >>= 1) {
      if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * i);
      value += this.#byte() * 2 ** (8 * i);
    }
    return value;
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  #take(count: number): Uint8Array {
    if (count > this.bytes.length - this.#at) throw this.#wrong('header', `${count} more bytes`, `${this.bytes.length - this.#at}`);
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }

  #wrong(field: string, expected: string, actual: string): ArtifactError {
    return new ArtifactError({ code: 'malformed', format: '7z', file: this.file, field, expected, actual });
  }
}

/** The output that nothing else takes in: of a plain chain, the largest. */
export function sizeOf({ sizes }: Folder): Bytes {
  return sizes.reduce((most, size) => Math.max(most, size), 0);
}

/** UTF-16, each ended by a zero, behind one byte that tells whether they stand here. */
function namesIn(part: Uint8Array, count: number): string[] {
  const names: string[] = [];
  let name = '';
  for (let i = 1; i + 1 < part.length && names.length < count; i += 2) {
    const code = (part[i] ?? 0) | ((part[i + 1] ?? 0) << 8);
    if (code === 0) {
      names.push(name);
      name = '';
    } else if (name.length < LIMITS.name) name += String.fromCharCode(code);
  }
  return names;
}
