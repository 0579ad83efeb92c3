// Rules: files beside a model that tools act on by themselves. Whoever clones a model and opens the folder in an editor, enters it
// in a shell or lets a coding agent work in it starts what they say, without loading the model at all.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import { shown, shownLines } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { yamlValues } from '../yaml-values.ts';
import { agentAsks } from './agent-text.ts';
import { jsonDeeds, textDeeds, type WorkspaceDeed } from './commands.ts';
import { containerDeeds, describesContainers } from './containers.ts';
import { workspaceKind, type WorkspaceKind } from './kinds.ts';

const COMMAND: Rule = {
  id: 'ASY-EXE-008', title: 'A file that tools act on by themselves holds a command', severity: 'high',
  misses: 'Goes by the names of files that well-known tools read, and by commands as they are usually written. Programs that are called by their names alone (a script in the folder, a published package) are not followed.',
  references: ['AML.T0010.003', 'AML.T0011.000', 'CWE-829', 'CWE-506'], remedy: 'Do not open the folder in an editor, shell or agent before the file is removed. A model needs none of this.',
};
const INSTRUCTION: Rule = {
  id: 'ASY-EXE-009', title: 'Instructions for coding agents ask for what a model’s folder has no reason to ask', severity: 'high',
  misses: 'Judged by phrases in English that name a deed and its object; other words and languages pass.',
  references: ['AML.T0051.001', 'CWE-506'], remedy: 'Remove the file, or read it before an agent does.',
};
const PRESENT: Rule = {
  id: 'ASY-EXE-010', title: 'A file that tools act on by themselves', severity: 'info',
  misses: 'That it is there is no suspicion. What the programs do that it starts was not looked into.',
  references: ['AML.T0010.003'], remedy: 'Read it before you open the folder in the tool.',
};

export const workspace = analysisOf({
  id: 'workspace',
  label: 'Files that tools and agents act on',
  limits: 'Settings of editors, shells, git, build servers and coding agents by their usual names; commands and instructions as they are usually written.',
  rules: [COMMAND, INSTRUCTION, PRESENT],
  inapplicable: ({ inspection }) => (filesOf(inspection).length === 0 ? 'no file that tools or agents act on' : undefined),
  async check({ inspection }, report) {
    for (const { file, text, value, kind } of filesOf(inspection)) {
      const name = shown(file.member ?? file.path, 80);
      if (kind !== NOTE && kind.usual !== true) report(PRESENT, { file, about: 'present', title: `${name} is a file that ${kind.what}`, sure: 'read', evidence: [] });
      if (kind === NOTE || kind.does === 'tells') {
        for (const { what, at, text: phrase } of agentAsks(text, kind === NOTE)) {
          report(INSTRUCTION, { file, offset: at, about: what, title: `${name} ${what}: ${shown(phrase, 120)}`, ...(kind === NOTE ? { severity: 'medium' as const } : {}), sure: 'inferred', evidence: [{ kind: 'source', title: 'What stands there', text: shownLines(text.slice(Math.max(0, at - 120), at + 400), 520), marks: [] }] });
        }
        continue;
      }
      for (const deed of value === undefined ? textDeeds(text, kind, file.path) : jsonDeeds(value, kind)) reportDeed(file, name, deed, report);
      if (kind.does === 'contains') for (const { what, where, text: stands } of containerDeeds(yamlValues(text) ?? [])) reportDeed(file, name, { what, severity: 'medium', where, text: stands }, report);
    }
  },
});

function reportDeed(file: InspectedFile, name: string, { what, severity, where, text }: WorkspaceDeed, report: Report): void {
  report(COMMAND, { file, about: where, location: { key: where }, title: `${name} ${what}: ${shown(text, 120)}`, severity, sure: 'inferred', evidence: [{ kind: 'source', title: where, text: shownLines(text, 600), marks: [] }] });
}

/** Cards and notes are read by agents too. */
const NOTES = /(?:^|[/!])(?:readme|model[_-]?card|usage|contributing|install)[\w.-]{0,40}\.(?:md|txt|rst)$/i;

/** Kubernetes' and Compose's descriptions go by any name. */
const YAML = /\.ya?ml$/i;
const CONTAINERS: WorkspaceKind = { what: 'containers are started by', does: 'contains', usual: true };

const NOTE = 'note';

interface WorkspaceFile {
  readonly file: InspectedFile;
  readonly text: string;
  readonly value: unknown;
  readonly kind: WorkspaceKind | typeof NOTE;
}

function filesOf(inspection: Inspection): WorkspaceFile[] {
  const files = [
    ...readBy(inspection, textInspector).map(({ file, content }) => ({ file, text: content, value: undefined as unknown })),
    ...readBy(inspection, jsonInspector).map(({ file, content }) => ({ file, text: content.text, value: content.value })),
  ];
  return files.flatMap((one) => {
    const path = one.file.path;
    const kind = workspaceKind(path) ?? (NOTES.test(path) ? NOTE : YAML.test(path) && MAY_DESCRIBE.test(one.text) && describesContainers(yamlValues(one.text) ?? []) ? CONTAINERS : undefined);
    return kind === undefined ? [] : [{ ...one, kind }];
  });
}

/** Looked for before anything is parsed. */
const MAY_DESCRIBE = /^(?:services|apiVersion):/m;
