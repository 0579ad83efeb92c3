// Rules on checksum files that come with a model: every digest is compared with the file's own, taken while hashing. A match says
// that the file is the one the list was made for, not that whoever made the list can be trusted.
import { baseName, directoryOf } from '../../artifact/formats/reader.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { ReportFile } from '../../report/report.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { isChecksumFile, parseChecksums, parseLfsPointer, type ChecksumEntry } from './parse.ts';

const MISMATCH: Rule = {
  id: 'ASY-PRV-001',
  title: 'A file is not the one its checksum was made for',
  severity: 'high',
  misses: 'Whoever can change a file in the folder can change the list beside it.',
  references: ['CWE-354', 'AML.T0010.003'],
  remedy: 'Get the list from the publisher by another way and compare again. Do not use the file while they differ.',
};

const MATCH: Rule = {
  id: 'ASY-PRV-002',
  title: 'Checksums agree',
  severity: 'info',
  misses: 'Says nothing about who made the list.',
  references: [],
  remedy: 'Nothing to do.',
};

const UNCHECKED: Rule = {
  id: 'ASY-PRV-003',
  title: 'Checksums that could not be checked',
  severity: 'info',
  misses: 'Digests other than SHA-256 are not computed; files that are not here cannot be compared.',
  references: [],
  remedy: 'Open the whole folder, or compare the digests by hand.',
};

const POINTER: Rule = {
  id: 'ASY-PRV-004',
  title: 'A pointer stands where a large file was not fetched',
  severity: 'info',
  misses: 'The file itself was not looked at.',
  references: [],
  remedy: 'Fetch the file (git lfs pull) and open the folder again.',
};

export const checksums = analysisOf({
  id: 'checksums',
  label: 'Checksums',
  limits: 'SHA-256 lists in text files of the usual names, and Git LFS pointers.',
  rules: [MISMATCH, MATCH, UNCHECKED, POINTER],
  needsDigests: true,
  inapplicable: ({ inspection }) => (readBy(inspection, textInspector).some(({ file, content }) => isChecksumFile(baseName(file.path)) || parseLfsPointer(content) !== undefined) ? undefined : 'no checksum file'),
  async check({ inspection, files }, report) {
    const byPath = new Map(files.map((file) => [file.path, file]));
    for (const { file, content } of readBy(inspection, textInspector)) {
      const pointer = parseLfsPointer(content);
      if (pointer !== undefined) report(POINTER, { file, about: 'pointer', title: `${shown(file.path, 80)} is a pointer to a file of ${pointer.size} bytes`, sure: 'read', evidence: [{ kind: 'fields', title: 'Git LFS', rows: [{ field: 'oid sha256', found: pointer.digest }, { field: 'size', found: String(pointer.size) }] }] });
      if (isChecksumFile(baseName(file.path))) compare(file, parseChecksums(content), byPath, report);
    }
  },
});

function compare(list: InspectedFile, entries: readonly ChecksumEntry[], files: ReadonlyMap<string, ReportFile>, report: Report): void {
  const rows: (readonly (string | number)[])[] = [];
  let open = 0;
  for (const entry of entries) {
    const name = entry.name ?? baseName(list.path).replace(/\.sha-?256(?:sums?)?$/i, '');
    const file = find(files, directoryOf(list.path), name);
    if (file === undefined || entry.algorithm !== 'sha256') {
      open++;
      continue;
    }
    rows.push([shown(name, 120), entry.digest, file.sha256 === entry.digest ? 'the same' : file.sha256]);
    if (file.sha256 === entry.digest) continue;
    report(MISMATCH, {
      file: { path: file.path, root: file.path },
      about: `${list.path} ${entry.line}`,
      title: `${shown(file.path, 80)} is not the file that ${shown(baseName(list.path), 60)} was made for`,
      sure: 'read',
      evidence: [{ kind: 'fields', title: `Line ${entry.line} of ${shown(list.path, 80)}`, rows: [{ field: 'SHA-256', expected: entry.digest, found: file.sha256 }] }],
    });
  }
  const agree = rows.filter(([, , outcome]) => outcome === 'the same').length;
  if (agree > 0) report(MATCH, { file: list, about: 'match', title: `${agree} of ${entries.length} checksums of ${shown(baseName(list.path), 60)} agree`, sure: 'read', evidence: [{ kind: 'table', title: 'Checksums', columns: ['file', 'listed', 'computed'], rows: rows.slice(0, 200) }] });
  if (open > 0) report(UNCHECKED, { file: list, about: 'open', title: `${open} of ${entries.length} checksums of ${shown(baseName(list.path), 60)} could not be checked`, sure: 'read', evidence: [] });
}

/** By the path written, from the list's folder; './' is dropped. Paths that leave the folder find nothing. */
function find(files: ReadonlyMap<string, ReportFile>, folder: string, name: string): ReportFile | undefined {
  const plain = name.replace(/^(?:\.\/)+/, '');
  return files.get(folder === '' ? plain : `${folder}/${plain}`);
}
