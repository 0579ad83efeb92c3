// Pairwise distances as cells in cluster order: the range of the colours, and which pair lies under the pointer.

export interface DistanceLayout {
  readonly cell: number;
  /** Distances from here to there take the colours. */
  readonly range: readonly [number, number];
}

/** @param distances [count, count], row-major */
export function layoutDistances(distances: Float64Array, count: number, size: number): DistanceLayout {
  const pairs = Float64Array.from(distances.filter((_, at) => at % count < Math.floor(at / count))).sort();
  const low = pairs[Math.floor(pairs.length * 0.01)] ?? 0;
  const high = pairs[Math.floor(pairs.length * 0.98)] ?? 1;
  return { cell: size / Math.max(1, count), range: [low, high > low ? high : low + 1] };
}

/** Indices of the models under a point, by the order in which they stand. */
export function pairAt(order: readonly number[], cell: number, x: number, y: number): readonly [number, number] | undefined {
  const [row, column] = [order[Math.floor(y / cell)], order[Math.floor(x / cell)]];
  return row === undefined || column === undefined ? undefined : [row, column];
}
