// Cuts rows of token ids into batches. Rows of a batch are padded on the right to its longest row: under a causal mask no
// real token sees the padding, so this changes no number and costs only the padded tokens, which are bounded here.

export interface BatchLimits {
  /** Rows times longest row. */
  readonly maxTokens: number;
  readonly maxRows: number;
  /** Tokens that each row costs beside its own. */
  readonly rowOverhead: number;
  /** False: rows of one batch have equal length. */
  readonly ragged: boolean;
}

/** Padding allowed in a batch: this share of its tokens, or this many tokens if that is more. A run costs less than so many tokens do, wherever rows are run on a processor. */
const MAX_PADDING_SHARE = 0.06;
const FREE_PADDING_TOKENS = 32;

/** Indices of `lengths`, batch by batch; within a batch by length. A row longer than maxTokens is a batch of its own. */
export function planBatches(lengths: readonly number[], { maxTokens, maxRows, rowOverhead, ragged }: BatchLimits): number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let real = 0;
  for (const index of byLength(lengths)) {
    const length = lengths[index] ?? 0;
    const rows = batch.length + 1;
    const padding = rows * length - real - length;
    const tolerable = ragged ? Math.max(FREE_PADDING_TOKENS, MAX_PADDING_SHARE * rows * length) : 0;
    const fits = rows * (length + rowOverhead) <= maxTokens && rows <= maxRows && padding <= tolerable;
    if (!fits && batch.length > 0) {
      batches.push(batch);
      batch = [];
      real = 0;
    }
    batch.push(index);
    real += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Indices from the shortest to the longest. */
export function byLength(lengths: readonly number[]): number[] {
  return lengths.map((_, index) => index).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
}
