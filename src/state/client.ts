// What the page asks of whoever runs the engine: the workers' client in the product, a script in tests.
// Everything that crosses is plain data (structured clone; its nouns are the workers' protocol), failures come back as
// Result, never as exceptions. Imports run one way (workers <- state), so the workers' client matches this interface by
// shape and main.tsx, the composition root, is where the compiler compares the two.
import type { MonitorClient } from './monitor-client.ts';
import type { AuditEvent } from '../engine/audit/events.ts';
import type { Bytes } from '../engine/core/units.ts';
import type { Result } from '../engine/core/result.ts';
import type { Look } from '../engine/probes/image-trigger/look.ts';
import type { Reading } from '../engine/probes/text-triggers/reading.ts';
import type { Report, ReportInputs } from '../engine/report/report.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';
import type {
  AttentionRequest,
  AttentionView,
  AuditRequest,
  DroppedFile,
  GenerateRequest,
  GeneratedAnswer,
  Knowledge,
  LookRequest,
  OpenedModel,
  OpenInput,
  OpenProgress,
  NamedFiles,
  PicturePreparation,
  ReadRequest,
  Remembered,
  Resumable,
  Sample,
  StoredReportSummary,
} from '../workers/protocol.ts';

export type * from '../workers/protocol.ts';

export interface AssayClient {
  /** Prediction logs: a worker of its own. */
  readonly monitor: MonitorClient;
  /** Which backend this browser will run and why, before anything is open. */
  environment(): Promise<Result<RuntimeEnvironment>>;
  samples(): Promise<Result<readonly Sample[]>>;
  remembered(): Promise<Result<Remembered | null>>;
  /**
   * Closes what was open. Failing leaves nothing open and the client usable.
   * `onEvent`: the check of the files, which begins at once and ends with its report, often before the model is loaded.
   */
  open(input: OpenInput, onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<OpenedModel>>;
  /** What counts for the next check: of what is opened, or of what is open (`recheck`). */
  know(knowledge: Knowledge): void;
  /** The open files once more, with what is known now; nothing is read again. */
  recheck(onEvent: (event: AuditEvent) => void): Promise<Result<Report>>;
  /** The open files beside another model, tensor by tensor. */
  compare(name: string, files: readonly DroppedFile[], onProgress: (progress: OpenProgress) => void, onEvent: (event: AuditEvent) => void): Promise<Result<Report>>;
  /** Bytes [begin, end) of an open file or of a member of it ('model.pt!archive/data.pkl'); at most 64 KiB come back. */
  bytes(path: string, begin: Bytes, end: Bytes): Promise<Result<Uint8Array<ArrayBuffer>>>;
  close(): Promise<void>;
  /** Clean inputs of the user's own, for the audits of what is open; undefined takes them back. Says what was used of them. */
  give(given: NamedFiles | undefined): Promise<Result<ReportInputs | null>>;
  /** Its report is stored in the history by the client, of one that was stopped as far as it came. */
  audit(request: AuditRequest, onEvent: (event: AuditEvent) => void): Promise<Result<Report>>;
  /** What is left of an audit of the open model that was stopped; null where nothing was kept. */
  resumable(): Promise<Resumable | null>;
  /** Settles once no other tab of this browser audits the artifact with this hash. */
  elsewhereEnded(sha256: string): Promise<void>;
  /** Stops open, audit, attention or generate at its next step; their promises settle as 'cancelled'. */
  cancel(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  attention(request: AttentionRequest): Promise<Result<readonly AttentionView[]>>;
  /** onTokens: tokens made so far, of all rows. */
  generate(request: GenerateRequest, onTokens: (count: number) => void): Promise<Result<readonly GeneratedAnswer[]>>;
  read(request: ReadRequest): Promise<Result<readonly Reading[]>>;
  look(request: LookRequest): Promise<Result<Look>>;
  /** What pictures go through: where no file says it, told from the model's answers, as the audit tells it. */
  preparation(): Promise<Result<PicturePreparation>>;
  /** Other preprocessing for all that follows; undefined goes back to what was read or told. */
  prepare(change: Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined): Promise<Result<PicturePreparation>>;
  listReports(): Promise<Result<readonly StoredReportSummary[]>>;
  loadReport(id: string): Promise<Result<Report>>;
  removeReport(id: string): Promise<Result<null>>;
}
