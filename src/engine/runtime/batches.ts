// Cuts rows of token ids into batches. Rows of a batch are padded on the right to its longest row: under a causal mask no
// real token sees the padding, so this changes no number and costs only the padded tokens, which are bounded here.

export interface BatchLimits {
  /** Rows times longest row. */
  readonly maxTokens: number;
  readonly maxRows: number;
}

/** Padding allowed in a batch: this share of its tokens, or this many tokens if that is more. */
const MAX_PADDING_SHARE = 0.15;
const FREE_PADDING_TOKENS = 64;

/** Indices of `lengths`, batch by batch; within a batch by length. A row longer than maxTokens is a batch of its own. */
export function planBatches(lengths: readonly number[], { maxTokens, maxRows }: BatchLimits): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let real = 0;
  for (const index of order) {
    const length = lengths[index] ?? 0;
    const padded = (batch.length + 1) * length;
    const padding = padded - real - length;
    const fits = padded <= maxTokens && batch.length < maxRows && padding <= Math.max(FREE_PADDING_TOKENS, MAX_PADDING_SHARE * padded);
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
