// The records of a zip archive (PKWARE APPNOTE 6.3.10): local headers, central directory, their ends, zip64. Read as they
// stand, nothing believed: both views of a member are kept so that they can be compared.
import type { ByteSource } from '../../core/byte-source.ts';
import type { Bytes } from '../../core/units.ts';

export const ZIP_LIMITS = {
  /** Members of one archive (CWE-400). */
  maxMembers: 50_000,
  /** Where the end record is looked for: its comment is at most that long. */
  maxComment: 65_535,
  maxDirectory: 2 ** 26,
} as const;

/** What a local header or a central record says of a member. */
export interface ZipFields {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: Bytes;
  readonly size: Bytes;
  /** The name out of Info-ZIP's Unicode Path field (0x7075), which some programs take instead; undefined where there is none. */
  readonly otherName: string | undefined;
}

export interface CentralRecord extends ZipFields {
  readonly at: Bytes;
  /** As written; add the archive's shift for the place in the file. */
  readonly localAt: Bytes;
  /** Unix mode out of the external attributes; 0 where there is none. */
  readonly mode: number;
}

export interface LocalHeader extends ZipFields {
  readonly at: Bytes;
  readonly dataAt: Bytes;
  /** Sizes and CRC stand behind the data, not here. */
  readonly deferred: boolean;
}

export interface EndRecord {
  readonly at: Bytes;
  readonly end: Bytes;
  readonly count: number;
  readonly directorySize: Bytes;
  readonly directoryAt: Bytes;
  /** Where the directory really is: before the end record(s). */
  readonly foundAt: Bytes;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const LATIN = new TextDecoder('latin1');

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return LATIN.decode(bytes);
  }
}

/** The last end record whose comment fits the file; undefined without one. */
export async function findEnd(source: ByteSource): Promise<EndRecord | undefined> {
  const begin = Math.max(0, source.size - ZIP_LIMITS.maxComment - 22);
  const tail = await source.slice(begin, source.size);
  const data = view(tail);
  let loose: number | undefined;
  for (let i = tail.byteLength - 22; i >= 0; i--) {
    if (data.getUint32(i, true) !== END) continue;
    if (i + 22 + data.getUint16(i + 20, true) === tail.byteLength) return readEnd(source, begin + i, tail.subarray(i, i + 22));
    loose ??= i;
  }
  // Bytes behind the comment: other readers take it all the same.
  return loose === undefined ? undefined : readEnd(source, begin + loose, tail.subarray(loose, loose + 22));
}

async function readEnd(source: ByteSource, at: Bytes, bytes: Uint8Array): Promise<EndRecord> {
  const data = view(bytes);
  let [count, directorySize, directoryAt] = [data.getUint16(10, true), data.getUint32(12, true), data.getUint32(16, true)];
  let first = at;
  if (at >= 20) {
    const locator = await source.slice(at - 20, at);
    if (view(locator).getUint32(0, true) === LOCATOR64) {
      const written = Number(view(locator).getBigUint64(8, true));
      for (const place of [written, at - 20 - 56]) {
        if (!Number.isSafeInteger(place) || place < 0 || place + 56 > source.size) continue;
        const record = view(await source.slice(place, place + 56));
        if (record.byteLength < 56 || record.getUint32(0, true) !== END64) continue;
        [count, directorySize, directoryAt] = [Number(record.getBigUint64(32, true)), Number(record.getBigUint64(40, true)), Number(record.getBigUint64(48, true))];
        first = place;
        break;
      }
    }
  }
  return { at, end: Math.min(source.size, at + 22 + data.getUint16(20, true)), count, directorySize, directoryAt, foundAt: first - directorySize };
}

/** Central records one after another; stops at the first that is none. */
export async function readCentral(source: ByteSource, begin: Bytes, size: Bytes): Promise<{ records: CentralRecord[]; end: Bytes }> {
  const bytes = await source.slice(begin, begin + Math.min(size, ZIP_LIMITS.maxDirectory));
  const data = view(bytes);
  const records: CentralRecord[] = [];
  let at = 0;
  while (at + 46 <= bytes.byteLength && data.getUint32(at, true) === CENTRAL && records.length <= ZIP_LIMITS.maxMembers) {
    const nameLength = data.getUint16(at + 28, true);
    const extraLength = data.getUint16(at + 30, true);
    const commentLength = data.getUint16(at + 32, true);
    const nameBytes = bytes.slice(at + 46, at + 46 + nameLength);
    const wide = readZip64(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength), [data.getUint32(at + 24, true), data.getUint32(at + 20, true), data.getUint32(at + 42, true)]);
    const madeBy = data.getUint8(at + 5);
    records.push({
      at: begin + at,
      name: decodeName(nameBytes),
      nameBytes,
      otherName: readUnicodePath(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)),
      flags: data.getUint16(at + 8, true),
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      size: wide[0] ?? 0,
      compressed: wide[1] ?? 0,
      localAt: wide[2] ?? 0,
      mode: madeBy === 3 || madeBy === 19 ? data.getUint32(at + 38, true) >>> 16 : 0,
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return { records, end: begin + Math.min(at, bytes.byteLength) };
}

/** Undefined where no local header stands. */
export async function readLocal(source: ByteSource, at: Bytes): Promise<LocalHeader | undefined> {
  if (at < 0 || at + 30 > source.size) return undefined;
  const bytes = await source.slice(at, at + 512);
  const data = view(bytes);
  if (data.getUint32(0, true) !== LOCAL) return undefined;
  const nameLength = data.getUint16(26, true);
  const extraLength = data.getUint16(28, true);
  const rest = 30 + nameLength + extraLength <= bytes.byteLength ? bytes : await source.slice(at, at + 30 + nameLength + extraLength);
  const nameBytes = rest.slice(30, 30 + nameLength);
  const wide = readZip64(rest.subarray(30 + nameLength, 30 + nameLength + extraLength), [data.getUint32(22, true), data.getUint32(18, true)]);
  const flags = data.getUint16(6, true);
  return { at, dataAt: at + 30 + nameLength + extraLength, name: decodeName(nameBytes), nameBytes, otherName: readUnicodePath(rest.subarray(30 + nameLength, 30 + nameLength + extraLength)), flags, method: data.getUint16(8, true), crc: data.getUint32(14, true), size: wide[0] ?? 0, compressed: wide[1] ?? 0, deferred: (flags & 8) !== 0 };
}

/** Extra field 1 holds, in order, those of the values that are all ones. */
function readZip64(extra: Uint8Array, values: readonly number[]): number[] {
  const result = [...values];
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const [id, length] = [data.getUint16(at, true), data.getUint16(at + 2, true)];
    if (id === 1) {
      let from = at + 4;
      for (const [i, value] of values.entries()) {
        if (value !== 0xffffffff || from + 8 > Math.min(extra.byteLength, at + 4 + length)) continue;
        const wide = Number(data.getBigUint64(from, true));
        result[i] = Number.isSafeInteger(wide) ? wide : Number.MAX_SAFE_INTEGER;
        from += 8;
      }
    }
    at += 4 + length;
  }
  return result;
}

/** One byte of version, the CRC of the other name, the name in UTF-8. */
function readUnicodePath(extra: Uint8Array): string | undefined {
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = data.getUint16(at + 2, true);
    if (data.getUint16(at, true) === 0x7075 && length > 5 && at + 4 + length <= extra.byteLength) return new TextDecoder('utf-8').decode(extra.subarray(at + 9, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}
