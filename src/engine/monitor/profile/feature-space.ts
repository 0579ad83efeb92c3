// Inputs as the baseline knows them: principal components (subspace iteration), and in them class means with one shared
// covariance (Lee et al. 2018, Mahalanobis out-of-distribution score: distance to the nearest class), plus what the
// components leave over, feature by feature. Distances are squared and in units of the baseline's own variance.
// How this can mislead: inputs that lie inside a class's usual cloud score low whatever they make the model do, and a
// baseline that already holds triggered inputs makes them usual.
import { seeded } from '../../core/random.ts';

const MOST_COMPONENTS = 16;
const ITERATIONS = 12;
const MOST_FIT_ROWS = 5000;
const MOST_CLASSES = 64;
const RIDGE = 1e-6;
/** A feature's left-over variance counts as at least this part of the average one: what hardly ever moved is no yardstick. */
const FLOOR = 0.01;

/** Plain numbers for JSON; matrices row-major. */
export interface FeatureSpace {
  readonly dimensions: number;
  readonly rank: number;
  /** [dimensions] */
  readonly mean: readonly number[];
  /** [rank, dimensions], orthonormal rows. */
  readonly components: readonly number[];
  /** Inverse Cholesky factor of the within-class covariance, [rank, rank], lower triangular. */
  readonly whitening: readonly number[];
  /** Class means in component space: label index and [rank] numbers. */
  readonly centres: readonly { readonly output: number; readonly at: readonly number[] }[];
  readonly residualVariance: number;
  /** Of each feature, [dimensions], with a floor; absent in baselines of before, whose left-over counts as one sum. */
  readonly residualVariances?: readonly number[];
}

/** rows: feature vectors; outputs: label index of each, -1 where there is none. */
export function fitFeatureSpace(rows: readonly Float32Array[], outputs: readonly number[]): FeatureSpace | undefined {
  const used = rows.slice(0, MOST_FIT_ROWS);
  const d = used[0]?.length ?? 0;
  if (d === 0 || used.length < 4 * Math.min(d, MOST_COMPONENTS)) return undefined;
  const n = used.length;
  const mean = new Float64Array(d);
  for (const row of used) for (let k = 0; k < d; k++) mean[k] = (mean[k] ?? 0) + (row[k] ?? 0) / n;
  const centred = used.map((row) => Float64Array.from(row, (x, k) => x - (mean[k] ?? 0)));
  const rank = Math.min(d, MOST_COMPONENTS);
  const components = principal(centred, d, rank);
  const projected = centred.map((row) => project(row, components));
  const { centres, within } = classes(projected, outputs, rank);
  const whitening = inverseCholesky(within, rank);
  let residual = 0;
  centred.forEach((row, i) => (residual += leftOver(row, projected[i] ?? new Float64Array(rank)) / n));
  const total = centred.reduce((sum, row) => sum + row.reduce((s, x) => s + x * x, 0) / n, 0);
  // Where the components hold everything, what is left is rounding: no yardstick.
  const residualVariance = residual > total * 1e-6 ? residual : 0;
  const variances = new Float64Array(d);
  centred.forEach((row, i) => removed(row, projected[i] ?? new Float64Array(rank), components).forEach((x, k) => (variances[k] = (variances[k] ?? 0) + (x * x) / n)));
  const residualVariances = residualVariance === 0 ? undefined : Array.from(variances, (variance) => Math.max(variance, (FLOOR * residualVariance) / d));
  return { dimensions: d, rank, mean: [...mean], components: components.flatMap((row) => [...row]), whitening: [...whitening], centres, residualVariance, ...(residualVariances === undefined ? {} : { residualVariances }) };
}

/** Squared distance to the nearest class, the left-over included (one unit on average). */
export class FeatureScorer {
  readonly #space: FeatureSpace;
  readonly #components: readonly Float64Array[];
  readonly #whitenedCentres: readonly Float64Array[];
  readonly #centred: Float64Array;

  constructor(space: FeatureSpace) {
    this.#space = space;
    const { dimensions: d, rank, components } = space;
    this.#components = Array.from({ length: rank }, (_, i) => Float64Array.from(components.slice(i * d, (i + 1) * d)));
    this.#whitenedCentres = space.centres.map(({ at }) => this.#whiten(Float64Array.from(at)));
    this.#centred = new Float64Array(d);
  }

  /** In whitened component space, [rank]: within a class one unit is one standard deviation. */
  place(features: ArrayLike<number>, offset = 0): Float64Array {
    const { dimensions, mean } = this.#space;
    for (let k = 0; k < dimensions; k++) this.#centred[k] = (features[offset + k] ?? 0) - (mean[k] ?? 0);
    return this.#whiten(project(this.#centred, this.#components));
  }

