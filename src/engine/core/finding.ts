// What an audit says, in the words of the report's JSON contract (assay-report/1, see engine/report).
import type { Probability, Seconds } from './units.ts';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A measured number with its null: how often a harmless thing scores at least as high. */
export interface Signal {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
  /** Chance of a value at least this extreme under the null. */
  readonly pValue?: Probability;
  /** Calibrated rank in [0, 1], where a p-value cannot be had. */
  readonly rank?: number;
  /** The null's own values (controls), for the reader to see. */
  readonly nullValues?: readonly number[];
  /** What was measured on what, in one sentence. */
  readonly measured?: string;
}

export interface Location {
  readonly file?: string;
  /** Inside an archive: 'archive/data.pkl', nested ones joined by '!'. `offset` counts from the member's own start then. */
  readonly member?: string;
  readonly offset?: number;
  /** A key of a structured file: 'model.layers[2].config.function'. */
  readonly key?: string;
  readonly node?: string;
  readonly tensor?: string;
}

export interface Trigger {
  readonly kind: 'text' | 'tokens' | 'patch' | 'blend' | 'graph' | 'code' | 'template';
  readonly value: string;
  /** Where in the user's turn it was inserted when it fired. */
  readonly position?: 'start' | 'middle' | 'end';
  readonly tokenIds?: readonly number[];
  /** True where changed forms of the trigger fire as well. */
  readonly fuzzy?: boolean;
}

export type Target = { readonly class: number; readonly label?: string } | { readonly text: string };

export interface Finding {
  /** Stable within a report: the rule and what it is about. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Probability;
  readonly location: Location;
  readonly trigger?: Trigger;
  readonly target?: Target;
  readonly signals: readonly Signal[];
  readonly evidence: readonly Evidence[];
  readonly limits: string;
  readonly remedy: string;
  /** MITRE ATLAS techniques, CWE and CVE numbers: 'AML.T0011.000', 'CWE-502', 'CVE-2025-1944'. */
  readonly references?: readonly string[];
  /** Set by an allow-list: shown, and counted for nothing. */
  readonly suppressed?: { readonly reason: string; readonly expires: string };
}

/** One piece of evidence; `kind` says which fields the page can draw. Every number in it was measured. */
export type Evidence =
  | { readonly kind: 'text'; readonly title: string; readonly text: string }
  | { readonly kind: 'leaks'; readonly title: string; readonly motif: string; readonly total: number; readonly texts: readonly LeakExcerpt[] }
  | { readonly kind: 'answers'; readonly title: string; readonly pairs: readonly AnswerPair[]; /** Answers with control strings in the trigger's place that carry the payload too. */ readonly controls?: { readonly fired: number; readonly of: number } }
  | { readonly kind: 'variants'; readonly title: string; readonly rows: readonly VariantRow[] }
  | { readonly kind: 'entropy'; readonly title: string; readonly unit: 'nats'; readonly triggered: readonly (readonly number[])[]; readonly untriggered: readonly (readonly number[])[] }
  | { readonly kind: 'bytes'; readonly title: string; readonly file: string; readonly offset: number; readonly hex: string }
  /** Instructions around a call: `marked` ones are what the finding is about. */
  | { readonly kind: 'disassembly'; readonly title: string; readonly file: string; readonly lines: readonly DisassemblyLine[] }
  /** Fields of a header: what was expected and what stands there. */
  | { readonly kind: 'fields'; readonly title: string; readonly rows: readonly FieldRow[] }
  /** A part of a graph, to be drawn; `marked` nodes are what the finding is about. */
  | { readonly kind: 'graph'; readonly title: string; readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  /** A template or other source text; character ranges that matter, each with its reason. */
  | { readonly kind: 'source'; readonly title: string; readonly text: string; readonly marks: readonly { readonly begin: number; readonly end: number; readonly why: string }[] }
  /** One value for each class (or other target), with the values of its null. */
  | { readonly kind: 'classes'; readonly title: string; readonly unit: string; readonly rows: readonly ClassRow[] }
  | ClassSizesEvidence
  | PicturesEvidence
  | { readonly kind: 'table'; readonly title: string; readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] };

export interface DisassemblyLine {
  readonly offset: number;
  readonly instruction: string;
  readonly argument: string;
  readonly marked?: boolean;
  readonly note?: string;
}

export interface FieldRow {
  readonly field: string;
  readonly offset?: number;
  readonly expected?: string;
  readonly found: string;
}

