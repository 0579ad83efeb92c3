// The report's JSON contract, version 1. Scripts rely on it: change it only with a new schema string and a line in CHANGELOG.md.
import type { LeftOut } from '../artifact/artifact.ts';
import type { NamedCandidate } from '../audit/candidates.ts';
import type { BudgetName, Coverage, Finding, Task, Verdict } from '../core/finding.ts';
import type { Bytes, Probability } from '../core/units.ts';
import type { ByteRange, InspectionStatus } from '../artifact/inspect/inspection.ts';

export const REPORT_SCHEMA = 'assay-report/1';
/** What `subject.architecture` says of a model whose files name none. */
export const UNKNOWN_ARCHITECTURE = 'unknown';

export interface ReportFile {
  readonly path: string;
  readonly bytes: Bytes;
  readonly sha256: string;
  readonly format: string;
  /** What static inspection made of it. Absent only in reports that were written before there was one. */
  readonly inspection?: ReportInspection;
}

export interface ReportInspection {
  readonly status: InspectionStatus;
  /** Why it is not wholly inspected. */
  readonly reason?: string;
  /** Bytes understood, known and left (numbers of tensors), and not inspectable. They add up to the file's size. */
  readonly parsed: Bytes;
  readonly skipped: Bytes;
  readonly opaque: Bytes;
  /** In order; neighbours are joined where there are too many to list. */
  readonly ranges: readonly ByteRange[];
  /** Files inside it, at any depth. `path` is relative to this file, nested containers joined by '!'. */
  readonly members?: readonly ReportMember[];
  /** Members beyond those listed. */
  readonly membersLeftOut?: number;
}

export interface ReportMember extends Omit<ReportInspection, 'members' | 'membersLeftOut'> {
  readonly path: string;
  readonly bytes: Bytes;
  readonly format: string;
}

/** The clean inputs that the user gave: two audits that differ in them are two audits. */
export interface ReportInputs {
  /** Name of the file or folder as it was given, without the way to it. */
  readonly path: string;
  /** How many were used; 0 where the model was not run or is of a kind that takes none. */
  readonly used: number;
  /** Files that inputs were taken from, in order; paths begin in the folder that was given. */
  readonly files: readonly { readonly path: string; readonly bytes: Bytes; readonly sha256: string; readonly used: number }[];
  /** Files that nothing was taken from. */
  readonly filesNotUsed?: number;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly tool: { readonly name: 'assay'; readonly version: string };
  readonly environment: { readonly backend: string; readonly threads: number; readonly adapter: string };
  readonly subject: {
    readonly name: string; readonly task: Task; readonly architecture: string; readonly parameters: number; readonly files: readonly ReportFile[];
    /** Other models among the files: only `taken` is run. */
    readonly leftOut?: LeftOut;
  };
  readonly options: { readonly budget: BudgetName; readonly seed: number; readonly candidates?: readonly NamedCandidate[]; /** Absent where none were given. */ readonly inputs?: ReportInputs };
  readonly verdict: Verdict;
  readonly score: Probability;
  /** Most suspicious first. */
  readonly findings: readonly Finding[];
  readonly coverage: readonly Coverage[];
}
