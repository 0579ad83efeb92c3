// Machine code, installers and compiled classes among a model's files, recognised by their first bytes; those of one archive are told together.
import { programInspector } from '../../artifact/formats/program-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { bytesAround, shown } from '../evidence.ts';
import type { Report, Rule } from '../rule.ts';

export const PROGRAM: Rule = {
  id: 'ASY-EXE-001', title: 'A program lies among the model’s files', severity: 'medium',
  misses: 'Machine code is recognised and not taken apart. Runtimes that ship a model with their own library look like this, too.',
  references: ['AML.T0010.003', 'AML.T0018.002', 'CWE-506'], remedy: 'A model needs no program. Remove it, or find out what it is for before running anything.',
};

const MOST_LISTED = 100;

/** Those of one kind in one archive (the classes of a jar) together. */
function programsOf(inspection: Inspection): { readonly kind: string; readonly files: readonly [InspectedFile, ...InspectedFile[]] }[] {
  const groups = new Map<string, { readonly kind: string; readonly files: [InspectedFile, ...InspectedFile[]] }>();
  for (const { file, content: { kind } } of readBy(inspection, programInspector)) {
    if (kind.startsWith('compiled Python') && /(^|[/!])__pycache__\//.test(file.path)) continue;
    const key = `${archiveOf(file.path) ?? file.path}\n${kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, files: [file] });
    else group.files.push(file);
  }
  return [...groups.values()];
}

/** Path of the archive that a file lies in. */
function archiveOf(path: string): string | undefined {
  const at = path.lastIndexOf('!');
  return at < 0 ? undefined : path.slice(0, at);
}

/** What makes a folder the source of a program for Java or Android. */
const JAVA_PROJECT = /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradlew(?:\.bat)?|gradle-wrapper\.properties|build\.sbt|AndroidManifest\.xml)$/;

/**
 * Libraries that a program's own source brings along (Gradle's wrapper before all): no loader of models reads them, and they
 * stay listed as not inspected. A library for Java where there is no such source, or a class among weights, has no such reason.
 */
function ofBuild({ path }: InspectedFile, kind: string, { files }: Inspection): boolean {
  return kind === 'a Java class' && /^[^!]{1,4000}\.(?:jar|aar)$/i.test(archiveOf(path) ?? '') && files.some((file) => JAVA_PROJECT.test(file.path));
}

export async function reportExecutables(inspection: Inspection, report: Report): Promise<void> {
  for (const { kind, files } of programsOf(inspection)) {
    const [file] = files;
    const name = shown(file.member ?? file.path, 100);
    const title = files.length === 1 ? `${name} is ${kind}` : `${shown(archiveOf(file.path) ?? '', 100)} holds ${files.length} programs: ${kind} each`;
    const members: Evidence[] = files.length === 1 ? [] : [{ kind: 'table', title: 'The programs', columns: ['file', 'bytes'], rows: files.slice(0, MOST_LISTED).map((each) => [shown(each.member ?? each.path, 200), each.source.size]) }];
    report(PROGRAM, { file, offset: 0, about: 'program', title, ...(ofBuild(file, kind, inspection) ? { severity: 'info' } : {}), sure: 'read', evidence: [...members, await bytesAround(file.source, 0, 'The first bytes')] });
  }
}
