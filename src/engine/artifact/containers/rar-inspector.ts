// RAR archives (RAR 5.0 archive format, and the older blocks of RAR 1.5 to 4) for static rules: the headers are read, members
// that are stored as they are are handed over, and packed or encrypted ones are listed as not inspected: RAR's compression is
// not open.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe } from '../../core/cancel.ts';
import type { Bytes } from '../../core/units.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import { crc32 } from './crc32.ts';
import { windowSource } from './sources.ts';

export interface RarMember {
  readonly name: string;
  readonly at: Bytes;
  readonly size: Bytes;
  /** Where it leads, for a link. */
  readonly target: string | undefined;
}

export interface RarContent {
  readonly members: readonly RarMember[];
}

const LIMITS = { /** CWE-400. */ maxBlocks: 50_000, maxHeader: 2 ** 21, maxName: 4096 } as const;
const OLD = 'Rar!\x1a\x07\0';
const NEW = 'Rar!\x1a\x07\x01\0';

export const rarInspector: Inspector<RarContent> = {
  format: 'rar',
  match: ({ head }) => (versionOf(head) === undefined ? undefined : { format: 'rar', sure: 'certain', why: 'starts with the signature of RAR' }),
  async inspect(source, desk) {
    const version = versionOf(await source.slice(0, 8));
    const signature = version === 5 ? NEW.length : OLD.length;
    desk.parsed(0, signature, 'signature');
    const members: RarMember[] = [];
    let at = signature;
    for (let blocks = 0; at < source.size; blocks++) {
      await breathe(desk.signal);
      if (blocks >= LIMITS.maxBlocks) throw wrong(source, at, 'blocks', `at most ${LIMITS.maxBlocks}`, 'more', 'limit-exceeded');
      const block = version === 5 ? await newBlock(source, at) : await oldBlock(source, at);
      if (block === 'encrypted') {
        desk.opaque(at, source.size, 'encrypted: not even the names can be read');
        break;
      }
      desk.parsed(at, block.dataAt, 'header');
      if (block.file !== undefined) handOver(source, block.file, block.dataAt, block.dataEnd, members, desk);
      else desk.skipped(block.dataAt, block.dataEnd, 'comments, indexes and recovery records of RAR');
      at = block.dataEnd;
      if (block.last) break;
    }
    return { members };
  },
};

interface FileHeader {
  readonly name: string;
  readonly size: Bytes;
  readonly folder: boolean;
  readonly target: string | undefined;
  /** Why its bytes cannot be had. */
  readonly unreadable: string | undefined;
}

interface Block {
  readonly file: FileHeader | undefined;
  readonly dataAt: Bytes;
  readonly dataEnd: Bytes;
  readonly last: boolean;
}

function versionOf(head: Uint8Array): 4 | 5 | undefined {
  const starts = (signature: string): boolean => [...signature].every((character, i) => head[i] === character.charCodeAt(0));
  return starts(NEW) ? 5 : starts(OLD) ? 4 : undefined;
}

function handOver(source: ByteSource, { name, size, folder, target, unreadable }: FileHeader, begin: Bytes, end: Bytes, members: RarMember[], desk: Desk): void {
  members.push({ name, at: begin, size, target });
  if (folder || end === begin) return;
  if (unreadable === undefined) desk.parsed(begin, end, 'members');
  else desk.opaque(begin, end, `${name.slice(0, 80)}: ${unreadable}`);
  desk.member({ name, source: windowSource(source, `${source.path}!${name}`, begin, end), ...(unreadable === undefined ? {} : { unreadable }) });
}

const PACKED = 'packed by a method of RAR, which Assay does not undo';

/** RAR 5: CRC, then numbers of seven bits a byte: size, type, flags, and what the flags and the type ask for. */
async function newBlock(source: ByteSource, at: Bytes): Promise<Block | 'encrypted'> {
  const front = new Numbers(await source.slice(at + 4, at + 16), source, at + 4);
  const size = front.next();
  const begin = at + 4 + front.at;
  if (size < 2 || size > LIMITS.maxHeader || begin + size > source.size) throw wrong(source, at, 'header', `at most ${Math.min(LIMITS.maxHeader, source.size - begin)} bytes`, String(size));
  const header = new Numbers(await source.slice(begin, begin + size), source, begin);
  const [type, flags] = [header.next(), header.next()];
  // That the rest is encrypted is believed of a block that is whole only: damage looks the same.
  if (type === 4) return await isWhole5(source, at, begin + size) ? 'encrypted' : damaged(source, at);
  const extra = (flags & 1) === 0 ? 0 : header.next();
  const data = (flags & 2) === 0 ? 0 : header.next();
  const dataAt = begin + size;
  if (data > source.size - dataAt) throw wrong(source, at, 'data', `at most ${source.size - dataAt} bytes`, String(data));
  return { file: type === 2 ? newFile(header, extra) : undefined, dataAt, dataEnd: dataAt + data, last: type === 5 };
}

