// One tree: a random feature that is not constant here, a random threshold between its least and greatest value. The order of
// draws follows scikit-learn's random splitter (one feature a split), including how it remembers constant features.

export interface IsolationTree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  /** Child's node, -1 for a leaf. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Training rows that reach the node. */
  readonly samples: readonly number[];
}

const CONSTANT_WITHIN = Math.fround(1e-7);
const RANDOM_MAX = 2_147_483_647;

interface Pending {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly parent: number;
  readonly side: 'left' | 'right' | 'root';
  readonly constants: number;
}

/**
 * @param values [rows, cols] row-major
 * @param rows indices into it
 */
export function growTree(values: Float32Array, cols: number, rows: Int32Array, maxDepth: number, seed: number): IsolationTree {
  const tree = { feature: [] as number[], threshold: [] as number[], left: [] as number[], right: [] as number[], samples: [] as number[] };
  const splitter = new RandomSplitter(values, cols, rows.slice(), seed);
  const pending: Pending[] = [{ begin: 0, end: rows.length, depth: 0, parent: -1, side: 'root', constants: 0 }];
  for (;;) {
    const node = pending.pop();
    if (node === undefined) return tree;
    const { begin, end, depth, parent, side } = node;
    const split = depth >= maxDepth || end - begin < 2 ? undefined : splitter.split(begin, end, node.constants);
    const id = tree.samples.length;
    tree.feature.push(split?.feature ?? -1);
    tree.threshold.push(split?.threshold ?? 0);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.samples.push(end - begin);
    if (side !== 'root') tree[side][parent] = id;
    if (split === undefined) continue;
    pending.push({ begin: split.at, end, depth: depth + 1, parent: id, side: 'right', constants: split.constants });
    pending.push({ begin, end: split.at, depth: depth + 1, parent: id, side: 'left', constants: split.constants });
  }
}

class RandomSplitter {
  readonly #values: Float32Array;
  readonly #cols: number;
  readonly #rows: Int32Array;
  readonly #features: Int32Array;
  readonly #constantFeatures: Int32Array;
  #state: number;

  constructor(values: Float32Array, cols: number, rows: Int32Array, seed: number) {
    this.#values = values;
    this.#cols = cols;
    this.#rows = rows;
    this.#features = Int32Array.from({ length: cols }, (_, i) => i);
    this.#constantFeatures = new Int32Array(cols);
    this.#state = seed >>> 0;
  }

  /** Splits rows [begin, end); undefined where every feature is constant there. `known`: constants found further up. */
  split(begin: number, end: number, known: number): { feature: number; threshold: number; at: number; constants: number } | undefined {
    const features = this.#features;
    let free = this.#cols;
    let drawnConstants = 0;
    let found = 0;
    let result: { feature: number; threshold: number; at: number } | undefined;
    while (result === undefined && free > known + found) {
      let j = drawnConstants + (this.#next() % (free - found - drawnConstants));
      if (j < known) {
        swap(features, drawnConstants++, j);
        continue;
      }
      j += found;
      const feature = features[j] ?? 0;
      const { low, high } = this.#range(feature, begin, end);
      if (high <= Math.fround(low + CONSTANT_WITHIN)) {
        swap(features, j, known + found++);
        continue;
      }
      swap(features, --free, j);
      let threshold = ((high - low) * this.#next()) / RANDOM_MAX + low;
      if (threshold === high) threshold = low;
      result = { feature, threshold, at: this.#partition(feature, threshold, begin, end) };
    }
    features.set(this.#constantFeatures.subarray(0, known));
    this.#constantFeatures.set(features.subarray(known, known + found), known);
    return result === undefined ? undefined : { ...result, constants: known + found };
  }

  #range(feature: number, begin: number, end: number): { low: number; high: number } {
    let [low, high] = [Infinity, -Infinity];
    for (let i = begin; i < end; i++) {
      const value = this.#at(i, feature);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { low, high };
  }

  #partition(feature: number, threshold: number, begin: number, end: number): number {
    let [start, stop] = [begin, end];
    while (start < stop) {
      if (this.#at(start, feature) <= threshold) start++;
      else swap(this.#rows, start, --stop);
    }
    return stop;
  }

  #at(i: number, feature: number): number {
    return this.#values[(this.#rows[i] ?? 0) * this.#cols + feature] ?? 0;
  }

  /** Marsaglia's 32-bit xorshift, the low 31 bits. */
  #next(): number {
    let state = this.#state === 0 ? 1 : this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state & RANDOM_MAX;
  }
}

function swap(values: Int32Array, i: number, j: number): void {
  const kept = values[i] ?? 0;
  values[i] = values[j] ?? 0;
  values[j] = kept;
}
