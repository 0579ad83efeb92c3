// Files of a report, and the files inside them, as places that can be gone to: by the inspection's path
// ('model.pt!archive/data.pkl'), with what was found there. Pure.
import type { Finding, Severity } from '../engine/core/finding.ts';
import { SEVERITIES } from '../engine/core/finding.ts';
import type { Report, ReportFile, ReportInspection } from '../engine/report/report.ts';
import { pathOf } from './finding-view.ts';

export interface FilePlace {
  readonly path: string;
  readonly bytes: number;
  readonly format: string;
  /** Of files of the drop alone: members have no hash of their own. */
  readonly sha256: string | undefined;
  readonly inspection: Omit<ReportInspection, 'members' | 'membersLeftOut'> | undefined;
  /** The file of the drop it stands in; undefined where it is one itself. */
  readonly root: string | undefined;
}

export function placeAt(files: readonly ReportFile[], path: string): FilePlace | undefined {
  for (const file of files) {
    if (file.path === path) return { ...file, root: undefined, inspection: file.inspection };
    if (!path.startsWith(`${file.path}!`)) continue;
    const inside = path.slice(file.path.length + 1);
    const member = file.inspection?.members?.find((candidate) => candidate.path === inside);
    if (member !== undefined) return { path, bytes: member.bytes, format: member.format, sha256: undefined, inspection: member, root: file.path };
  }
  return undefined;
}

/** Findings about the file itself and, for a file of the drop, about what stands in it. */
export function findingsAt(findings: readonly Finding[], { path, root }: FilePlace): Finding[] {
  return findings.filter((finding) => (root === undefined ? finding.location.file === path : pathOf(finding) === path || pathOf(finding)?.startsWith(`${path}!`) === true));
}

/** Path of a file or member -> its gravest finding that counts; members count for their container as well. */
export function gravestByPath(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const gravest = new Map<string, Severity>();
  for (const finding of findings) {
    if (finding.suppressed !== undefined || finding.severity === 'info') continue;
    const path = pathOf(finding);
    if (path === undefined) continue;
    for (let end = path.length; end > 0; end = path.lastIndexOf('!', end - 1)) {
      const at = path.slice(0, end);
      const known = gravest.get(at);
      if (known === undefined || SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(known)) gravest.set(at, finding.severity);
    }
  }
  return gravest;
}

/** Where a finding's bytes are, if its place is known as an address of the page. */
export function placeOfFinding(finding: Finding, report: Report | undefined): { readonly file: string; readonly at?: number } | undefined {
  const path = pathOf(finding);
  if (path === undefined || report === undefined || placeAt(report.subject.files, path) === undefined) return undefined;
  return finding.location.offset === undefined ? { file: path } : { file: path, at: finding.location.offset };
}
