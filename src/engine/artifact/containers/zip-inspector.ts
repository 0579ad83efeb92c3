// zip archives for static rules, read twice: from the central directory, as most programs do, and from the local headers, as
// streaming programs and scanners of bytes do. Both views of each member are kept; members that only one view knows are
// handed on as well. A member is decoded whatever its flags claim: loaders differ in what they refuse (CVE-2025-1944, -1945).
import type { ByteSource } from '../../core/byte-source.ts';
import { breathe } from '../../core/cancel.ts';
import { errorText } from '../../core/error-text.ts';
import type { Bytes } from '../../core/units.ts';
import type { FormatMatch } from '../artifact.ts';
import type { Probe } from '../formats/reader.ts';
import type { Desk, Inspector } from '../inspect/inspection.ts';
import { crc32 } from './crc32.ts';
import { zipDecoder } from './decoders.ts';
import { ExpansionBudget, expandedSource } from './expanded-source.ts';
import { windowSource } from './sources.ts';
import { findEnd, readCentral, readLocal, view, ZIP_LIMITS, type CentralRecord, type EndRecord, type LocalHeader } from './zip-records.ts';

export interface ZipMember {
  readonly name: string;
  readonly central: CentralRecord | undefined;
  readonly local: LocalHeader | undefined;
  /** Where its compressed bytes are. */
  readonly begin: Bytes;
  readonly end: Bytes;
  readonly size: Bytes;
  readonly method: number;
  /** Whether the bytes have the CRC that is claimed; undefined where that was not computed. */
  readonly crc: { readonly local: boolean; readonly central: boolean; readonly found: number } | undefined;
  /** Where it leads, for a symbolic link. */
  readonly link: string | undefined;
}

export interface ZipContent {
  readonly end: EndRecord | undefined;
  /** Bytes before the archive: what every offset in it must be shifted by. */
  readonly shift: Bytes;
  readonly members: readonly ZipMember[];
  /** The directory lists more members than are read: those beyond the limit are known by their local headers alone. */
  readonly cut: boolean;
}

const LIMITS = {
  ...ZIP_LIMITS,
  /** Members up to this size are checked against their CRC. */
  maxChecked: 2 ** 24,
  maxCheckedInAll: 2 ** 26,
  /** Bytes made out of one archive by everything that reads its members (CWE-409). */
  maxExpanded: 2 ** 32,
  /** A member that expands that far is read at its beginning only. */
  bombSize: 10 * 2 ** 20,
  bombRatio: 200,
  bombRead: 2 ** 20,
  /** Gaps between members are searched for members that the directory does not list. */
  maxSearched: 2 ** 26,
} as const;

const LEAST_COMMENT: Bytes = 16;

export const zipInspector: Inspector<ZipContent> = {
  format: 'zip',
  match: matchZip,
  async inspect(source, desk) {
    const end = await findEnd(source);
    const shift = end === undefined ? 0 : Math.max(0, end.foundAt - end.directoryAt);
    const members: ZipMember[] = [];
    let cut = false;
    const budget = new ExpansionBudget(LIMITS.maxExpanded, 'zip');
    if (end === undefined) desk.problem({ code: 'truncated', field: 'end of central directory', expected: 'an end record', actual: 'none: only local headers can be read' });
    else {
      desk.parsed(end.at, end.end, 'end record');
      // A comment is text; a file that stands in its place is one all the same.
      if (end.end - end.at > 22 + LEAST_COMMENT) desk.member({ name: `comment@${end.at + 22}`, source: windowSource(source, `${source.path}!comment@${end.at + 22}`, end.at + 22, end.end), guess: true });
      // Some readers take the place as it is written, others the place before the end record.
      if (end.foundAt < end.directoryAt) desk.problem({ code: 'malformed', offset: end.at, field: 'place of the central directory', expected: `at most ${end.foundAt}`, actual: String(end.directoryAt) });
      const central = await readCentral(source, end.foundAt, end.directorySize);
      desk.parsed(end.foundAt, central.end, 'central directory');
      cut = central.records.length > LIMITS.maxMembers;
      if (cut) desk.opaque(central.end, end.at, `limit exceeded: not all members were read, only the first ${LIMITS.maxMembers} of the directory`);
      else if (central.end < end.at) desk.parsed(central.end, Math.min(end.at, central.end + 76), 'zip64 end record');
      if (!cut && central.records.length !== end.count && end.count !== 0xffff) desk.problem({ code: 'malformed', offset: end.at, field: 'entries', expected: `${end.count} records (as the end record says)`, actual: `${central.records.length}` });
      for (const record of central.records.slice(0, LIMITS.maxMembers)) {
        await breathe(desk.signal);
        const local = await readLocal(source, record.localAt + shift);
        if (local === undefined) desk.problem({ code: 'malformed', offset: record.at, field: `local header of ${record.name.slice(0, 80)}`, expected: `a local header at ${record.localAt + shift}`, actual: 'none' });
        members.push(placed(record, local, source));
      }
    }
    for (const hidden of await findUnlisted(source, members, end?.foundAt ?? source.size, desk)) members.push(placed(undefined, hidden, source));
    return { end, shift, cut, members: await handOver(members, source, budget, desk) };
  },
};

