// What crosses between page and workers: plain data for structured clone, failures as Result, progress as typed unions.
// Large arrays (attention maps) are transferred. The page's stores know these shapes through the client alone.
import type { NamedCandidate } from '../engine/audit/candidates.ts';
import type { AuditEvent, ResumeState } from '../engine/audit/events.ts';
import type { ArtifactErrorFields } from '../engine/core/artifact-error.ts';
import type { DecodedImage } from '../engine/inputs/images.ts';
import type { BudgetName, PicturesEvidence, Task, Verdict } from '../engine/core/finding.ts';
import type { TrustAnchor } from '../engine/core/signature-check.ts';
import type { Result } from '../engine/core/result.ts';
import type { Bytes, Milliseconds, Nats, Seconds } from '../engine/core/units.ts';
import type { Reading } from '../engine/probes/text-triggers/reading.ts';
import type { AllowEntry } from '../engine/report/allow-list.ts';
import type { Look } from '../engine/probes/image-trigger/look.ts';
import type { Report, ReportFile, ReportInputs } from '../engine/report/report.ts';
import type { SignatureEntry } from '../engine/rules/signatures/signature-set.ts';
import type { SamplingOptions } from '../engine/runtime/causal-lm.ts';
import type { RuntimeEnvironment } from '../engine/runtime/session.ts';

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

/** One file of a drop: its path inside the drop and the browser's handle, which is never copied as a whole. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Files for something else than opening, by the name of their folder, of the only one, or of what they hold. */
export interface NamedFiles {
  readonly name: string;
  readonly files: readonly DroppedFile[];
}

/** An entry of public/samples/index.json; `files` are names inside the folder of its id. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly task: Task;
  readonly files: readonly string[];
}

export type OpenInput =
  /** `handles`: what the browser gives for a drop or a picker, with which it can be opened again after a reload. */
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly DroppedFile[]; readonly handles?: readonly FileSystemHandle[] }
  | { readonly kind: 'sample'; readonly sample: Sample }
  /** What was open before a reload. */
  | { readonly kind: 'remembered'; readonly name: string };

/** What was open when the page was left, and whether it can be opened again from here. */
export interface Remembered {
  readonly name: string;
  readonly savedAt: Milliseconds;
  /** The browser will ask the user for the files again, which needs a click. */
  readonly needsPermission: boolean;
  /** One hash for the whole artifact. */
  readonly sha256: string;
  /** An audit of it was interrupted. */
  readonly interrupted: boolean;
  /** An audit of it runs in another tab of this browser: nothing is interrupted. */
  readonly elsewhere: boolean;
}

export type OpenStep = 'fetch' | 'read' | 'convert' | 'hash' | 'build' | 'load';

export interface OpenProgress {
  readonly step: OpenStep;
  /** In units of `unit`; total 0 where it is not known. */
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'files' | 'tensors' | 'steps';
  readonly note?: string;
}

/** What a budget costs on the model at hand, said beforehand. */
export interface BudgetEstimate {
  readonly budget: BudgetName;
  readonly tokens: number;
  /** Absent where this machine's speed is not known yet. */
  readonly seconds?: Seconds;
}

/** Work of an interrupted audit of the same artifact that can be gone on with. */
export interface Resumable {
  readonly budget: BudgetName;
  readonly seed: number;
  readonly savedAt: Milliseconds;
  readonly stagesDone: number;
  readonly stagesTotal: number;
}

/** What the model worker knows of what is open; hashes and resumable work are added by the client. */
export interface ModelDescription {
  readonly name: string;
  readonly task: Task;
  /** 'hugging-face', 'gguf', 'onnx' or 'unknown'. */
  readonly kind: string;
  readonly architecture: string | undefined;
  readonly layers: number | undefined;
  readonly heads: number | undefined;
  readonly parameters: number | undefined;
  readonly vocabularySize: number | undefined;
  readonly contextLength: number | undefined;
  /** Number formats of the weights, most bytes first: ['BF16']. */
  readonly dtypes: readonly string[];
  /** Of all files. */
  readonly bytes: Bytes;
  /** Of the tensors alone; undefined where the weights were not told apart (ONNX keeps them among its nodes). */
  readonly weightBytes: Bytes | undefined;
  readonly formats: Readonly<Record<string, string>>;
  /** Who it says it is (config, model card, GGUF metadata), never verified. */
  readonly claims: string | undefined;
  /** File of the chat template, 'none' where the model has none. */
  readonly chatTemplate: string;
  readonly defaultSampling: SamplingOptions | undefined;
  readonly problems: readonly ArtifactErrorFields[];
  /** Why the model cannot be run, where it cannot: the static analyses still apply. */
  readonly notRunnable: ArtifactErrorFields | undefined;
  readonly budgets: readonly BudgetEstimate[];
  readonly environment: RuntimeEnvironment | undefined;
  /** Of an image classifier. */
  readonly pictures: PicturePreparation | undefined;
}

