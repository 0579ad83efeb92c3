// How much goes into one run: enough to keep the processor busy, little enough to fit beside the weights.
import type { Dimensions } from '../graph/dimensions.ts';
import type { Bytes } from '../core/units.ts';
import type { Runtime } from './session.ts';

export interface BatchBudget {
  /** Tokens in one run. */
  readonly maxTokens: number;
  /** Vocabulary-wide rows in one run. */
  readonly maxLogitRows: number;
  /** Rows that decode together. */
  readonly maxDecodeRows: number;
  /** Tokens that all rows' caches hold together. */
  readonly maxCacheTokens: number;
  /** Attention maps of one sequence, all layers and heads. */
  readonly maxAttentionBytes: Bytes;
  /** Attention scores of one layer in one run. */
  readonly maxScoreBytes: Bytes;
}

const MIB = 2 ** 20;

export function batchBudget({ vocabulary, layers, kvHeads, headDim }: Dimensions, { environment, limits }: Runtime): BatchBudget {
  const native = environment.backend === 'cpu' || environment.backend === 'cuda';
  const logitBytes = Math.min((native ? 128 : 64) * MIB, limits.maxTensorBytes);
  const cacheBytes = (native ? 1024 : 256) * MIB;
  const bytesPerToken = 2 * layers * kvHeads * headDim * 4;
  return {
    maxTokens: 2048,
    maxLogitRows: Math.max(1, Math.floor(logitBytes / (4 * vocabulary))),
    maxDecodeRows: 128,
    maxCacheTokens: Math.floor(cacheBytes / bytesPerToken),
    maxAttentionBytes: (native ? 2048 : 512) * MIB,
    maxScoreBytes: Math.min(128 * MIB, limits.maxTensorBytes),
  };
}
