// A model that sorts inputs into classes, whatever file it came in: what it takes, what its classes are called, batched
// logits, and its graph, so that a probe can open an edited copy of it (taps, input gradients) on the same runtime.
// Batches are in the analyst's units (pixels from 0 to 1, token ids of plain text); the classifier does the preprocessing.
import type { CancelSignal } from '../core/cancel.ts';
import type { OnnxModelInfo } from '../graph/onnx-reader.ts';
import type { GraphFile, HostTensor, Runtime } from './session.ts';

export interface ImageSpec {
  readonly kind: 'image';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: 'nchw' | 'nhwc';
  readonly type: 'float32' | 'float16' | 'uint8';
  readonly preprocessing: ImagePreprocessing;
}

/** The graph is fed (pixel * scale - mean[channel]) / std[channel], pixel from 0 to 1. */
export interface ImagePreprocessing {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The file it was read from, or why it was guessed so; shown to the user. */
  readonly origin: string;
  readonly guessed: boolean;
}

export interface TextSpec {
  readonly kind: 'text';
  readonly vocabularySize: number;
  /** Longest row of plain tokens that fits between prefix and suffix. */
  readonly maxTokens: number;
  /** Special tokens put around each row ([CLS], [SEP]). */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly padId: number;
  /** Where prefix and suffix come from; shown to the user. */
  readonly origin: string;
}

export interface TabularSpec {
  readonly kind: 'tabular';
  readonly features: number;
}

export interface ImageBatch {
  readonly kind: 'image';
  readonly rows: number;
  /** Float32Array [rows, channels, height, width], 0 to 1, whatever layout the graph has. */
  readonly pixels: Float32Array;
}

export interface TextBatch {
  readonly kind: 'text';
  /** Token ids without special tokens; rows longer than maxTokens lose their end. */
  readonly rows: readonly (readonly number[])[];
  /** Plain tokens to which rows are filled up with padding, where all of them are shorter. */
  readonly filledTo?: number;
}

export interface TabularBatch {
  readonly kind: 'tabular';
  readonly rows: number;
  /** Float32Array [rows, features]. */
  readonly values: Float32Array;
}

/** What the graph's own output was taken for. */
export interface OutputReading {
  readonly kind: 'logits' | 'softmax' | 'log-softmax' | 'sigmoid' | 'probabilities';
  /** Why, for the user. `probabilities`: sums of 1 were measured and no logits were found: logarithms are given. */
  readonly why: string;
}

export interface ClassifierGraph {
  readonly file: GraphFile;
  readonly info: OnnxModelInfo;
  /** Graph input that carries the image, the token ids or the features. */
  readonly input: string;
  /** Value of the graph that carries the logits (the Softmax's input where the graph ends in one), [rows, classes]. */
  readonly logits: string;
  /** What that value holds, where it was looked at: of probabilities scores() gives logarithms. */
  readonly values?: 'logits' | 'probabilities';
}

export interface Classifier<Spec, Batch> {
  readonly spec: Spec;
  readonly classes: number;
  /** Names of the classes, where the files give them; else 'class 0', … */
  readonly labels: readonly string[];
  readonly output: OutputReading;
  readonly graph: ClassifierGraph;
  readonly runtime: Runtime;
  /** Rows and elements (tokens, images, table rows) run since it was opened: what budgets are counted in. */
  readonly rowsRun: number;
  readonly tokensRun: number;
  /** Logits, Float32Array [rows, classes], row-major. Any number of rows: they are cut into batches here. */
  scores(batch: Batch, signal?: CancelSignal): Promise<Float32Array>;
  /** The graph's inputs for one run of these rows, for sessions over edited graphs. No more than maxRows rows. */
  feeds(batch: Batch): Readonly<Record<string, HostTensor>>;
  /** Rows that one run may have: 1 where the graph's batch is fixed at 1. Fixed batches are filled up by scores(). */
  readonly maxRows: number;
  /**
   * Other values of the graph for these rows (hidden states, attention), by their names in `graph.info`. One run: no more
   * than maxRows rows, text rows of any length (they are padded to the longest). Tapped sessions are kept until dispose().
   */
  tap(batch: Batch, names: readonly string[], signal?: CancelSignal): Promise<Readonly<Record<string, HostTensor>>>;
  dispose(): Promise<void>;
}

export type ImageClassifier = Classifier<ImageSpec, ImageBatch>;
export type TextClassifier = Classifier<TextSpec, TextBatch>;
export type TabularClassifier = Classifier<TabularSpec, TabularBatch>;

/** Softmax of each row: Float32Array [rows, classes]. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += classes) {
    let largest = -Infinity;
    for (let at = begin; at < begin + classes; at++) largest = Math.max(largest, logits[at] ?? 0);
    let sum = 0;
    for (let at = begin; at < begin + classes; at++) sum += Math.exp((logits[at] ?? 0) - largest);
    for (let at = begin; at < begin + classes; at++) probabilities[at] = Math.exp((logits[at] ?? 0) - largest) / sum;
  }
  return probabilities;
}

/** Index of each row's largest logit. */
export function argmaxRows(logits: Float32Array, classes: number): Int32Array {
  const winners = new Int32Array(logits.length / classes);
  for (let row = 0; row < winners.length; row++) {
    let best = 0;
    for (let at = 1; at < classes; at++) if ((logits[row * classes + at] ?? 0) > (logits[row * classes + best] ?? 0)) best = at;
    winners[row] = best;
  }
  return winners;
}
