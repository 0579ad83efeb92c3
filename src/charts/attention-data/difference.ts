// What the trigger changed in an attention matrix: with minus without, for the tokens that both prompts have.
// The rows of the matrix with the trigger also sum to one, so whatever the trigger takes must be missing elsewhere:
// cells beside the trigger fall in every model. What tells is where the mass was taken from, and by which rows.
import { quantile } from 'd3';

/**
 * [query, key] of the triggered prompt, row-major; NaN where the other prompt has no such token.
 * map: for each token of the triggered prompt its index in the other one, or -1.
 */
export function differenceOf(triggered: Float32Array, without: Float32Array, n: number, otherN: number, map: readonly number[]): Float32Array {
  const difference = new Float32Array(n * n).fill(Number.NaN);
  for (let query = 0; query < n; query++) {
    const otherQuery = map[query] ?? -1;
    if (otherQuery < 0) continue;
    for (let key = 0; key <= query; key++) {
      const otherKey = map[key] ?? -1;
      if (otherKey < 0 || otherKey > otherQuery) continue;
      difference[query * n + key] = (triggered[query * n + key] ?? 0) - (without[otherQuery * otherN + otherKey] ?? 0);
    }
  }
  return difference;
}

/** The size of difference that has the strongest colour: the 99 % quantile of what is shown. */
export function differenceTop(difference: Float32Array, n: number, hideSinks: boolean): number {
  const sizes: number[] = [];
  for (let query = 0; query < n; query++) {
    for (let key = hideSinks ? 1 : 0; key <= query; key++) {
      const value = difference[query * n + key];
      if (value !== undefined && !Number.isNaN(value)) sizes.push(Math.abs(value));
    }
  }
  return quantile(sizes, 0.99) ?? 0;
}
