// Rules: parts of a file that its format forbids, and files that nobody could look into. A broken file is evidence, not an
// exception: what a strict reader refuses and a lax one takes is where files that mean two things hide.
import { ArtifactError, type ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { Severity } from '../../core/finding.ts';
import { bytesAround } from '../evidence.ts';
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

/** What merely prevents a run is no sign of an attack. */
const HARMLESS = new Set<ArtifactErrorFields['code']>(['unsupported-dtype', 'unsupported-architecture', 'unsupported-format', 'missing-tokenizer', 'missing-file', 'missing-tensor']);

export const fileIntegrity = analysisOf({
  id: 'file-integrity',
  label: 'File integrity',
  limits: 'Checks headers, ranges and sizes of the formats Assay reads, and lists what it could not look into.',
  rules: [MALFORMED, NOT_INSPECTED],
  async check({ artifact, inspection }, report) {
    const files = new Map(inspection.files.map((file) => [file.path, file]));
    const seen = new Set<string>();
    for (const problem of [...inspection.files.flatMap(({ problems }) => problems), ...artifact.problems]) {
      // Opening and inspecting share their readers: what both found is one finding.
      const about = `${problem.field ?? ''}:${problem.offset ?? ''}`;
      const key = `${problem.file ?? ''}:${about}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const file = problem.file === undefined ? undefined : files.get(problem.file);
      // What merely begins as a file does need not be one.
      const harmless = HARMLESS.has(problem.code) || file?.guess === true;
      const severity: Severity = harmless ? 'info' : MALFORMED.severity;
      report(MALFORMED, {
        file: file ?? { path: problem.file ?? artifact.name, root: problem.file ?? artifact.name },
        ...(problem.offset === undefined ? {} : { offset: problem.offset }),
        about,
        title: new ArtifactError(problem).message,
        severity,
        sure: harmless ? 'hint' : 'read',
        evidence: [
          { kind: 'fields', title: 'What the reader expected and found', rows: [{ field: problem.field ?? 'file', ...(problem.offset === undefined ? {} : { offset: problem.offset }), expected: problem.expected ?? 'a valid value', found: problem.actual ?? 'something else' }] },
          ...(file === undefined || problem.offset === undefined || problem.offset >= file.source.size ? [] : [await bytesAround(file.source, problem.offset, 'The bytes there')]),
        ],
      });
    }
    for (const file of inspection.files) if (file.status !== 'inspected') report(NOT_INSPECTED, { file, about: 'status', title: titleOf(file), sure: 'read', evidence: [{ kind: 'text', title: 'Why', text: file.reason ?? 'no reason was given' }] });
  },
});

function titleOf({ path, status, reason }: InspectedFile): string {
  return `${path}: ${status === 'partly' ? 'only partly inspected' : 'not inspected'}${reason === undefined ? '' : ` (${reason})`}`;
}
