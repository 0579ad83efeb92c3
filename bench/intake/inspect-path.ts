// One path through the static analyses, as `assay inspect` does it: opened, hashed, audited.
import { performance } from 'node:perf_hooks';
import { openFiles } from '../../src/cli/open-model.ts';
import { STATIC } from '../../src/engine/audit/registry.ts';
import { runAudit } from '../../src/engine/audit/run-audit.ts';
import { NEVER } from '../../src/engine/core/cancel.ts';
import type { Report } from '../../src/engine/report/report.ts';

export async function inspectPath(path: string): Promise<Report> {
  const { artifact, inspection, files, digest } = await openFiles(path);
  const events = runAudit({ artifact, inspection, files, digest, environment: { backend: 'cpu', threads: 1, adapter: 'none' }, runnable: undefined, options: { budget: 'quick', seed: 0, analyses: STATIC }, signal: NEVER, clock: { now: () => performance.now() } });
  for await (const event of events) if (event.type === 'report') return event.report;
  throw new Error(`${path}: no report`);
}
