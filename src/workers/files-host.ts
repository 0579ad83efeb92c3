// What the files worker does, without the worker: looks into what was dropped, audits the files as they are, hashes them,
// and afterwards shows bytes of any of them (members of archives too). It runs beside the model worker on another core.
import type { Artifact } from '../engine/artifact/artifact.ts';
import { digestPass, type DigestOptions } from '../engine/artifact/digests/digest-pass.ts';
import type { Digests } from '../engine/artifact/digests/digests.ts';
import { inspectFiles } from '../engine/artifact/inspect/inspect-files.ts';
import type { Inspection } from '../engine/artifact/inspect/inspection.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import { STATIC } from '../engine/audit/registry.ts';
import { runAudit } from '../engine/audit/run-audit.ts';
import type { Drop } from '../engine/core/byte-source.ts';
import { throwIfCancelled, type CancelSignal } from '../engine/core/cancel.ts';
import type { MakeHasher } from '../engine/core/hasher.ts';
import type { Clock } from '../engine/core/host.ts';
import type { CheckSignature } from '../engine/core/signature-check.ts';
import type { Bytes } from '../engine/core/units.ts';
import { applyAllowList } from '../engine/report/allow-list.ts';
import type { Report } from '../engine/report/report.ts';
import type { Knowledge } from './protocol.ts';

export interface FilesHostDependencies {
  readonly makeHasher: MakeHasher;
  readonly checkSignature: CheckSignature;
  readonly digestWhole?: DigestOptions['digestWhole'];
  readonly hashBeside?: DigestOptions['hashBeside'];
  readonly clock: Clock;
  /** Milliseconds since 1970: accepted findings end on a day. */
  readonly today: () => number;
}

/** What a page of the hex view asks for at most. */
const MAX_SHOWN_BYTES: Bytes = 2 ** 16;

const NOTHING_RUN = { backend: 'none', threads: 1, adapter: 'nothing was run' } as const;

interface Checked {
  readonly artifact: Artifact;
  readonly inspection: Inspection;
  /** Taken once: whatever is asked later reads no byte again. */
  digests: Digests | undefined;
}

export const KNOWING_NOTHING: Knowledge = { signatures: [], allowed: [], trusted: [] };

export interface Listener {
  /** Bytes read so far while hashing. */
  readonly onProgress: (bytes: Bytes) => void;
  readonly onEvent: (event: AuditEvent) => void;
  readonly signal: CancelSignal;
}

export class FilesHost {
  readonly #dependencies: FilesHostDependencies;
  #open: Checked | undefined;
  #base: Checked | undefined;

  constructor(dependencies: FilesHostDependencies) {
    this.#dependencies = dependencies;
  }

  /** Findings that need no hash come first, then every byte is read once. */
  async check(drop: Drop, knowledge: Knowledge, listener: Listener): Promise<Report> {
    this.#base = undefined;
    this.#open = await this.#read(drop, listener.signal);
    return this.#audit(knowledge, listener);
  }

  /** The same files once more, with what the user knows by now. */
  async recheck(knowledge: Knowledge, listener: Listener): Promise<Report> {
    return this.#audit(knowledge, listener);
  }

  /** The open model beside another one, tensor by tensor; every byte of that one is read once too. */
  async compare(drop: Drop, knowledge: Knowledge, listener: Listener): Promise<Report> {
    const base = await this.#read(drop, listener.signal);
    base.digests = await this.#digest(base, listener);
    throwIfCancelled(listener.signal);
    this.#base = base;
    return this.#audit(knowledge, listener);
  }

  /** Bytes [begin, end) of a file or of a member ('model.pt!archive/data.pkl'), cut to MAX_SHOWN_BYTES. */
  async bytes(path: string, begin: Bytes, end: Bytes): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#open?.inspection.files.find((candidate) => candidate.path === path);
    if (file === undefined) throw new Error(`${path} is not open`);
    const from = Math.max(0, Math.min(begin, file.source.size));
    return file.source.slice(from, Math.min(end, from + MAX_SHOWN_BYTES, file.source.size));
  }

  async #read(drop: Drop, signal: CancelSignal): Promise<Checked> {
    const artifact = await openArtifact(drop);
    const inspection = await inspectFiles(artifact.files.map(({ source }) => source), { signal, closed: artifact.closed ?? [] });
    return { artifact, inspection, digests: undefined };
  }

  async #digest(checked: Checked, { signal, onProgress }: Listener): Promise<Digests> {
    checked.digests ??= await digestPass(checked.artifact.files.map(({ source }) => source), checked.inspection, this.#dependencies.makeHasher, { signal, onProgress, digestWhole: this.#dependencies.digestWhole, hashBeside: this.#dependencies.hashBeside });
    return checked.digests;
  }

  async #audit({ signatures, allowed, trusted }: Knowledge, listener: Listener): Promise<Report> {
    const [open, base] = [this.#open, this.#base];
    if (open === undefined) throw new Error('no files are open');
    const { artifact, inspection } = open;
    const events = runAudit({
      artifact,
      inspection,
      runnable: undefined,
      notRunnable: 'only files are inspected',
      files: artifact.files.map(({ source, format }) => ({ path: source.path, bytes: source.size, sha256: '', format })),
      digest: () => this.#digest(open, listener),
      signatures,
      trust: { anchors: trusted, check: this.#dependencies.checkSignature, now: this.#dependencies.today() },
      ...(base?.digests === undefined ? {} : { base: { name: base.artifact.name, inspection: base.inspection, digests: base.digests } }),
      environment: NOTHING_RUN,
      options: { budget: 'quick', seed: 0, analyses: STATIC },
      signal: listener.signal,
      clock: this.#dependencies.clock,
    });
    let report: Report | undefined;
    for await (const event of events) {
      if (event.type === 'report') report = applyAllowList(event.report, allowed, this.#dependencies.today(), new Set(STATIC)).report;
      else listener.onEvent(event);
    }
    if (report === undefined) throw new Error('the check of the files ended without a report');
    listener.onEvent({ type: 'report', report });
    return report;
  }
}
