// What is watched of each prediction, as yes/no events in families that share their trials: the baseline counts them,
// the detectors watch their rates. Thresholds are quantiles of the baseline's first rows; what counts afterwards is how
// often each was passed on the whole baseline, so they need not be exact.
import type { LogBatch } from '../log/encode.ts';
import type { FeatureScorer } from './feature-space.ts';

export type Measured = 'latency' | 'cpu' | 'gpu' | 'memory' | 'energy';

export type FamilyRule =
  /** Event c: the prediction is class c; one more event: a class that the baseline never saw. */
  | { readonly kind: 'class' }
  /** Of predictions of one class: confidence below `low`, above `high`, below `middle`. */
  | { readonly kind: 'confidence'; readonly output: number; readonly low: number; readonly middle: number; readonly high: number }
  /** Event i: the value lies between edges i - 1 and i. */
  | { readonly kind: 'value'; readonly edges: readonly number[] }
  /** Event i: above threshold i. */
  | { readonly kind: 'above'; readonly column: Measured; readonly thresholds: readonly number[] }
  | { readonly kind: 'distance'; readonly threshold: number }
  | { readonly kind: 'source' }
  /** Hours of the day (UTC) in which the baseline saw next to nothing. */
  | { readonly kind: 'hour'; readonly rare: readonly number[] };

export interface Family {
  readonly id: string;
  /** The monitor that answers for it. */
  readonly monitor: string;
  readonly rule: FamilyRule;
  readonly trials: number;
  readonly events: readonly FamilyEvent[];
}

export interface FamilyEvent {
  readonly id: string;
  readonly label: string;
  readonly hits: number;
  /** See sequence/dependence.ts; at least 1. */
  readonly inflation: number;
}

export interface FamilySink {
  trial(family: number): void;
  hit(family: number, event: number, row: number): void;
  endTrial(family: number): void;
}

const HOUR = 3_600_000;

/** Walks the batch row by row and tells the sink which events happened. `classes`, `sources`: how many the baseline knows. */
export class FamilyRouter {
  readonly #families: readonly FamilyRule[];
  readonly #known: { readonly classes: number; readonly sources: number };
  readonly #scorer: FeatureScorer | undefined;
  readonly #confidence: readonly (number | undefined)[];

  constructor(families: readonly FamilyRule[], known: { readonly classes: number; readonly sources: number }, scorer: FeatureScorer | undefined) {
    this.#families = families;
    this.#known = known;
    this.#scorer = scorer;
    const byOutput: (number | undefined)[] = [];
    families.forEach((rule, index) => {
      if (rule.kind === 'confidence') byOutput[rule.output] = index;
    });
    this.#confidence = byOutput;
  }

  route(batch: LogBatch, sink: FamilySink, from = 0, to = batch.rows): void {
    for (let family = 0; family < this.#families.length; family++) this.#routeFamily(family, batch, sink, from, to);
    if (batch.output !== undefined && batch.confidence !== undefined) this.#routeConfidence(batch, batch.output, batch.confidence, sink, from, to);
  }

  #routeFamily(family: number, batch: LogBatch, sink: FamilySink, from: number, to: number): void {
    const rule = this.#families[family] as FamilyRule;
    const { row } = batch;
    const one = (test: (i: number) => number): void => {
      for (let i = from; i < to; i++) {
        const event = test(i);
        if (event === -2) continue;
        sink.trial(family);
        if (event >= 0) sink.hit(family, event, row[i] as number);
        sink.endTrial(family);
      }
    };
    switch (rule.kind) {
      case 'class': {
        const { output } = batch;
        const { classes } = this.#known;
        if (output !== undefined) one((i) => Math.min(output[i] as number, classes));
        break;
      }
      case 'value': {
        const { value } = batch;
        if (value !== undefined) one((i) => place(rule.edges, value[i] as number));
        break;
      }
      case 'above': {
        const values = batch[rule.column];
        if (values === undefined) break;
        for (let i = from; i < to; i++) {
          const x = values[i] as number;
          if (Number.isNaN(x)) continue;
          sink.trial(family);
          for (let k = 0; k < rule.thresholds.length; k++) if (x > (rule.thresholds[k] as number)) sink.hit(family, k, row[i] as number);
          sink.endTrial(family);
        }
        break;
      }
      case 'distance': {
        const { features, dimensions } = batch;
        const scorer = this.#scorer;
        if (features !== undefined && scorer !== undefined) one((i) => (scorer.score(features, i * dimensions) > rule.threshold ? 0 : -1));
        break;
      }
      case 'source': {
        const { source } = batch;
        const { sources } = this.#known;
        if (source !== undefined) one((i) => ((source[i] as number) < 0 ? -2 : (source[i] as number) >= sources ? 0 : -1));
        break;
      }
      case 'hour': {
        const { time } = batch;
        if (time !== undefined) one((i) => (Number.isNaN(time[i]) ? -2 : rule.rare.includes(hourOf(time[i] as number)) ? 0 : -1));
        break;
      }
      case 'confidence':
        break;
    }
  }

  #routeConfidence({ row }: LogBatch, output: Int32Array, confidence: Float64Array, sink: FamilySink, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const family = this.#confidence[output[i] as number];
      const x = confidence[i] as number;
      if (family === undefined || Number.isNaN(x)) continue;
      const rule = this.#families[family];
      if (rule?.kind !== 'confidence') continue;
      sink.trial(family);
      if (x < rule.low) sink.hit(family, 0, row[i] as number);
      if (x > rule.high) sink.hit(family, 1, row[i] as number);
      if (x < rule.middle) sink.hit(family, 2, row[i] as number);
      sink.endTrial(family);
    }
  }
}

export function hourOf(time: number): number {
  return Math.floor((((time % (24 * HOUR)) + 24 * HOUR) % (24 * HOUR)) / HOUR);
}

/** Index of the interval between rising edges in which x lies. */
export function place(edges: readonly number[], x: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x < (edges[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
