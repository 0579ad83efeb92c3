// A causal language model that can be run: what probes, the attention view and the playground work with.
// Every method takes rows of token ids, groups them by length, cuts them into batches that fit, and returns row order.
import type { CancelSignal } from '../core/cancel.ts';
import type { Random } from '../core/random.ts';
import type { Nats } from '../core/units.ts';

/** A prompt's beginning, run once; its keys and values are shared by every row that follows it. Dispose when done. */
export interface Prefix {
  readonly ids: readonly number[];
  dispose(): void;
}

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  /** 1 is none (CTRL's penalty over prompt and answer, as transformers applies it). */
  readonly repetitionPenalty: number;
}

export const GREEDY: SamplingOptions = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1 };

export interface GenerateOptions {
  readonly maxNewTokens: number;
  /** One for all rows, or one a row. */
  readonly sampling: SamplingOptions | readonly SamplingOptions[];
  /** Needed where any row samples. Row i draws from its own fork, so that batching does not change the text. */
  readonly random?: Random;
  /** Go on past end-of-answer tokens (leak extraction); otherwise a row ends with its stop token, which is kept. */
  readonly ignoreStop?: boolean;
  readonly signal?: CancelSignal;
  /** Called after each step with the tokens made in it, for progress. */
  readonly onTokens?: (count: number) => void;
}

export interface Generated {
  readonly ids: readonly number[];
  /** Entropy of the next-token distribution at each step, before sampling, in nats. */
  readonly entropy: readonly Nats[];
  readonly stopped: boolean;
}

export interface NextTokens {
  /** logits: Float32Array [rows, vocabulary], row-major. */
  readonly logits: Float32Array;
  readonly rows: number;
  readonly vocabulary: number;
}

export interface TargetScores {
  /** [rows][targets]: log-probability of each target token given all before it, in nats. */
  readonly logProb: readonly Float32Array[];
}

export interface AttentionMaps {
  readonly ids: readonly number[];
  readonly layers: number;
  readonly heads: number;
  /** Probabilities of one layer: Float32Array [heads, query, key], row-major. */
  layer(index: number): Float32Array;
}

export interface CausalLm {
  readonly vocabularySize: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly stopIds: ReadonlySet<number>;
  /** generation_config.json's sampling, or greedy. */
  readonly defaultSampling: SamplingOptions;
  /** Tokens that have gone through the model so far (prefill and decode), for budgets and speed. */
  readonly tokensRun: number;

  /** `ids` may be empty: rows then start from nothing. */
  prefill(ids: readonly number[]): Promise<Prefix>;
  /** Distribution of the token after prefix + row. Rows hold at least one token. */
  next(prefix: Prefix, rows: readonly (readonly number[])[], signal?: CancelSignal): Promise<NextTokens>;
  /**
   * Sweep: entropy of the next token and KL(row || reference) in nats, reduced in the graph.
   * reference: log-probabilities, Float32Array [vocabulary].
   */
  sweep(
    prefix: Prefix,
    rows: readonly (readonly number[])[],
    reference: Float32Array,
    options?: { readonly signal?: CancelSignal; readonly onTokens?: (count: number) => void },
  ): Promise<{ readonly entropy: Float32Array; readonly kl: Float32Array; readonly argmax: Int32Array }>;
  /** Log-probability of `targets[i]` after prefix + rows[i]. */
  score(prefix: Prefix, rows: readonly (readonly number[])[], targets: readonly (readonly number[])[], signal?: CancelSignal): Promise<TargetScores>;
  generate(prefix: Prefix, rows: readonly (readonly number[])[], options: GenerateOptions): Promise<Generated[]>;
  /** All attention probabilities of one sequence, from the instrumented graph. */
  attention(ids: readonly number[], signal?: CancelSignal): Promise<AttentionMaps>;
  /**
   * Attention reduced in the graph, for many rows of equal length: mass that each query gives to each span.
   * spans: [rows][span] as [begin, end) token ranges of the row. Result a row: Float32Array [layers, heads, query, spans].
   */
  attentionToSpans(rows: readonly (readonly number[])[], spans: readonly (readonly (readonly [number, number])[])[], signal?: CancelSignal): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}
