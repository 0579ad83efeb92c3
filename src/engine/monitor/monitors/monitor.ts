// The one shape of every monitor: id, label, limits, when it applies, and (for those that look at a whole log rather
// than at each prediction) its run. What they find are suspicions with a p-value or an e-value; alerts.ts makes alerts.
import type { Probability } from '../../core/units.ts';
import type { Random } from '../../core/random.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Severity, Trigger } from '../../core/finding.ts';
import type { MalformedSummary } from '../log/encode.ts';
import type { Profile } from '../profile/profile.ts';
import type { FeatureScorer } from '../profile/feature-space.ts';
import type { SampledRow } from '../profile/reservoir.ts';
import type { SearchResult } from '../search-log.ts';
import type { Timeline } from '../timeline.ts';

export interface Monitor {
  readonly id: string;
  readonly label: string;
  /** 'sequential': anytime-valid, under the false-alarm budget. 'batch': p-values, under the false-discovery rate. */
  readonly kind: 'sequential' | 'batch';
  readonly limits: string;
  inapplicable(profile: Profile): string | undefined;
  run?(context: MonitorContext): Promise<Suspicion[]>;
}

export interface MonitorContext {
  readonly profile: Profile;
  readonly labels: readonly string[];
  readonly sources: readonly string[];
  /** Rows of the log by class and by source. */
  readonly classCounts: readonly number[];
  readonly sourceCounts: readonly number[];
  /** Of these, slower than the baseline's 99 %. */
  readonly spikesByClass: readonly number[];
  readonly spikesBySource: readonly number[];
  /** Classes by source: [source][class]. */
  readonly classesBySource: readonly (readonly number[])[];
  /** A uniform sample of the log's rows, in order. */
  readonly sample: readonly SampledRow[];
  readonly rows: number;
  /** Rows of the log that were left out. */
  readonly malformed: MalformedSummary;
  readonly scorer: FeatureScorer | undefined;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly signal: CancelSignal;
  /** What other monitors of this check found before: a batch monitor may look into it. */
  readonly clusters: Cluster[];
  /** Triggers that an audit found, as they were met in this log. */
  readonly searches: readonly { readonly result: SearchResult; readonly firstRow: number }[];
}

/** A dense group of inputs that the baseline hardly knows. */
export interface Cluster {
  readonly id: string;
  /** Rows of the sample in it (indices into the sample), and how many that makes of the whole log. */
  readonly members: readonly number[];
  readonly estimatedRows: number;
  readonly output: number;
  readonly purity: Probability;
}

export interface Suspicion {
  readonly monitor: string;
  /** Stable within a report. */
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly severity: Severity;
  readonly evidence: SuspicionEvidence;
  readonly effect: Effect;
  /** Where in the log (row numbers), as far as it is known. */
  readonly rows: RowRange;
  readonly output?: number;
  readonly source?: string;
  readonly candidate?: Trigger;
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] };
}

/** p: corrected for everything that this monitor looked at; `tests` says for how many. */
export type SuspicionEvidence =
  | { readonly kind: 'p'; readonly value: Probability; readonly tests: number; readonly test: string }
  | { readonly kind: 'e'; readonly value: number; readonly threshold: number; readonly alarms: number };

export interface Effect {
  readonly text: string;
  readonly now: number;
  readonly baseline: number;
}

export interface RowRange {
  /** Row numbers of the log: first suspicious row, row at which it was noticed, and a few rows to look at. */
  readonly from: number;
  readonly noticed?: number;
  readonly examples: readonly number[];
}
