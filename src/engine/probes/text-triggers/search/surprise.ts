// How much more a pair does than its parts explain. Partners of one seed are ordered by their own strength; what partners
// of about the same strength do beside the seed is the curve, whatever shape saturation gives it, and each partner is read
// against it. Numbers in and out are in nats; deviations are median absolute ones, scaled to a normal's.

const BLOCK = 128;
const FLOOR = 0.1;

export interface Surprise {
  /** Value less the median of its neighbours in own strength: Float32Array [partners]. */
  readonly above: Float32Array;
  readonly deviations: Float32Array;
}

/** `own` and `values`: Float32Array [partners]. */
export function residuals(own: Float32Array, values: Float32Array): Surprise {
  const order = Array.from(own.keys()).sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b);
  const above = new Float32Array(own.length);
  const deviations = new Float32Array(own.length);
  // The strongest are few and spread widely: blocks grow from 16 to BLOCK down the order.
  for (let begin = 0, size = 16; begin < order.length; begin += size, size = Math.min(BLOCK, size * 2)) {
    const block = order.slice(begin, begin + size);
    const middle = median(block.map((at) => values[at] ?? 0));
    const spread = 1.4826 * median(block.map((at) => Math.abs((values[at] ?? 0) - middle))) + FLOOR;
    for (const at of block) {
      above[at] = (values[at] ?? 0) - middle;
      deviations[at] = (above[at] ?? 0) / spread;
    }
  }
  return { above, deviations };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
