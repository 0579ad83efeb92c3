// Rules on zip archives: what the two readings of one archive disagree on.
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { ZipContent, ZipMember } from '../../artifact/containers/zip-inspector.ts';
import type { Evidence, FieldRow } from '../../core/finding.ts';
import { bytesAround, shown } from '../evidence.ts';
import type { Report } from '../rule.ts';
import { leadsOut } from './names.ts';
import { BAD_CRC, BOMB, DUPLICATE, ENCRYPTED, FLAGS, HEADERS_DIFFER, LINK, PREFIX, SLIPS, UNLISTED } from './rules.ts';

/** Bits that mark a member as encrypted, strongly encrypted, patched or masked: readers refuse or ignore them. */
const MARKS: readonly (readonly [mask: number, name: string])[] = [[0x0001, 'encrypted'], [0x0020, 'patched data'], [0x0040, 'strongly encrypted'], [0x2000, 'masked headers']];

const BOMB_RATIO = 200;
const BOMB_SIZE = 10 * 2 ** 20;

export async function checkZip(file: InspectedFile, { members, shift, end, cut }: ZipContent, report: Report): Promise<void> {
  const names = new Map<string, number>();
  // An archive with a password says so openly, and is listed as not inspected; one sealed member among open ones hides something.
  const sealed = members.every((member) => truly(member) || member.end === member.begin);
  for (const [index, member] of members.entries()) {
    const { name, local, central, link } = member;
    const evidence = (): Evidence[] => [{ kind: 'fields', title: `Both headers of ${shown(name, 80)}`, rows: fieldsOf(member) }];
    const offset = local?.at ?? central?.at ?? 0;
    const about = `${shown(name, 80)}@${offset}`;
    const different = differences(member);
    if (different.length > 0) report(HEADERS_DIFFER, { file, offset, about, title: `${shown(name, 80)}: two readings disagree on ${different.join(', ')}`, sure: 'read', evidence: [...evidence(), await bytesAround(file.source, offset, 'The local header')] });
    if (end !== undefined && !cut && central === undefined) report(UNLISTED, { file, offset, about, title: `${shown(name, 80)} stands in the archive and not in its directory`, sure: 'read', evidence: [...evidence(), await bytesAround(file.source, offset, 'The local header')] });
    checkMarks(file, member, sealed, about, report, evidence);
    const { crc } = member;
    if (crc !== undefined && !(crc.local && crc.central) && !truly(member)) report(BAD_CRC, { file, offset, about, title: `${shown(name, 80)} has the CRC ${hex(crc.found)}, not the claimed ${hex(central?.crc ?? local?.crc ?? 0)}`, sure: 'read', evidence: evidence() });
    const first = names.get(name);
    if (first !== undefined) report(DUPLICATE, { file, offset, about, title: `${shown(name, 80)} is there twice`, sure: 'read', evidence: [{ kind: 'table', title: 'Members of that name', columns: ['offset', 'bytes', 'CRC'], rows: members.filter((other) => other.name === name).map((other) => [other.local?.at ?? 0, other.size, hex(other.central?.crc ?? other.local?.crc ?? 0)]) }] });
    names.set(name, index);
    for (const written of new Set([name, local?.name ?? name, central?.otherName ?? name, local?.otherName ?? name])) {
      const why = leadsOut(written);
      if (why !== undefined) report(SLIPS, { file, offset, about: `${about}:${shown(written, 80)}`, title: `${shown(written, 120)}: ${why}`, sure: 'read', evidence: evidence() });
    }
    if (link !== undefined) {
      const why = leadsOut(link);
      report(LINK, { file, offset, about, title: `${shown(name, 80)} is a symbolic link to ${shown(link, 120)}${why === undefined ? '' : `: ${why}`}`, severity: why === undefined ? 'medium' : 'high', sure: 'read', evidence: evidence() });
    }
  }
  checkBomb(file, members, report);
  const before = members.reduce((first, { local }) => Math.min(first, local?.at ?? shift), shift);
  if (before > 0 && members.length > 0) report(PREFIX, { file, offset: 0, about: 'prefix', title: `${before} bytes stand before the archive: readers that start at the beginning see something else`, sure: 'read', evidence: [await bytesAround(file.source, 0, 'The first bytes')] });
}

