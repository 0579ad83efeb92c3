// k-means as scikit-learn starts a mixture with it: greedy k-means++ (Arthur & Vassilvitskii 2007) with 2 + log k trials a
// centre, then Lloyd's iterations, one start. Draws are NumPy's, so the labels are the same for the same seed.
import { columnMeans, centred, rowOf, squaredDistance, takeRows, zeros, type Matrix } from '../../linear/matrix.ts';
import type { NumpyRandomState } from '../../random/numpy-random-state.ts';

const MAX_STEPS = 300;

/** @returns cluster of each row */
export function kMeans(points: Matrix, clusters: number, random: NumpyRandomState, tolerance: number): Int32Array {
  const data = centred(points, columnMeans(points));
  let centres = plusPlus(data, clusters, random);
  let labels = nearestCentres(data, centres);
  for (let step = 0; step < MAX_STEPS; step++) {
    const moved = meansOf(data, labels, centres);
    const shift = squaredDistance(moved.data, centres.data);
    centres = moved;
    const next = nearestCentres(data, centres);
    const settled = next.every((label, i) => label === labels[i]);
    labels = next;
    if (settled || shift <= tolerance) break;
  }
  return labels;
}

function plusPlus(data: Matrix, clusters: number, random: NumpyRandomState): Matrix {
  const trials = 2 + Math.floor(Math.log(clusters));
  const chosen = [random.choice(new Float64Array(data.rows).fill(1 / data.rows))];
  let closest = distancesTo(data, chosen[0] ?? 0);
  while (chosen.length < clusters) {
    const potential = sum(closest);
    const drawn = random.uniform(trials).map((value) => value * potential);
    const candidates = Array.from(drawn, (value) => searchCumulative(closest, value)).map((row) => {
      const reduced = distancesTo(data, row).map((distance, i) => Math.min(distance, closest[i] ?? 0));
      return { row, reduced, potential: sum(reduced) };
    });
    const best = candidates.reduce((a, b) => (b.potential < a.potential ? b : a));
    chosen.push(best.row);
    closest = best.reduced;
  }
  return takeRows(data, chosen);
}

function distancesTo(data: Matrix, row: number): Float64Array {
  const point = rowOf(data, row);
  return Float64Array.from({ length: data.rows }, (_, i) => squaredDistance(rowOf(data, i), point));
}

/** First index whose cumulative sum reaches the value. */
function searchCumulative(values: Float64Array, value: number): number {
  let cumulative = 0;
  for (let i = 0; i < values.length; i++) {
    cumulative += values[i] ?? 0;
    if (cumulative >= value) return i;
  }
  return values.length - 1;
}

function nearestCentres(data: Matrix, centres: Matrix): Int32Array {
  return Int32Array.from({ length: data.rows }, (_, i) => {
    let [best, least] = [0, Infinity];
    for (let k = 0; k < centres.rows; k++) {
      const distance = squaredDistance(rowOf(data, i), rowOf(centres, k));
      if (distance < least) [best, least] = [k, distance];
    }
    return best;
  });
}

/** A cluster that lost all its points keeps its centre (scikit-learn moves it to the farthest point). */
function meansOf(data: Matrix, labels: Int32Array, centres: Matrix): Matrix {
  const means = zeros(centres.rows, centres.cols);
  const counts = new Float64Array(centres.rows);
  labels.forEach((label, i) => {
    counts[label] = (counts[label] ?? 0) + 1;
    const mean = rowOf(means, label);
    rowOf(data, i).forEach((value, j) => (mean[j] = (mean[j] ?? 0) + value));
  });
  counts.forEach((count, k) => {
    const mean = rowOf(means, k);
    if (count === 0) mean.set(rowOf(centres, k));
    else mean.forEach((value, j) => (mean[j] = value / count));
  });
  return means;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
