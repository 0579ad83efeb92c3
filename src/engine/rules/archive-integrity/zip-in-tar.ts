// A tar archive whose last member is a zip ends as a zip does, and read as one its members are those of that member: one
// archive in another, and not a file that means two things. It is two things where the zip reaches out of the tar's member.
import { tarInspector, type TarMember } from '../../artifact/containers/tar-inspector.ts';
import { zipInspector } from '../../artifact/containers/zip-inspector.ts';
import { contentOf, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { Bytes } from '../../core/units.ts';

/** A tar's header; behind it stands what the member holds (pax headers stand before it). */
const HEADER: Bytes = 512;

/**
 * True where the zip's end record, its directory and every member that the directory lists stand in one stored file of the
 * tar. What the directory does not list (the local headers of other zips in the tar) may stand in any, and nowhere else.
 */
export function isZipInTar(file: InspectedFile): boolean {
  const [zip, tar] = [contentOf(file, zipInspector), contentOf(file, tarInspector)];
  if (zip?.end === undefined || tar === undefined) return false;
  const stored = tar.members.filter(({ kind }) => kind === 'file');
  const outer = holderOf(stored, zip.end.foundAt, zip.end.end);
  if (outer === undefined) return false;
  return zip.members.every(({ central, local, end }) => {
    const holder = local === undefined ? undefined : holderOf(stored, local.at, end);
    return holder !== undefined && (central === undefined || holder === outer);
  });
}

/** The member in which [begin, end) stands; members come in the order of their places. */
function holderOf(members: readonly TarMember[], begin: Bytes, end: Bytes): TarMember | undefined {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((members[middle]?.at ?? 0) + HEADER <= begin) low = middle + 1;
    else high = middle;
  }
  const member = members[low - 1];
  return member !== undefined && end <= member.at + HEADER + member.size ? member : undefined;
}
