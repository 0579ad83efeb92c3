// The shapes that every bench of this folder measures. Rates count new tokens of all rows, prefix not included.
export interface Shape {
  readonly name: string;
  /** decode: greedy; leak: sampled with top-p .95; sweep: entropy and divergence after a short suffix, no decoding. */
  readonly kind: 'decode' | 'leak' | 'sweep';
  readonly rows: number;
  /** New tokens a row (decode, leak) or tokens of its suffix (sweep). */
  readonly tokens: number;
}

/** All rows follow one prefix of this many tokens, run once and not counted. */
export const PREFIX_TOKENS = 40;

export const SHAPES: readonly Shape[] = [
  { name: 'decode1', kind: 'decode', rows: 1, tokens: 48 },
  { name: 'decode16', kind: 'decode', rows: 16, tokens: 48 },
  { name: 'decode64', kind: 'decode', rows: 64, tokens: 48 },
  { name: 'leak64', kind: 'leak', rows: 64, tokens: 48 },
  { name: 'sweep64', kind: 'sweep', rows: 64, tokens: 7 },
  { name: 'sweep256', kind: 'sweep', rows: 256, tokens: 7 },
];
