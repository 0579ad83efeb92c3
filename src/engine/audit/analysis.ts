// The one shape of every analysis, and what it is given. Rules, probes and detectors each stand in their own folder.
import type { Artifact } from '../artifact/artifact.ts';
import type { ChatTemplate, Tokenizer } from '../artifact/tokenizer.ts';
import type { CancelSignal } from '../core/cancel.ts';
import type { BudgetName, Task } from '../core/finding.ts';
import type { Clock } from '../core/host.ts';
import type { Report, ReportFile, ReportInputs } from '../report/report.ts';
import type { CausalLm } from '../runtime/causal-lm.ts';
import type { ImageClassifier, TabularClassifier, TextClassifier } from '../runtime/classifier.ts';
import type { Digests } from '../artifact/digests/digests.ts';
import type { Inspection } from '../artifact/inspect/inspection.ts';
import type { Rule } from '../core/rule.ts';
import type { Trust } from '../rules/model-signing/verify.ts';
import type { SignatureEntry } from '../rules/signatures/signature-set.ts';
import type { NamedCandidate } from './candidates.ts';
import type { AuditEvent, ResumeState } from './events.ts';

export interface RunnableCausalLm {
  readonly task: 'causal-lm';
  readonly model: CausalLm;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
}

/** A clean example of the user's: where its class is known, the index of it. */
export interface Example<Input> {
  readonly name: string;
  readonly input: Input;
  readonly label?: number;
}

/** Float32Array [channels, height, width], 0 to 1, already at the model's size. */
export type ImagePixels = Float32Array;

export interface RunnableImageClassifier {
  readonly task: 'image-classification';
  readonly model: ImageClassifier;
  /** The user's clean examples; empty where there are none. */
  readonly examples: readonly Example<ImagePixels>[];
}

export interface RunnableTextClassifier {
  readonly task: 'text-classification';
  readonly model: TextClassifier;
  readonly tokenizer: Tokenizer;
  readonly examples: readonly Example<string>[];
}

export interface RunnableTabularClassifier {
  readonly task: 'tabular';
  readonly model: TabularClassifier;
  readonly examples: readonly Example<Float32Array>[];
}

export type RunnableClassifier = RunnableImageClassifier | RunnableTextClassifier | RunnableTabularClassifier;
export type Runnable = RunnableCausalLm | RunnableClassifier;

export interface AuditOptions {
  readonly budget: BudgetName;
  readonly seed: number;
  /** Analyses by id; all that apply where undefined. */
  readonly analyses?: readonly string[];
  /** Hints that probes try beside what they find themselves (candidates.ts). */
  readonly candidates?: readonly NamedCandidate[];
}

export interface AuditContext {
  readonly artifact: Artifact;
  /** The model that the artifact was made from, or another one to compare with, where the user has it. */
  readonly base?: { readonly name: string; readonly inspection: Inspection; readonly digests: Digests };
  /** Digests that the user knows, beside those that ship. */
  readonly signatures?: readonly SignatureEntry[];
  /** Keys and roots that the user trusts, and how the host checks a signature. */
  readonly trust?: Trust;
  readonly runnable: Runnable | undefined;
  /** Why there is no runnable, in the user's words. */
  readonly notRunnable?: string;
  /** What the files, or the user, say that a model is for which could not be run. */
  readonly meantFor?: Task;
  /** Path, size, hash and format of every file of the drop. Where `digest` is given, hashes are taken from there. */
  readonly files: readonly ReportFile[];
  /** Reads every byte once: hashes of files and tensors. Asked for after all analyses that need none, so that those answer first. */
  readonly digest?: (inspection: Inspection) => Promise<Digests>;
  /** What the files were found to hold, where somebody has looked already. */
  readonly inspection?: Inspection;
  /** What analyses said that ran before on the same files: they do not run again. */
  readonly known?: Pick<Report, 'findings' | 'coverage'>;
  readonly environment: Report['environment'];
  readonly options: AuditOptions;
  /** What the runnable's examples were read from, for the report. */
  readonly inputs?: ReportInputs;
  readonly signal: CancelSignal;
  readonly clock: Clock;
  /** Finished stages of an interrupted audit of the same artifact, budget and seed. */
  readonly resume?: ResumeState;
}

/** What an analysis is given: the audit's context, and what the files were found to hold. */
export interface AnalysisContext extends AuditContext {
  readonly inspection: Inspection;
  /** Undefined for analyses that do not ask for them (`needsDigests`), and where the host takes none. */
  readonly digests?: Digests;
}

/** Thrown by an analysis that applies and finds that it cannot test this model: coverage says "skipped" and why. */
export class NotTested extends Error {
  override readonly name = 'NotTested';
}

export interface Analysis {
  /** Stable, kebab-case: 'trigger-scan'. */
  readonly id: string;
  readonly label: string;
  /** What it can miss, for coverage and report. */
  readonly limits: string;
  /** The rules of a family of static rules; probes have none. */
  readonly rules?: readonly Rule[];
  /** It compares hashes: it runs once every byte was read. */
  readonly needsDigests?: boolean;
  /** Undefined where it applies, else the reason it does not. */
  inapplicable(context: AnalysisContext): string | undefined;
  run(context: AnalysisContext, emit: (event: AuditEvent) => void): Promise<void>;
}
