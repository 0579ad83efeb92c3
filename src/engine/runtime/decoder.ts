// What BatchedCausalLm needs of a model that can be run: one batch at a time, with a shared prefix and a cache of its rows.
// built-decoder.ts runs the graphs that Assay builds, onnx-decoder.ts the graph that a model comes with.
import type { BatchLimits } from './batches.ts';
import type { CacheBlock } from './key-value-cache.ts';
import type { RowCache } from './row-cache.ts';
import type { SessionOutputs } from './session.ts';

export interface SharedPrefix {
  readonly ids: readonly number[];
  /** Keys and values of `ids`, one row. */
  readonly block: CacheBlock;
}

export interface DecoderRequest {
  /** Rows of new tokens; where the decoder is not ragged, of equal length. Shorter rows are padded on the right. */
  readonly rows: readonly (readonly number[])[];
  readonly prefix: SharedPrefix;
  /** The rows' own past: its cache, and the tokens that each row has in it. None before the first run. */
  readonly past?: { readonly block: CacheBlock; readonly tokens: readonly (readonly number[])[] };
  /** Flat positions row * longest + column whose next token is asked for. */
  readonly wanted: readonly number[];
  /** Token ids whose log-probability is asked for, one for each of `wanted`. */
  readonly targets?: readonly number[];
  /** Log-probabilities that `kl` compares with, Float32Array [vocabulary]. */
  readonly reference?: Float32Array;
  /** Rows of `wanted` that draw a token, and 1 / temperature of each, for the output `weights`. */
  readonly sampled?: { readonly rows: readonly number[]; readonly inverseTemperature: readonly number[] };
  /** Of graph/blocks/head.ts: logits, entropy, kl, argmax, log_prob [wanted, …]; weights [sampled, vocabulary]. */
  readonly outputs: readonly string[];
  /** Also return what RowCache.absorb takes. */
  readonly keepCache?: boolean;
}

export interface Decoder {
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  run(request: DecoderRequest): Promise<SessionOutputs>;
  prefill(ids: readonly number[]): Promise<SharedPrefix>;
  /** `slots`: the longest row that the first run will bring. */
  openCache(rows: number, slots: number): RowCache;
  /** For one run behind this prefix. */
  limits(prefix: SharedPrefix): BatchLimits;
  /** For rows that decode together: `rows` of at most `length` tokens at their end. */
  fitsTogether(prefix: SharedPrefix, rows: number, prompt: number, length: number): boolean;
  /** Probabilities of each layer for one sequence, Float32Array [heads, query, key]. */
  attention(ids: readonly number[]): Promise<readonly Float32Array[]>;
  /** Attention mass on spans of keys. marks: [rows, longest, count] of 0 and 1; returns [rows, layers, heads, longest, count]. */
  spanMass(rows: readonly (readonly number[])[], marks: Float32Array, count: number): Promise<Float32Array>;
  readonly maxAttentionBytes: number;
  readonly maxScoreBytes: number;
  /** True where rows of different length may share a run. */
  readonly ragged: boolean;
  dispose(): Promise<void>;
}

export function longestOf(rows: readonly (readonly number[])[]): number {
  return rows.reduce((longest, row) => Math.max(longest, row.length), 0);
}
