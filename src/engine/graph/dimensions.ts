// The sizes of a decoder, as its builder reads them from config, and the physical limits they are held to.
import type { Rope } from './rope.ts';

export interface Dimensions {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  /** Key and value heads; each serves heads / kvHeads query heads. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  /** Undefined where positions are learned. */
  readonly rope: Rope | undefined;
}

/** Sizes beyond these are no model that a browser or a workstation runs (CWE-770: they bound graph size and tables). */
export const SIZE_LIMITS = {
  layers: { min: 1, max: 256 },
  width: { min: 1, max: 2 ** 16 },
  heads: { min: 1, max: 512 },
  vocabulary: { min: 2, max: 2 ** 20 },
  context: { min: 1, max: 2 ** 24 },
} as const;

/** What configurations call the longest context. */
export const CONTEXT_FIELDS: readonly string[] = ['max_position_embeddings', 'n_positions', 'max_seq_len'];
