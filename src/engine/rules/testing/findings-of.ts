// For tests: what one family of rules says of a few files.
import type { Analysis, AnalysisContext } from '../../audit/analysis.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { openArtifact } from '../../artifact/open.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import type { Finding } from '../../core/finding.ts';

export async function findingsOf(family: Analysis, files: readonly ByteSource[], more: Partial<AnalysisContext> = {}): Promise<Finding[]> {
  const artifact = await openArtifact({ name: 'test', files });
  const context: AnalysisContext = {
    artifact,
    inspection: await inspectFiles(files),
    runnable: undefined,
    files: [],
    environment: { backend: 'none', threads: 1, adapter: 'none' },
    options: { budget: 'quick', seed: 0 },
    signal: NEVER,
    clock: { now: () => 0 },
    ...more,
  };
  const findings: Finding[] = [];
  if (family.inapplicable(context) !== undefined) return findings;
  await family.run(context, (event) => {
    if (event.type === 'finding') findings.push(event.finding);
  });
  return findings;
}

/** Severities above `info`, with the rule: what an ordinary model must have none of. */
export function alarms(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'info').map(({ rule, severity }) => `${severity} ${rule}`);
}

export function textFile(path: string, content: string): ByteSource {
  const bytes = new TextEncoder().encode(content);
  return { path, size: bytes.byteLength, slice: async (begin, end) => bytes.slice(Math.max(0, begin), Math.max(0, end)) };
}