function newFile(header: Numbers, extra: Bytes): FileHeader {
  const flags = header.next();
  const size = header.next();
  header.next();
  header.skip(((flags & 2) === 0 ? 0 : 4) + ((flags & 4) === 0 ? 0 : 4));
  const method = (header.next() >> 7) & 7;
  header.next();
  const name = header.text(header.next());
  let target: string | undefined;
  let encrypted = false;
  for (header.from(extra); header.left > 0; ) {
    const length = header.next();
    const end = header.at + length;
    const type = header.next();
    if (type === 1) encrypted = true;
    if (type === 5) {
      header.next();
      header.next();
      target = header.text(header.next());
    }
    header.to(end);
  }
  return { name, size, folder: (flags & 1) !== 0, target, unreadable: encrypted ? 'encrypted' : method === 0 ? undefined : PACKED };
}

/** The CRC in front covers everything behind it. */
async function isWhole5(source: ByteSource, at: Bytes, end: Bytes): Promise<boolean> {
  const bytes = await source.slice(at, end);
  return crc32(bytes.subarray(4)) === new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

function damaged(source: ByteSource, at: Bytes): never {
  throw wrong(source, at, 'header CRC', 'the CRC of the header', 'another');
}

/** RAR 1.5 to 4: CRC, type, flags, size, and the size of what follows where the flags say so. */
async function oldBlock(source: ByteSource, at: Bytes): Promise<Block | 'encrypted'> {
  const front = await source.slice(at, at + 7);
  if (front.byteLength < 7) throw wrong(source, at, 'header', '7 bytes', String(front.byteLength));
  const view = new DataView(front.buffer, front.byteOffset);
  const [type, flags, size] = [view.getUint8(2), view.getUint16(3, true), view.getUint16(5, true)];
  if (size < 7 || at + size > source.size) throw wrong(source, at, 'header', `7 to ${source.size - at} bytes`, String(size));
  const header = await source.slice(at, at + size);
  if (type === 0x73 && (flags & 0x80) !== 0) return (crc32(header.subarray(2)) & 0xffff) === view.getUint16(0, true) ? 'encrypted' : damaged(source, at);
  const fields = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const file = type === 0x74 || type === 0x7a;
  const wide = file && (flags & 0x100) !== 0 && size >= 40 ? fields.getUint32(32, true) * 2 ** 32 : 0;
  const data = (flags & 0x8000) !== 0 && size >= 11 ? fields.getUint32(7, true) + wide : 0;
  const dataAt = at + size;
  if (data > source.size - dataAt) throw wrong(source, at, 'data', `at most ${source.size - dataAt} bytes`, String(data));
  return { file: type === 0x74 && size >= 32 ? oldFile(fields, header, flags) : undefined, dataAt, dataEnd: dataAt + data, last: type === 0x7b };
}

function oldFile(fields: DataView, header: Uint8Array, flags: number): FileHeader {
  const begin = (flags & 0x100) === 0 ? 32 : 40;
  const name = new TextDecoder('utf-8').decode(header.subarray(begin, begin + Math.min(LIMITS.maxName, fields.getUint16(26, true))));
  return { name: name.split('\0')[0] ?? '', size: fields.getUint32(11, true), folder: (flags & 0xe0) === 0xe0, target: undefined, unreadable: (flags & 4) !== 0 ? 'encrypted' : fields.getUint8(25) === 0x30 ? undefined : PACKED };
}

/** Numbers of seven bits a byte, one after another, never past the end. */
class Numbers {
  at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly source: ByteSource,
    private readonly offset: Bytes,
  ) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  next(): number {
    let value = 0;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.at];
      if (byte === undefined) break;
      this.at++;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw wrong(this.source, this.offset + this.at, 'number', 'at most 8 bytes', 'more, or the end of the header');
  }

  text(length: number): string {
    const text = new TextDecoder('utf-8').decode(this.bytes.subarray(this.at, this.at + Math.min(length, LIMITS.maxName)));
    this.skip(length);
    return text;
  }

  skip(count: number): void {
    this.to(this.at + count);
  }

  /** To the last `count` bytes. */
  from(count: number): void {
    this.to(this.bytes.length - count);
  }

  to(at: number): void {
    if (at < this.at || at > this.bytes.length) throw wrong(this.source, this.offset + this.at, 'header', `a field that ends within ${this.bytes.length} bytes`, `one that ends at ${at}`);
    this.at = at;
  }
}

function wrong(source: ByteSource, offset: Bytes, field: string, expected: string, actual: string, code: 'malformed' | 'limit-exceeded' = 'malformed'): ArtifactError {
  return new ArtifactError({ code, format: 'rar', file: source.path, offset, field, expected, actual });
}
