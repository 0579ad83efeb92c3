// One path through the static analyses, as `assay inspect` does it: opened, hashed, audited.
import { performance } from 'node:perf_hooks';
import { openPath } from '../../src/adapters/node-files.ts';
import { nodeHasher } from '../../src/adapters/node-hasher.ts';
import { hashFiles } from '../../src/engine/artifact/hash-files.ts';
import { openArtifact } from '../../src/engine/artifact/open.ts';
import { STATIC } from '../../src/engine/audit/registry.ts';
import { runAudit } from '../../src/engine/audit/run-audit.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import type { Report } from '../../src/engine/report/report.ts';

export async function inspectPath(path: string): Promise<Report> {
  const artifact = await openArtifact(await openPath(path));
  const digests = await hashFiles(artifact.files.map(({ source }) => source), nodeHasher);
  const files = artifact.files.map(({ source, format }, i) => ({ path: source.path, bytes: source.size, sha256: digests[i] ?? '', format }));
  const events = runAudit({ artifact, files, environment: { backend: 'cpu', threads: 1, adapter: 'none' }, runnable: undefined, options: { budget: 'quick', seed: 0, analyses: STATIC }, signal: NEVER, clock: { now: () => performance.now() } });
  for await (const event of events) if (event.type === 'report') return event.report;
  throw new Error(`${path}: no report`);
}