/** What is open: the identity strip, and what can be done with it. */
export interface OpenedModel extends Omit<ModelDescription, 'formats'> {
  /** With SHA-256 each; `sha256` is one for the whole artifact (over the sorted file hashes where there are several). */
  readonly files: readonly ReportFile[];
  readonly sha256: string;
  readonly resumable: Resumable | undefined;
  /** An audit of it runs in another tab of this browser. */
  readonly elsewhere: boolean;
}

/** What the user brings along: digests that are known, findings that were accepted, keys that are trusted. */
export interface Knowledge {
  readonly signatures: readonly SignatureEntry[];
  readonly allowed: readonly AllowEntry[];
  /** Keys and roots that signatures of models are checked with. */
  readonly trusted: readonly TrustAnchor[];
}

export interface AuditRequest {
  readonly budget: BudgetName;
  readonly seed: number;
  readonly analyses?: readonly string[];
  /** Hints that probes try beside what they find themselves. */
  readonly candidates?: readonly NamedCandidate[];
  /** Go on with the stored checkpoints of `resumable`; otherwise they are thrown away. */
  readonly resume: boolean;
}

/** What the worker needs beyond the request: whose hashes the report names, and what is already done. */
export interface AuditJob extends Omit<AuditRequest, 'resume'> {
  readonly files: readonly ReportFile[];
  readonly sha256: string;
  readonly backend: string;
  /** What the check of the files said, which need not be said again. */
  readonly known: Report | undefined;
  readonly resumeState: ResumeState | undefined;
  /** Its checkpoints are stored; not where another tab runs the same audit and stores its own. */
  readonly keeps: boolean;
  readonly allowed: readonly AllowEntry[];
}

/** A user's turn to be put through the chat template. */
export interface PromptText {
  readonly user: string;
  readonly system?: string;
  /** Character range of the trigger in `user`. */
  readonly trigger?: readonly [number, number];
}

export type TokenRole = 'template' | 'system' | 'prompt' | 'trigger' | 'answer';

export interface TokenView {
  readonly id: number;
  readonly text: string;
  readonly role: TokenRole;
}

export interface AttentionRequest {
  readonly prompts: readonly PromptText[];
  /** Greedy answer tokens made and appended to each prompt before the maps are taken. */
  readonly answerTokens: number;
  /** Greedy answer tokens made to be read beside the maps; at least as many. */
  readonly answerShown: number;
}

/** The answer beside the maps. */
export interface ShownAnswer {
  readonly text: string;
  readonly tokens: number;
  /** The model ended it by itself; else it was cut here. */
  readonly ended: boolean;
  /** Its first tokens, which stand in the maps. */
  readonly mapped: number;
}

/** Attention of one rendered prompt with its answer. */
export interface AttentionView {
  readonly tokens: readonly TokenView[];
  readonly layers: number;
  readonly heads: number;
  /** [layers] of Float32Array [heads, query, key], row-major, probabilities. */
  readonly maps: readonly Float32Array[];
  readonly answer: ShownAnswer;
  /** Seconds of the forward pass. */
  readonly seconds: Seconds;
}

export interface GenerateRequest {
  readonly prompts: readonly PromptText[];
  readonly sampling: SamplingOptions;
  readonly maxNewTokens: number;
  readonly seed: number;
}

export interface GeneratedAnswer {
  readonly text: string;
  readonly tokens: readonly { readonly id: number; readonly text: string; readonly entropy: Nats }[];
  /** The model ended it by itself. */
  readonly stopped: boolean;
  /** The context held no more: prompt and answer fill it. */
  readonly full: boolean;
  readonly seconds: Seconds;
}

/** Texts put to a classifier as they stand. */
export interface ReadRequest {
  readonly texts: readonly PromptText[];
}