function matchZip({ source, head, tail }: Probe): FormatMatch | undefined {
  const signature = head[0] === 0x50 && head[1] === 0x4b ? (head[2] ?? 0) * 256 + (head[3] ?? 0) : 0;
  if (signature === 0x0304 || signature === 0x0506) return { format: 'zip', sure: 'certain', why: "starts with 'PK' and a zip record" };
  for (let i = tail.byteLength - 22; i >= 0; i--) {
    if (tail[i] !== 0x50 || tail[i + 1] !== 0x4b || tail[i + 2] !== 5 || tail[i + 3] !== 6) continue;
    const data = view(tail);
    const at = source.size - tail.byteLength + i;
    if (data.getUint16(i + 4, true) === 0 && data.getUint32(i + 12, true) <= at && i + 22 + data.getUint16(i + 20, true) <= tail.byteLength) {
      return { format: 'zip', sure: 'certain', why: 'ends as a zip archive does, whatever stands before it' };
    }
  }
  return /\.(zip|keras|npz|mar|nemo|skops)$/i.test(source.path) ? { format: 'zip', sure: 'name', why: 'the name is that of a zip archive' } : undefined;
}

/** The directory's sizes where there is a directory: that is what programs which find the member there will read. */
function placed(central: CentralRecord | undefined, local: LocalHeader | undefined, source: ByteSource): ZipMember {
  const begin = Math.min(source.size, local?.dataAt ?? source.size);
  const compressed = central?.compressed ?? local?.compressed ?? 0;
  const end = Math.min(source.size, begin + compressed);
  const method = central?.method ?? local?.method ?? 0;
  return { name: central?.name ?? local?.name ?? '', central, local, begin, end, size: method === 0 ? end - begin : (central?.size ?? local?.size ?? 0), method, crc: undefined, link: undefined };
}

/** Local headers in what no listed member covers, up to the directory. */
async function findUnlisted(source: ByteSource, members: readonly ZipMember[], before: Bytes, desk: Desk): Promise<LocalHeader[]> {
  const covered = members.flatMap(({ local, end }) => (local === undefined ? [] : [{ begin: local.at, end, deferred: local.deferred }])).sort((a, b) => a.begin - b.begin);
  const found: LocalHeader[] = [];
  let searched = 0;
  let at = 0;
  let deferred = false;
  for (const next of [...covered, { begin: before, end: before, deferred: false }]) {
    if (next.begin > at) {
      searched += next.begin - at;
      if (searched > LIMITS.maxSearched) break;
      const bytes = await source.slice(at, next.begin);
      // Behind a deferred member stand its sizes; alignment is written as zeros.
      if ((deferred && bytes.byteLength <= 24) || bytes.every((byte) => byte === 0)) desk.parsed(at, next.begin, deferred ? 'data descriptor' : 'zeros between members');
      else for (const local of await localsIn(source, bytes, at)) found.push(local);
    }
    at = Math.max(at, next.end);
    deferred = next.deferred;
  }
  return found.slice(0, LIMITS.maxMembers);
}

async function localsIn(source: ByteSource, bytes: Uint8Array, begin: Bytes): Promise<LocalHeader[]> {
  const found: LocalHeader[] = [];
  for (let i = bytes.indexOf(0x50); i >= 0 && found.length < LIMITS.maxMembers; i = bytes.indexOf(0x50, i + 1)) {
    if (bytes[i + 1] !== 0x4b || bytes[i + 2] !== 3 || bytes[i + 3] !== 4) continue;
    const local = await readLocal(source, begin + i);
    if (local === undefined || local.dataAt > begin + bytes.byteLength) continue;
    // Sizes behind the data: the next record tells where it ends.
    const most = begin + bytes.byteLength - local.dataAt;
    const compressed = local.deferred && local.compressed === 0 ? nextRecord(bytes, local.dataAt - begin) : Math.min(local.compressed, most);
    found.push({ ...local, compressed, size: local.method === 0 ? compressed : local.size });
    i = local.dataAt - begin + compressed - 1;
  }
  return found;
}

function nextRecord(bytes: Uint8Array, from: number): number {
  for (let i = bytes.indexOf(0x50, from); i >= 0; i = bytes.indexOf(0x50, i + 1)) if (bytes[i + 1] === 0x4b && (bytes[i + 2] ?? 9) < 9) return i - from;
  return bytes.byteLength - from;
}