function checkMarks(file: InspectedFile, member: ZipMember, sealed: boolean, about: string, report: Report, evidence: () => Evidence[]): void {
  const flags = (member.central?.flags ?? 0) | (member.local?.flags ?? 0);
  const marks = MARKS.filter(([mask]) => (flags & mask) !== 0).map(([, name]) => name);
  if (marks.length === 0) return;
  const offset = member.local?.at ?? 0;
  if (truly(member)) report(ENCRYPTED, { file, offset, about, title: `${shown(member.name, 80)} is encrypted`, ...(sealed ? { severity: 'info' as const } : {}), sure: 'resolved', evidence: evidence() });
  else report(FLAGS, { file, offset, about, title: `${shown(member.name, 80)} is marked as ${marks.join(', ')}, and is not`, sure: 'resolved', evidence: evidence() });
}

/** Marked as encrypted, and what stands there has not the checksum of what was put in. */
function truly({ central, local, crc, method }: ZipMember): boolean {
  const encrypted = (((central?.flags ?? 0) | (local?.flags ?? 0)) & 1) !== 0;
  return encrypted && (crc === undefined ? method !== 0 : !crc.central && !crc.local);
}

function differences({ central, local }: ZipMember): string[] {
  const different: string[] = [];
  // Two ways of writing one name differ in characters that the old one cannot write, and in nothing else.
  const other = [central, local].find((fields) => fields?.otherName !== undefined && plain(fields.otherName) !== plain(fields.name));
  if (other !== undefined) different.push(`the name (${shown(other.otherName ?? '', 60)} as Unicode)`);
  if (central === undefined || local === undefined) return different;
  if (!sameBytes(central.nameBytes, local.nameBytes)) different.push(`the name (${shown(local.name, 60)})`);
  // Bit 3 says that sizes and CRC stand elsewhere; bit 11 is about the name's encoding.
  if (((central.flags ^ local.flags) & ~0x0808) !== 0) different.push('the flags');
  if (central.method !== local.method) different.push('the compression');
  if (!local.deferred) {
    if (central.crc !== local.crc) different.push('the CRC');
    if (central.compressed !== local.compressed || central.size !== local.size) different.push('the size');
  }
  return different;
}

function plain(name: string): string {
  return name.replace(/[^\x20-\x7e]|[?_#]/g, '');
}

function fieldsOf({ central, local }: ZipMember): FieldRow[] {
  const row = (field: string, directory: string | undefined, header: string | undefined): FieldRow => ({ field, expected: `directory: ${directory ?? 'not listed'}`, found: `local header: ${header ?? 'none'}` });
  return [
    row('name', central && shown(central.name, 80), local && shown(local.name, 80)),
    ...(central?.otherName === undefined && local?.otherName === undefined ? [] : [row('name as Unicode', shown(central?.otherName ?? 'none', 80), shown(local?.otherName ?? 'none', 80))]),
    row('flags', central && hex(central.flags), local && hex(local.flags)),
    row('method', central && String(central.method), local && String(local.method)),
    row('CRC', central && hex(central.crc), local && (local.deferred ? 'behind the data' : hex(local.crc))),
    row('compressed bytes', central && String(central.compressed), local && (local.deferred ? 'behind the data' : String(local.compressed))),
    row('bytes', central && String(central.size), local && (local.deferred ? 'behind the data' : String(local.size))),
  ];
}

function checkBomb(file: InspectedFile, members: readonly ZipMember[], report: Report): void {
  const size = members.reduce((sum, member) => sum + member.size, 0);
  const stored = Math.max(1, file.source.size);
  const overlapping = overlap(members);
  if (overlapping !== undefined) report(BOMB, { file, offset: overlapping.local?.at ?? 0, about: 'overlap', title: `Members share their bytes (${shown(overlapping.name, 80)}): the archive unfolds to far more than it holds`, severity: 'high', sure: 'read', evidence: [] });
  if (size < BOMB_SIZE || size / stored < BOMB_RATIO) return;
  const largest = [...members].sort((a, b) => b.size - a.size)[0];
  report(BOMB, { file, offset: largest?.local?.at ?? 0, about: 'ratio', title: `${stored} bytes expand to ${size}, ${Math.round(size / stored)} times as many`, sure: 'read', evidence: [{ kind: 'table', title: 'The largest members', columns: ['member', 'bytes', 'compressed'], rows: [...members].sort((a, b) => b.size - a.size).slice(0, 8).map((member) => [shown(member.name, 80), member.size, member.end - member.begin]) }] });
}

function overlap(members: readonly ZipMember[]): ZipMember | undefined {
  let end = 0;
  for (const member of [...members].filter(({ local }) => local !== undefined).sort((a, b) => (a.local?.at ?? 0) - (b.local?.at ?? 0))) {
    if ((member.local?.at ?? 0) < end && member.end > member.begin) return member;
    end = Math.max(end, member.end);
  }
  return undefined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
