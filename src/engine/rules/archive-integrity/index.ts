// Rules: containers that say different things to different readers, that unpack to where they should not or to more than
// they should, and files that are not what they are called.
import { COMPRESSED_INSPECTORS, COMPRESSED_LIMITS } from '../../artifact/containers/compressed-inspector.ts';
import { rarInspector } from '../../artifact/containers/rar-inspector.ts';
import { sevenZipInspector } from '../../artifact/containers/sevenzip-inspector.ts';
import { tarInspector, type TarContent } from '../../artifact/containers/tar-inspector.ts';
import { zipInspector } from '../../artifact/containers/zip-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report } from '../rule.ts';
import { checkDisguise } from './disguise.ts';
import { leadsOut } from './names.ts';
import { ARCHIVE_RULES, BOMB, LINK, SLIPS } from './rules.ts';
import { checkZip } from './zip.ts';
import { isZipInTar } from './zip-in-tar.ts';

const BOMB_RATIO = 200;
const BOMB_SIZE = 10 * 2 ** 20;

export const archiveIntegrity = analysisOf({
  id: 'archive-integrity',
  label: 'Archives and disguises',
  limits: 'Reads zip twice (directory and local headers), tar, 7z, gzip, zlib, bzip2, xz, LZMA, LZ4 and zstd. Of RAR the headers and what is stored unpacked; packed members are listed as not inspected.',
  rules: ARCHIVE_RULES,
  async check({ inspection }, report) {
    // A zip in a tar is checked as the tar's member.
    for (const { file, content } of readBy(inspection, zipInspector)) if (!isZipInTar(file)) await checkZip(file, content, report);
    for (const { file, content } of readBy(inspection, tarInspector)) checkTar(file, content, report);
    for (const { file, content } of readBy(inspection, sevenZipInspector)) {
      for (const [i, { name }] of content.members.entries()) {
        const why = leadsOut(name);
        if (why !== undefined) report(SLIPS, { file, about: `${shown(name, 80)}#${i}`, title: `${shown(name, 120)}: ${why}`, sure: 'read', evidence: [] });
      }
      const size = content.members.reduce((sum, member) => sum + member.size, 0);
      if (size >= BOMB_SIZE && size / Math.max(1, file.source.size) >= BOMB_RATIO) report(BOMB, { file, offset: 0, about: 'ratio', title: `${file.source.size} bytes expand to ${size}`, sure: 'read', evidence: [] });
    }
    for (const { file, content } of readBy(inspection, rarInspector)) {
      for (const { name, at, target } of content.members) {
        const [why, outside] = [leadsOut(name), target === undefined ? undefined : leadsOut(target)];
        if (why !== undefined) report(SLIPS, { file, offset: at, about: `${shown(name, 80)}@${at}`, title: `${shown(name, 120)}: ${why}`, sure: 'read', evidence: [] });
        if (target !== undefined) report(LINK, { file, offset: at, about: `${shown(name, 80)}@${at}`, title: `${shown(name, 80)} is a link to ${shown(target, 120)}${outside === undefined ? '' : `: ${outside}`}`, severity: outside === undefined ? 'medium' : 'high', sure: 'read', evidence: [] });
      }
    }
    for (const inspector of COMPRESSED_INSPECTORS) {
      for (const { file, content } of readBy(inspection, inspector)) {
        const times = content.size / Math.max(1, file.source.size);
        if (content.size < BOMB_SIZE || times < BOMB_RATIO) continue;
        report(BOMB, { file, offset: 0, about: 'ratio', title: `${file.source.size} bytes expand to ${content.cut ? `more than ${COMPRESSED_LIMITS.maxSize}` : content.size}, ${Math.round(times)} times as many`, sure: 'read', evidence: [] });
      }
    }
    for (const file of inspection.files) await checkDisguise(file, report);
  },
});

function checkTar(file: InspectedFile, { members }: TarContent, report: Report): void {
  for (const { name, at, kind, target } of members) {
    const why = leadsOut(name);
    if (why !== undefined) report(SLIPS, { file, offset: at, about: `${shown(name, 80)}@${at}`, title: `${shown(name, 120)}: ${why}`, sure: 'read', evidence: [] });
    if (kind === 'device') report(SLIPS, { file, offset: at, about: `${shown(name, 80)}@${at}`, title: `${shown(name, 120)} is a device or pipe`, sure: 'read', evidence: [] });
    if (target === undefined) continue;
    const outside = leadsOut(target);
    report(LINK, { file, offset: at, about: `${shown(name, 80)}@${at}`, title: `${shown(name, 80)} is a link to ${shown(target, 120)}${outside === undefined ? '' : `: ${outside}`}`, severity: outside === undefined ? 'medium' : 'high', sure: 'read', evidence: [] });
  }
}
