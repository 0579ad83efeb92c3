// Inspection -> the report's account of each file's bytes, members included, short enough to be stored and sent.
import { MEMBER_MARK, type ByteRange, type InspectedFile, type Inspection } from '../artifact/inspect/inspection.ts';
import { totalsOf } from '../artifact/inspect/ranges.ts';
import type { ReportFile, ReportInspection, ReportMember } from './report.ts';

const MAX_RANGES = 48;
const MAX_MEMBERS = 2000;

/** The drop's files with what was made of them. */
export function withInspection(files: readonly ReportFile[], inspection: Inspection): ReportFile[] {
  const own = new Map(inspection.files.filter(({ depth }) => depth === 0).map((file) => [file.path, file]));
  const members = new Map<string, InspectedFile[]>();
  for (const file of inspection.files) {
    if (file.depth === 0) continue;
    const list = members.get(file.root) ?? [];
    list.push(file);
    members.set(file.root, list);
  }
  const listed = new Set(files.map(({ path }) => path));
  const closed = (inspection.closed ?? []).filter(({ path }) => !listed.has(path)).map(({ path }): ReportFile => ({ path, bytes: 0, sha256: '', format: 'unknown' }));
  return [...files, ...closed].map((file) => {
    const inspected = own.get(file.path);
    if (inspected === undefined) return file;
    const inside = members.get(file.path) ?? [];
    return {
      ...file,
      format: inspected.format,
      inspection: {
        ...describe(inspected),
        ...(inside.length === 0 ? {} : { members: inside.slice(0, MAX_MEMBERS).map((member) => memberOf(member, file.path)) }),
        ...(inside.length <= MAX_MEMBERS ? {} : { membersLeftOut: inside.length - MAX_MEMBERS }),
      },
    };
  });
}

/** Paths of the drop's files that were not wholly looked into, members included. */
export function notInspected({ files }: Inspection): string[] {
  return files.filter(({ depth, status }) => depth === 0 && status !== 'inspected').map(({ path }) => path);
}

/** The same, of a report: what was written before there was inspection counts as looked into. */
export function unreadPaths(files: readonly ReportFile[]): string[] {
  return files.filter(({ inspection }) => inspection !== undefined && inspection.status !== 'inspected').map(({ path }) => path);
}

function memberOf(file: InspectedFile, root: string): ReportMember {
  return { path: file.path.slice(root.length + MEMBER_MARK.length), bytes: file.source.size, format: file.format, ...describe(file) };
}

function describe({ status, reason, ranges }: InspectedFile): Omit<ReportInspection, 'members'> {
  return { status, ...(reason === undefined ? {} : { reason }), ...totalsOf(ranges), ranges: shorten(ranges) };
}

/** The smallest neighbours are joined until the list is short; a joined range has the state that is worse. */
function shorten(ranges: readonly ByteRange[]): ByteRange[] {
  if (ranges.length <= MAX_RANGES) return [...ranges];
  const byState: ByteRange[] = [];
  for (const range of ranges) {
    const last = byState.at(-1);
    if (last?.state === range.state) byState[byState.length - 1] = { ...last, end: range.end, what: last.what === range.what || last.what.endsWith('…') ? last.what : `${last.what}, …` };
    else byState.push({ ...range });
  }
  if (byState.length <= MAX_RANGES) return byState;
  const step = Math.ceil(byState.length / MAX_RANGES);
  const joined: ByteRange[] = [];
  for (let i = 0; i < byState.length; i += step) {
    const group = byState.slice(i, i + step);
    const worst = group.find(({ state }) => state === 'opaque') ?? group.find(({ state }) => state === 'skipped') ?? group[0];
    if (worst !== undefined) joined.push({ begin: group[0]?.begin ?? 0, end: group.at(-1)?.end ?? 0, state: worst.state, what: `${worst.what} (${group.length} ranges together)` });
  }
  return joined;
}
