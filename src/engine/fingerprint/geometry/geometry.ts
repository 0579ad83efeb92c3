// Where models lie towards each other: Euclidean distances in the scaled features, an order that puts clusters together, and a flat
// map on the reference's two main directions.
// How it can mislead: two directions hold a part of the variance only; distances are the truth, the map a view of it.
import { thinSvd } from '../linear/decompositions.ts';
import { centred, columnMeans, multiplyTransposed, rowOf, squaredDistance, takeRows, type Matrix } from '../linear/matrix.ts';

export interface MapPoint {
  readonly x: number;
  readonly y: number;
}

/** Float64Array [rows, rows], root mean square difference of a feature. */
export function distancesOf(rows: Matrix): Float64Array {
  const distances = new Float64Array(rows.rows ** 2);
  for (let i = 0; i < rows.rows; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredDistance(rowOf(rows, i), rowOf(rows, j)) / Math.max(1, rows.cols));
      distances[i * rows.rows + j] = distance;
      distances[j * rows.rows + i] = distance;
    }
  }
  return distances;
}

/** Leaves of an average-linkage tree (UPGMA), from left to right. */
export function clusterOrder(distances: Float64Array, count: number): readonly number[] {
  const between = distances.slice();
  const leaves = new Map<number, readonly number[]>(Array.from({ length: count }, (_, i) => [i, [i]]));
  while (leaves.size > 1) {
    let [first, second, least] = [-1, -1, Infinity];
    for (const i of leaves.keys()) for (const j of leaves.keys()) {
      const distance = between[i * count + j] ?? Infinity;
      if (i < j && distance < least) [first, second, least] = [i, j, distance];
    }
    if (first < 0) break;
    const [a, b] = [leaves.get(first) ?? [], leaves.get(second) ?? []];
    leaves.delete(second);
    for (const other of leaves.keys()) {
      if (other === first) continue;
      const joined = ((between[first * count + other] ?? 0) * a.length + (between[second * count + other] ?? 0) * b.length) / (a.length + b.length);
      between[first * count + other] = joined;
      between[other * count + first] = joined;
    }
    leaves.set(first, [...a, ...b]);
  }
  return [...leaves.values()].flat();
}

/** Places `rows` on the two main directions of `reference`. */
export function mapOf(reference: Matrix, rows: Matrix): readonly MapPoint[] {
  const mean = columnMeans(reference);
  const { right } = thinSvd(centred(reference, mean));
  const placed = multiplyTransposed(centred(rows, mean), takeRows(right, right.rows > 1 ? [0, 1] : [0]));
  return Array.from({ length: rows.rows }, (_, i) => ({ x: rowOf(placed, i)[0] ?? 0, y: rowOf(placed, i)[1] ?? 0 }));
}