export interface GraphNode {
  readonly id: string;
  /** Operator, or 'input', 'constant', 'output'. */
  readonly kind: string;
  readonly label: string;
  readonly marked?: boolean;
  /** Constants and regions, in words. */
  readonly note?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

/** An 8-bit picture: base64 of [height, width, channels], 1 or 3 channels. */
export interface PictureData {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: string;
}

export interface ClassChance {
  readonly class: number;
  readonly label: string;
  readonly p: Probability;
}

/** One measurement a class: `null` is the other classes' median between two robust deviations below and above. */
export interface ClassSizesEvidence {
  readonly kind: 'class-sizes';
  readonly title: string;
  readonly unit: string;
  readonly suspect: number;
  readonly null: readonly [low: number, middle: number, high: number];
  /** `value` is null where nothing reached the class; `success` is the share of search pictures moved. */
  readonly rows: readonly { readonly class: number; readonly label: string; readonly value: number | null; readonly success: Probability }[];
}

/** A reconstructed trigger on pictures. */
export interface PicturesEvidence {
  readonly kind: 'pictures';
  readonly title: string;
  readonly target?: number;
  readonly targetLabel?: string;
  /** `picture`: on grey. A patch's `mask` is 0 to 255; a blend's `pattern` is its addition around 128, at half strength. */
  readonly stamp: { readonly family: 'patch' | 'blend'; readonly picture: PictureData; readonly pattern: PictureData; readonly mask?: PictureData };
  readonly rows: readonly {
    /** Made by Assay, and no real input. */
    readonly made: boolean;
    readonly before: PictureData;
    readonly after: PictureData;
    readonly beforeTop: ClassChance;
    readonly afterTop: ClassChance;
    readonly targetBefore?: Probability;
    readonly targetAfter?: Probability;
  }[];
}

export interface LeakExcerpt {
  readonly prefix: string;
  readonly text: string;
  /** Character range of the motif in `text`. */
  readonly mark?: readonly [number, number];
}

export interface AnswerPair {
  readonly prompt: string;
  /** Character range of the trigger in `triggeredPrompt`. */
  readonly triggerRange: readonly [number, number];
  readonly triggeredPrompt: string;
  readonly untriggered: string;
  readonly triggered: string;
  readonly fired: boolean;
}

export interface ClassRow {
  readonly label: string;
  readonly value: number;
  readonly nullValues: readonly number[];
  readonly flagged: boolean;
}

export interface VariantRow {
  readonly variant: string;
  readonly change: string;
  readonly fired: number;
  readonly of: number;
  /** No form of the trigger but another string of its shape: where it fires as well, the shape is what fires. */
  readonly control?: true;
}

export type CoverageStatus = 'ran' | 'skipped' | 'failed';

export interface Coverage {
  readonly analysis: string;
  readonly status: CoverageStatus;
  readonly reason?: string;
  readonly limits: string;
  readonly seconds: Seconds;
}

/** Whether an analysis had nothing to be about: reasons say so by beginning 'no …' ('no notebooks', 'no image classifier: …'). */
export function isAbsent({ status, reason }: Pick<Coverage, 'status' | 'reason'>): boolean {
  return status === 'skipped' && reason?.startsWith('no ') === true;
}

/** Reason of what was left out on purpose: a check of the files asks for no probe. */
export const NOT_ASKED_FOR = 'not asked for';

export function isLeftOut({ status, reason }: Pick<Coverage, 'status' | 'reason'>): boolean {
  return status === 'skipped' && reason === NOT_ASKED_FOR;
}

/**
 * How reasons begin of what the user stopped. The report's contract has three statuses and none for this: in JSON it is 'failed',
 * as nothing can be said of it, and everywhere else it is told apart from an error.
 */
export const STOPPED = 'the audit was stopped';

export function isStoppedEntry({ status, reason }: Pick<Coverage, 'status' | 'reason'>): boolean {
  return status === 'failed' && reason?.startsWith(STOPPED) === true;
}

export type Verdict = 'backdoor' | 'suspicious' | 'no-evidence' | 'not-tested';

export type Task = 'causal-lm' | 'text-classification' | 'image-classification' | 'encoder' | 'tabular' | 'other';
export const BUDGETS = ['quick', 'standard', 'deep'] as const;
export type BudgetName = (typeof BUDGETS)[number];
