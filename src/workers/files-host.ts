// What the files worker does, without the worker: looks into what was dropped, audits the files as they are, hashes them,
// and afterwards shows bytes of any of them (members of archives too). It runs beside the model worker on another core.
import { hashFiles } from '../engine/artifact/hash-files.ts';
import { inspectFiles } from '../engine/artifact/inspect/inspect-files.ts';
import type { InspectedFile } from '../engine/artifact/inspect/inspection.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { runAudit } from '../engine/audit/run-audit.ts';
import type { Drop } from '../engine/core/byte-source.ts';
import type { CancelSignal } from '../engine/core/cancel.ts';
import type { MakeHasher } from '../engine/core/hasher.ts';
import type { Clock } from '../engine/core/host.ts';
import type { Bytes } from '../engine/core/units.ts';
import type { Report } from '../engine/report/report.ts';

export interface FilesHostDependencies {
  readonly makeHasher: MakeHasher;
  readonly clock: Clock;
}

/** What a page of the hex view asks for at most. */
export const MAX_SHOWN_BYTES: Bytes = 2 ** 16;

const NOTHING_RUN = { backend: 'none', threads: 1, adapter: 'nothing was run' } as const;

export class FilesHost {
  readonly #dependencies: FilesHostDependencies;
  #files: ReadonlyMap<string, InspectedFile> = new Map();

  constructor(dependencies: FilesHostDependencies) {
    this.#dependencies = dependencies;
  }

  /** Findings that need no hash come first, then every byte is read once. */
  async check(drop: Drop, signal: CancelSignal, onProgress: (bytes: Bytes) => void, onEvent: (event: AuditEvent) => void): Promise<Report> {
    const { makeHasher, clock } = this.#dependencies;
    const artifact = await openArtifact(drop);
    const sources = artifact.files.map(({ source }) => source);
    const inspection = await inspectFiles(sources, { signal });
    this.#files = new Map(inspection.files.map((file) => [file.path, file]));
    const events = runAudit({
      artifact,
      inspection,
      runnable: undefined,
      notRunnable: 'only files are inspected',
      files: artifact.files.map(({ source, format }) => ({ path: source.path, bytes: source.size, sha256: '', format })),
      digest: async () => {
        const hashes = await hashFiles(sources, makeHasher, { signal, onProgress });
        return { files: new Map(sources.map(({ path }, i) => [path, hashes[i] ?? ''])), tensors: [] };
      },
      environment: NOTHING_RUN,
      options: { budget: 'quick', seed: 0, analyses: STATIC },
      signal,
      clock,
    });
    let report: Report | undefined;
    for await (const event of events) {
      if (event.type === 'report') report = event.report;
      onEvent(event);
    }
    if (report === undefined) throw new Error('the check of the files ended without a report');
    return report;
  }

  /** Bytes [begin, end) of a file or of a member ('model.pt!archive/data.pkl'), cut to MAX_SHOWN_BYTES. */
  async bytes(path: string, begin: Bytes, end: Bytes): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`${path} is not open`);
    const from = Math.max(0, Math.min(begin, file.source.size));
    return file.source.slice(from, Math.min(end, from + MAX_SHOWN_BYTES, file.source.size));
  }
}
