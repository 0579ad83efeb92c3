// Which tokens two answers have in common: a longest common subsequence of token ids.
// Quadratic in the answers' length, which the playground bounds (512 tokens).

export interface TokenDiff {
  /** For each token of the left answer: stands in the common subsequence. */
  readonly left: readonly boolean[];
  readonly right: readonly boolean[];
}

export function diffTokens(left: readonly number[], right: readonly number[]): TokenDiff {
  const columns = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * columns);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * columns + j] = left[i] === right[j] ? 1 + at(lengths, (i + 1) * columns + j + 1) : Math.max(at(lengths, (i + 1) * columns + j), at(lengths, i * columns + j + 1));
    }
  }
  const inLeft = left.map(() => false);
  const inRight = right.map(() => false);
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) {
      inLeft[i++] = true;
      inRight[j++] = true;
    } else if (at(lengths, (i + 1) * columns + j) >= at(lengths, i * columns + j + 1)) i++;
    else j++;
  }
  return { left: inLeft, right: inRight };
}

function at(lengths: Uint16Array, index: number): number {
  return lengths[index] ?? 0;
}