async function handOver(members: readonly ZipMember[], source: ByteSource, budget: ExpansionBudget, desk: Desk): Promise<ZipMember[]> {
  const names = new Set(members.map(({ name }) => name));
  const result: ZipMember[] = [];
  let checked = 0;
  for (const member of members) {
    await breathe(desk.signal);
    const { name, local, begin, end, size } = member;
    if (local !== undefined) desk.parsed(local.at, local.dataAt, 'local header');
    if (local === undefined || (name.endsWith('/') && end === begin)) {
      result.push(member);
      continue;
    }
    const inner = memberSource(member, source, budget);
    if (inner === undefined) {
      desk.opaque(begin, end, `compression method ${member.method} of ${name.slice(0, 80)}`);
      desk.member({ name, source: windowSource(source, `${source.path}!${name}`, begin, end), unreadable: `compressed with method ${member.method}, which Assay does not read` });
      result.push(member);
      continue;
    }
    const small = size <= LIMITS.maxChecked && checked + size <= LIMITS.maxCheckedInAll;
    if (small) checked += size;
    const content = small ? await wholeOf(inner) : undefined;
    const found = content instanceof Uint8Array ? crc32(content) : undefined;
    const crc = found === undefined ? undefined : { found, central: member.central === undefined || member.central.crc === found, local: local.deferred || local.crc === found };
    const encrypted = (((member.central?.flags ?? local.flags) | local.flags) & 1) !== 0;
    const unreadable = typeof content === 'string' ? content : encrypted && crc !== undefined && !crc.central && !crc.local && !(await looksKnown(inner)) ? 'encrypted' : undefined;
    if (unreadable === undefined && member.method !== 0 && isBomb(size, end - begin)) desk.opaque(begin, end, `${name.slice(0, 80)}: only the first ${LIMITS.bombRead} of ${size} bytes are read, since it expands ${Math.round(size / Math.max(1, end - begin))}-fold`);
    else if (unreadable === undefined) desk.parsed(begin, end, 'members');
    else desk.opaque(begin, end, `${name.slice(0, 80)}: ${unreadable}`);
    const otherwise = tensorPlace(name, names);
    desk.member({ name, source: inner, ...(unreadable === undefined ? {} : { unreadable }), ...(otherwise === undefined ? {} : { otherwise }) });
    result.push({ ...member, crc, link: await linkOf(member, inner) });
  }
  return result;
}

function memberSource({ name, begin, end, size, method }: ZipMember, source: ByteSource, budget: ExpansionBudget): ByteSource | undefined {
  const path = `${source.path}!${name}`;
  if (method === 0) return windowSource(source, path, begin, end);
  const make = zipDecoder(method, size);
  return make === undefined ? undefined : expandedSource(path, { parent: source, begin, end, make, budget }, isBomb(size, end - begin) ? LIMITS.bombRead : size);
}

/** DEFLATE packs at most 1032 bytes into one; what comes near that is zeros, or a trap. */
function isBomb(size: Bytes, compressed: Bytes): boolean {
  return size > LIMITS.bombSize && size / Math.max(1, compressed) > LIMITS.bombRatio;
}

/** The whole content, or why it cannot be had. */
async function wholeOf(source: ByteSource): Promise<Uint8Array | string> {
  try {
    return await source.slice(0, source.size);
  } catch (error) {
    return errorText(error);
  }
}

/** Signatures that encrypted bytes have by chance once in 2^32. */
async function looksKnown(source: ByteSource): Promise<boolean> {
  const head = await source.slice(0, 4);
  return (head[0] === 0x80 && (head[1] ?? 9) <= 5) || (head[0] === 0x50 && head[1] === 0x4b) || head[0] === 0x63;
}

async function linkOf({ central }: ZipMember, source: ByteSource): Promise<string | undefined> {
  if (central === undefined || (central.mode & 0o170000) !== 0o120000) return undefined;
  return new TextDecoder('utf-8').decode(await source.slice(0, 4096));
}

/** torch.save and TorchScript keep each storage's bytes in a member of its own beside data.pkl. */
function tensorPlace(name: string, names: ReadonlySet<string>): string | undefined {
  const match = /^(.*?)(?:data|tensors|constants)\/[^/]+$/.exec(name);
  if (match !== null && names.has(`${match[1] ?? ''}data.pkl`)) return 'numbers of tensors';
  // torch.export (pt2 archives): weights and constants beside their index.
  const exported = /^(.*?)data\/(?:weights|constants)\/(?:weight|tensor|buffer|param|constant|custom_obj)\w{0,40}$/.exec(name);
  return exported !== null && names.has(`${exported[1] ?? ''}archive_format`) ? 'numbers of tensors' : undefined;
}
