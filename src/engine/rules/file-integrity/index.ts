// Rule: parts of the artifact that its format forbids. A broken file is evidence, not an exception: what a strict reader
// refuses and a lax one takes is where files that mean two things hide.
import type { Analysis } from '../../audit/analysis.ts';
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import type { Finding, Severity } from '../../core/finding.ts';

const RULE = 'ASY-FIL-001';

/** What merely prevents a run is no sign of an attack. */
const HARMLESS = new Set<ArtifactErrorFields['code']>(['unsupported-dtype', 'unsupported-architecture', 'unsupported-format', 'missing-tokenizer', 'missing-file', 'missing-tensor']);

export const fileIntegrity: Analysis = {
  id: 'file-integrity',
  label: 'File integrity',
  limits: 'Checks headers, ranges and sizes of the formats Assay reads. Does not yet look for code, hidden graph logic or tampered templates.',
  inapplicable: () => undefined,
  async run({ artifact }, emit) {
    for (const problem of artifact.problems) emit({ type: 'finding', finding: toFinding(problem) });
  },
};

function toFinding(problem: ArtifactErrorFields): Finding {
  const severity: Severity = HARMLESS.has(problem.code) ? 'info' : 'medium';
  const message = new ArtifactError(problem).message;
  return {
    id: `${RULE}:${problem.file ?? ''}:${problem.field ?? ''}:${problem.offset ?? ''}`,
    rule: RULE,
    title: message,
    severity,
    confidence: HARMLESS.has(problem.code) ? 0.1 : 0.6,
    location: { ...(problem.file === undefined ? {} : { file: problem.file }), ...(problem.offset === undefined ? {} : { offset: problem.offset }) },
    signals: [],
    evidence: [{ kind: 'text', title: 'What the reader expected and found', text: `expected ${problem.expected ?? 'a valid value'}, found ${problem.actual ?? 'something else'}` }],
    limits: fileIntegrity.limits,
    remedy: 'Download the file again and compare its hash with the publisher’s. If it is the same, ask the publisher.',
  };
}