  score(features: ArrayLike<number>, offset = 0): number {
    const { dimensions, mean, residualVariance, residualVariances } = this.#space;
    for (let k = 0; k < dimensions; k++) this.#centred[k] = (features[offset + k] ?? 0) - (mean[k] ?? 0);
    const projected = project(this.#centred, this.#components);
    const place = this.#whiten(projected);
    let least = Infinity;
    for (const centre of this.#whitenedCentres) least = Math.min(least, squaredDistance(place, centre));
    if (least === Infinity) least = place.reduce((sum, x) => sum + x * x, 0);
    if (residualVariance <= 0) return least;
    if (residualVariances === undefined) return least + leftOver(this.#centred, projected) / residualVariance;
    // As many units as features left: a single one that leaves its usual range far counts for as much as it is unusual.
    let left = 0;
    removed(this.#centred, projected, this.#components).forEach((x, k) => (left += (x * x) / (residualVariances[k] ?? 1)));
    return least + left;
  }

  /** What the components leave over, [dimensions]. */
  residual(features: ArrayLike<number>, offset = 0): Float64Array {
    const { dimensions, mean } = this.#space;
    const out = new Float64Array(dimensions);
    for (let k = 0; k < dimensions; k++) out[k] = (features[offset + k] ?? 0) - (mean[k] ?? 0);
    const weights = project(out, this.#components);
    this.#components.forEach((component, i) => {
      for (let k = 0; k < dimensions; k++) out[k] = (out[k] ?? 0) - (weights[i] ?? 0) * (component[k] ?? 0);
    });
    return out;
  }

  #whiten(projected: Float64Array): Float64Array {
    const { rank, whitening } = this.#space;
    const out = new Float64Array(rank);
    for (let i = 0; i < rank; i++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += (whitening[i * rank + j] ?? 0) * (projected[j] ?? 0);
      out[i] = sum;
    }
    return out;
  }
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}

function project(row: Float64Array, components: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(components.length);
  for (let i = 0; i < components.length; i++) {
    const component = components[i] as Float64Array;
    let sum = 0;
    for (let k = 0; k < row.length; k++) sum += (row[k] as number) * (component[k] as number);
    out[i] = sum;
  }
  return out;
}

/** The row without its components. */
function removed(row: Float64Array, projected: Float64Array, components: readonly Float64Array[]): Float64Array {
  const out = Float64Array.from(row);
  components.forEach((component, i) => {
    const weight = projected[i] as number;
    for (let k = 0; k < out.length; k++) out[k] = (out[k] as number) - weight * (component[k] as number);
  });
  return out;
}

function leftOver(row: Float64Array, projected: Float64Array): number {
  let whole = 0;
  for (const x of row) whole += x * x;
  for (const x of projected) whole -= x * x;
  return Math.max(0, whole);
}

/** Directions in which some vectors vary most, orthonormal. */
export function leadingDirections(rows: readonly Float64Array[], count: number): Float64Array[] {
  const d = rows[0]?.length ?? 0;
  return principal(rows, d, Math.min(d, count)).filter((direction) => direction.some((x) => x !== 0));
}

/** Leading directions of the covariance: X'X applied to an orthonormal block, again and again. */
function principal(rows: readonly Float64Array[], d: number, rank: number): Float64Array[] {
  const random = seeded(0, 'principal components');
  let block = orthonormal(Array.from({ length: rank }, () => Float64Array.from({ length: d }, () => random.next() - 0.5)));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = block.map(() => new Float64Array(d));
    for (const row of rows) {
      const weights = project(row, block);
      for (let i = 0; i < rank; i++) {
        const [target, weight] = [next[i] as Float64Array, weights[i] ?? 0];
        for (let k = 0; k < d; k++) target[k] = (target[k] as number) + weight * (row[k] as number);
      }
    }
    block = orthonormal(next);
  }
  return block;
}

function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const v = Float64Array.from(vector);
    // Twice: once is not enough where the vectors are nearly parallel.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        let dot = 0;
        for (let k = 0; k < v.length; k++) dot += (v[k] ?? 0) * (other[k] ?? 0);
        for (let k = 0; k < v.length; k++) v[k] = (v[k] ?? 0) - dot * (other[k] ?? 0);
      }
    }
    const norm = Math.hypot(...v);
    done.push(norm > 1e-12 ? v.map((x) => x / norm) : new Float64Array(v.length));
  }
  return done;
}

function classes(projected: readonly Float64Array[], outputs: readonly number[], rank: number): { centres: FeatureSpace['centres']; within: Float64Array } {
  const groups = new Map<number, Float64Array[]>();
  projected.forEach((row, i) => {
    const output = outputs[i] ?? -1;
    const group = groups.get(output);
    if (group === undefined) groups.set(output, [row]);
    else group.push(row);
  });
  // Rare classes have no mean worth the name: they are measured against the others'.
  const large = [...groups].filter(([, rows]) => rows.length >= 2 * rank).sort((a, b) => b[1].length - a[1].length).slice(0, MOST_CLASSES);
  const used = large.length > 0 ? large : [[-1, [...projected]] as [number, Float64Array[]]];
  const within = new Float64Array(rank * rank);
  let count = 0;
  const centres = used.map(([output, rows]) => {
    const at = new Float64Array(rank);
    for (const row of rows) for (let i = 0; i < rank; i++) at[i] = (at[i] ?? 0) + (row[i] ?? 0) / rows.length;
    for (const row of rows) {
      count++;
      for (let i = 0; i < rank; i++) for (let j = 0; j <= i; j++) within[i * rank + j] = (within[i * rank + j] ?? 0) + ((row[i] ?? 0) - (at[i] ?? 0)) * ((row[j] ?? 0) - (at[j] ?? 0));
    }
    return { output, at: [...at] };
  });
  for (let i = 0; i < within.length; i++) within[i] = (within[i] ?? 0) / Math.max(1, count - used.length);
  return { centres, within };
}

/** Inverse of the Cholesky factor: y = L^-1 x has identity covariance. A small ridge keeps flat directions finite. */
function inverseCholesky(covariance: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += covariance[i * n + i] ?? 0;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (covariance[i * n + j] ?? 0) + (i === j ? RIDGE * (trace / n) + 1e-12 : 0);
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] ?? 0) * (lower[j * n + k] ?? 0);
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (lower[j * n + j] ?? 1);
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    inverse[i * n + i] = 1 / (lower[i * n + i] ?? 1);
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= (lower[i * n + k] ?? 0) * (inverse[k * n + j] ?? 0);
      inverse[i * n + j] = sum / (lower[i * n + i] ?? 1);
    }
  }
  return inverse;
}