/** How pixels from 0 to 1 are brought into the range the graph takes: (pixel * scale - mean) / std, by channel. */
export interface PicturePreparation {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: 'nchw' | 'nhwc';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The file it was read from, or how it was told or guessed. */
  readonly origin: string;
  readonly guessed: boolean;
}

export interface LookRequest {
  /** A file, or pixels of any size: 8 bits a channel, red, green, blue, opacity. */
  readonly picture: File | DecodedImage;
  /** A reconstructed trigger to stamp on it. */
  readonly stamp: PicturesEvidence['stamp'] | undefined;
}

export interface StoredReportSummary {
  readonly id: string;
  readonly savedAt: Milliseconds;
  readonly name: string;
  readonly task: Task;
  readonly sha256: string;
  readonly verdict: Verdict;
  /** The verdict as a heading. */
  readonly words: string;
  readonly score: number;
  readonly budget: BudgetName;
  readonly seed: number;
  readonly findings: number;
  readonly ran: number;
  readonly analyses: number;
  /** Nothing was run: the files alone were checked. */
  readonly filesOnly: boolean;
}

export interface WorkerSettings {
  /** Folder of the page, under which ort/ stands. */
  readonly baseUrl: string;
  readonly choice: BackendChoice;
  /** Int32Array of one entry, set to 1 to cancel; present where the page is cross-origin isolated. */
  readonly cancelFlag: SharedArrayBuffer | undefined;
}

/**
 * The model worker: owns the runtime and the one open model. Calls follow one another; only `stop` and `hold` overtake, and
 * what is asked by hand (`attention`, `generate`, `read`, `look`, `preparation`), one at a time, which an audit pauses for.
 */
export interface ModelWorker {
  start(settings: WorkerSettings): Promise<Result<RuntimeEnvironment>>;
  open(name: string, files: readonly DroppedFile[], onProgress: (progress: OpenProgress) => void): Promise<Result<ModelDescription>>;
  /** What budgets cost here: runs the open model for a second or two. */
  measure(): Promise<Result<readonly BudgetEstimate[]>>;
  close(): Promise<void>;
  /** Clean inputs of the user's own for the audits of the open classifier from here on; undefined takes them back. */
  give(given: NamedFiles | undefined): Promise<Result<ReportInputs | null>>;
  /** Events arrive in order, in batches; the report comes back as the result. */
  audit(job: AuditJob, onEvents: (events: readonly AuditEvent[]) => void): Promise<Result<Report>>;
  attention(request: AttentionRequest): Promise<Result<readonly AttentionView[]>>;
  generate(request: GenerateRequest, onTokens: (count: number) => void): Promise<Result<readonly GeneratedAnswer[]>>;
  /** Texts put to a classifier. */
  read(request: ReadRequest): Promise<Result<readonly Reading[]>>;
  /** What an image classifier sees in a picture, without and with a trigger. */
  look(request: LookRequest): Promise<Result<Look>>;
  /** What pictures go through: where no file says it, told from the model's answers, as the audit tells it. */
  preparation(): Promise<Result<PicturePreparation>>;
  /** Other preprocessing than what was read or told, for all that follows; undefined goes back to that. */
  prepare(change: Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined): Promise<Result<PicturePreparation>>;
  /** Cancels the call in progress at its next step. */
  stop(): void;
  /** Pauses or goes on with an audit, between two of its steps. */
  hold(paused: boolean): void;
}

/** The files worker: hashes and static audit, beside the model worker on another core. It stays as long as the drop is open. */
export interface FilesWorker {
  /** The report's files carry the hashes. `onProgress`: bytes hashed so far. */
  check(name: string, files: readonly DroppedFile[], knowledge: Knowledge, onProgress: (bytes: Bytes) => void, onEvents: (events: readonly AuditEvent[]) => void): Promise<Result<Report>>;
  /** The same files with other knowledge; nothing is read again. */
  recheck(knowledge: Knowledge, onEvents: (events: readonly AuditEvent[]) => void): Promise<Result<Report>>;
  /** The same files beside another model. */
  compare(name: string, files: readonly DroppedFile[], knowledge: Knowledge, onProgress: (bytes: Bytes) => void, onEvents: (events: readonly AuditEvent[]) => void): Promise<Result<Report>>;
  bytes(path: string, begin: Bytes, end: Bytes): Promise<Result<Uint8Array<ArrayBuffer>>>;
  /** Ends the call that is under way as cancelled; what was open before stays open. */
  stop(): void;
}
