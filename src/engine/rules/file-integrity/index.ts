// Rules: parts of a file that its format forbids, and files that nobody could look into. A broken file is evidence, not an
// exception: what a strict reader refuses and a lax one takes is where files that mean two things hide.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import { NOT_UTF8 } from '../../artifact/text.ts';
import type { Severity } from '../../core/finding.ts';
import { groupProblems, placeOf, type ProblemGroup } from '../../core/problem-groups.ts';
import { bytesAround, shown } from '../evidence.ts';
import { reachesOut } from '../configuration/paths.ts';
import { analysisOf, type Rule } from '../rule.ts';

const MALFORMED: Rule = {
  id: 'ASY-FIL-001',
  title: 'A part of the file is not what its format demands',
  severity: 'medium',
  misses: 'Checks headers, ranges, sizes and structure of the formats Assay reads, not the meaning of what stands in them.',
  references: ['AML.T0010.003', 'CWE-20'],
  remedy: 'Download the file again and compare its hash with the publisher’s. If it is the same, ask the publisher.',
};

const NOT_INSPECTED: Rule = {
  id: 'ASY-FIL-002',
  title: 'Not inspected',
  severity: 'info',
  misses: 'Nothing is known of what was not looked into. That a file is listed here is no suspicion, and no sign of harmlessness.',
  references: [],
  remedy: 'Do not load what you do not know. Ask for the model in a format that can be looked into (safetensors, GGUF, ONNX), or remove the file.',
};

const LINK: Rule = {
  id: 'ASY-FIL-003',
  title: 'A link that leads out of the folder',
  severity: 'low',
  misses: 'What stands behind the link is not looked into. A browser shows no links: there it is not told.',
  references: ['CWE-59', 'CWE-61', 'AML.T0010.003'],
  remedy: 'A downloaded model has no use for it: whoever loads it reads a file of yours. A link of your own making is listed as not inspected; put the file in its place to have it looked into.',
};

/** Upwards and then to a name: whatever lies beside the folder, as links to shared weights do. */
const ONLY_UP = /^(?:\.\.\/)+(?!(?:etc|proc|sys|dev|root|home|var|boot)\/)(?!(?:[^/]+\/)*\.(?:ssh|aws|gnupg|kube|docker|netrc)\b)[^/]/;

/** What merely prevents a run is no sign of an attack. */
const HARMLESS = new Set<ArtifactErrorFields['code']>(['unsupported-dtype', 'unsupported-architecture', 'unsupported-setting', 'unsupported-format', 'missing-tokenizer', 'missing-file', 'missing-tensor']);

/** Formats whose texts are shown and never computed with: readers replace what is not UTF-8 and go on. */
const SHOWN_TEXTS = new Set(['gguf', 'text']);

export const fileIntegrity = analysisOf({
  id: 'file-integrity',
  label: 'File integrity',
  limits: 'Checks headers, ranges and sizes of the formats Assay reads, and lists what it could not look into.',
  rules: [MALFORMED, NOT_INSPECTED, LINK],
  async check({ artifact, inspection }, report) {
    const files = new Map(inspection.files.map((file) => [file.path, file]));
    for (const problems of groupProblems([...inspection.files.flatMap((file) => file.problems), ...artifact.problems])) {
      const [first] = problems;
      const { file: path, offset } = first;
      const file = path === undefined ? undefined : files.get(path);
      // What merely begins as a file does need not be one.
      const harmless = HARMLESS.has(first.code) || file?.guess === true;
      const severity: Severity = harmless ? 'info' : problems.every(({ format, expected }) => SHOWN_TEXTS.has(format) && expected === NOT_UTF8.expected) ? 'low' : MALFORMED.severity;
      report(MALFORMED, {
        file: file ?? { path: path ?? artifact.name, root: path ?? artifact.name },
        ...(offset === undefined ? {} : { offset }),
        about: placeOf(first),
        title: titleOfGroup(problems),
        severity,
        sure: harmless ? 'hint' : 'read',
        evidence: [
          { kind: 'fields', title: 'What the reader expected and found', rows: problems.map((problem) => ({ field: problem.field ?? 'file', ...(problem.offset === undefined ? {} : { offset: problem.offset }), expected: problem.expected ?? 'a valid value', found: problem.actual ?? (problem.code.startsWith('missing') ? 'nothing' : 'something else') })) },
          ...(file === undefined || offset === undefined || offset >= file.source.size ? [] : [await bytesAround(file.source, offset, problems.length === 1 ? 'The bytes there' : 'The bytes at the first')]),
        ],
      });
    }
    for (const { path, target = '', kind } of inspection.closed ?? []) {
      const system = reachesOut(target) && !ONLY_UP.test(target);
      // A link to nothing may lead somewhere on another machine: told where it names what is not the author's.
      if (kind !== 'elsewhere' && !system) continue;
      report(LINK, { file: { path, root: path }, about: 'link', title: `${shown(path, 80)} is a link that leads out of the folder: ${shown(target, 120)}`, ...(system ? { severity: 'high' as const } : {}), sure: 'read', evidence: [{ kind: 'fields', title: 'The link', rows: [{ field: path, found: shown(target, 300) }] }] });
    }
    for (const file of inspection.files) if (file.status !== 'inspected') report(NOT_INSPECTED, { file, about: 'status', title: titleOf(file), sure: 'read', evidence: [{ kind: 'text', title: 'Why', text: file.reason ?? 'no reason was given' }] });
  },
});

function titleOfGroup(problems: ProblemGroup): string {
  const [first] = problems;
  const message = new ArtifactError(first).message;
  const count = problems.reduce((sum, { times = 1 }) => sum + times, 0);
  if (count === 1) return message;
  return first.code === 'truncated' ? `Cut off: ${count} parts end behind the last byte of ${first.file ?? 'the file'}, the first: ${message}` : `${count} parts of one kind, the first: ${message}`;
}

function titleOf({ path, status, reason }: InspectedFile): string {
  return `${path}: ${status === 'partly' ? 'only partly inspected' : 'not inspected'}${reason === undefined ? '' : ` (${reason})`}`;
}
