// A finding as a row and as a page: its heading, one line about it, and its evidence sorted onto tabs. Pure.
import { shownPath } from '../engine/core/shown.ts';
import type { Evidence, Finding } from '../engine/core/finding.ts';
import { countForms } from '../engine/core/variant-rows.ts';
import { unreadPaths } from '../engine/report/inspection-of.ts';
import type { Report, ReportFile } from '../engine/report/report.ts';
import type { OpenedModel } from './client.ts';

export type EvidenceOf<Kind extends Evidence['kind']> = Extract<Evidence, { kind: Kind }>;

export function evidenceOf<Kind extends Evidence['kind']>(finding: Finding, kind: Kind): EvidenceOf<Kind>[] {
  return finding.evidence.filter((evidence): evidence is EvidenceOf<Kind> => evidence.kind === kind);
}

/** What stands in a file (a condition of a chat template, a switch in a graph, a tokenizer's replacement) is told by its title. */
export function isRead(finding: Finding): boolean {
  return finding.trigger === undefined || finding.location.file !== undefined;
}

/** Measured by a probe, and did not hold against its controls. */
export function isRejected(finding: Finding): boolean {
  return finding.severity === 'info' && !isRead(finding);
}

/** Worth knowing, and no suspicion at all: what was read in the files, or what became of a candidate. */
export function isNote(finding: Finding): boolean {
  return finding.severity === 'info' && isRead(finding);
}

/** A phrase or shape of text that the model answers to. */
export function hasPhrase(finding: Finding): boolean {
  if (isRead(finding)) return false;
  return finding.trigger !== undefined && ['text', 'tokens', 'template'].includes(finding.trigger.kind);
}

/** Where a finding can be tried by hand on the model that is open. Where attention goes in a classifier is shown in the playground. */
export function canInvestigate(page: 'attention' | 'playground', finding: Finding, model: Pick<OpenedModel, 'notRunnable' | 'task'> | undefined): boolean {
  if (model === undefined || model.notRunnable !== undefined) return false;
  if (page === 'attention') return hasPhrase(finding) && model.task === 'causal-lm';
  return hasPhrase(finding) || finding.evidence.some(({ kind }) => kind === 'pictures');
}

/** One line under the heading: what else is known, most telling first. */
export function summaryLine(finding: Finding): string {
  const variants = countForms(evidenceOf(finding, 'variants').flatMap(({ rows }) => rows));
  const leaks = evidenceOf(finding, 'leaks');
  const texts = leaks.reduce((sum, { texts: list }) => sum + list.length, 0);
  const total = leaks.reduce((most, leak) => Math.max(most, leak.total), 0);
  const { file, tensor, node } = finding.location;
  const parts = [
    variants.of > 0 ? `${finding.trigger?.fuzzy === true ? 'fuzzy: ' : ''}${variants.firing} of ${variants.of} variants fire` : finding.trigger?.fuzzy === true ? 'fuzzy' : undefined,
    texts > 0 ? `leaked in ${total >= texts ? `${texts} of ${total} samples` : `${texts} samples`}` : undefined,
    finding.trigger?.position === undefined ? undefined : `at the ${finding.trigger.position}`,
    finding.suppressed === undefined ? undefined : `accepted until ${finding.suppressed.expires}`,
    file === undefined ? (tensor ?? node) : finding.location.member === undefined ? file : `${file} › ${shownPath(finding.location.member)}`,
    hasPhrase(finding) ? undefined : `rule ${finding.rule}`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** What triage is kept under: the hash of the largest file, which is the weights, whatever else lies beside them. */
export function artifactKey(files: readonly ReportFile[]): string {
  const largest = files.reduce<ReportFile | undefined>((best, file) => (best === undefined || file.bytes > best.bytes ? file : best), undefined);
  return largest?.sha256 ?? 'none';
}

/** The path of the file or member that a finding is about, as the inspection names it. */
export function pathOf({ location: { file, member } }: Finding): string | undefined {
  return file === undefined || member === undefined ? file : `${file}!${member}`;
}

/** Files of the drop that nobody could look into wholly: never clean, whatever was found elsewhere. */
export function unreadFiles(report: Report | undefined): string[] {
  return unreadPaths(report?.subject.files ?? []);
}
