// Eigenvalues and vectors of a real symmetric matrix: Householder tridiagonalisation and implicit QL (Wilkinson & Reinsch,
// Handbook for Automatic Computation II, 1971; Golub & Van Loan 8.3). Eigenvalues fall; vectors are orthonormal to about
// 1e-14 and their signs are arbitrary: callers that depend on signs must fix them.
import { zeros, type Matrix } from './matrix.ts';

export interface Eigen {
  /** Falling. */
  readonly values: Float64Array;
  /** Row i is the vector of values[i]. */
  readonly vectors: Matrix;
}

const MAX_SWEEPS = 60;

export function symmetricEigen(matrix: Matrix): Eigen {
  const n = matrix.rows;
  // Row k of z holds eigenvector k: rotations then touch two rows, which lie side by side in memory.
  const z = matrix.data.slice();
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n);
  tridiagonalise(z, diagonal, off, n);
  const q = transposeSquare(z, n);
  iterate(q, diagonal, off, n);
  const order = Array.from(diagonal.keys()).sort((a, b) => (diagonal[b] ?? 0) - (diagonal[a] ?? 0));
  const vectors = zeros(n, n);
  order.forEach((from, to) => vectors.data.set(q.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i] ?? 0), vectors };
}

/** Householder's reduction; `z` becomes the orthogonal matrix whose columns turn the result back. */
function tridiagonalise(z: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  const at = (i: number, j: number): number => z[i * n + j] ?? 0;
  for (let i = n - 1; i > 0; i--) {
    let h = 0;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(at(i, k));
    if (i === 1 || scale === 0) {
      e[i] = at(i, i - 1);
      d[i] = 0;
      continue;
    }
    for (let k = 0; k < i; k++) {
      const scaled = at(i, k) / scale;
      z[i * n + k] = scaled;
      h += scaled * scaled;
    }
    const f = at(i, i - 1);
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[i] = scale * g;
    h -= f * g;
    z[i * n + i - 1] = f - g;
    symmetricProduct(z, e, n, i);
    let sum = 0;
    for (let j = 0; j < i; j++) {
      z[j * n + i] = at(i, j) / h;
      e[j] = (e[j] ?? 0) / h;
      sum += (e[j] ?? 0) * at(i, j);
    }
    const half = sum / (h + h);
    for (let j = 0; j < i; j++) {
      const fj = at(i, j);
      const gj = (e[j] ?? 0) - half * fj;
      e[j] = gj;
      for (let k = 0; k <= j; k++) z[j * n + k] = at(j, k) - (fj * (e[k] ?? 0) + gj * at(i, k));
    }
    d[i] = h;
  }
  e[0] = 0;
  d[0] = 0;
  accumulate(z, d, n);
}

/** e[0..i) = A u, where A is the leading block (its lower triangle) and u stands in row i. */
function symmetricProduct(z: Float64Array, e: Float64Array, n: number, i: number): void {
  for (let j = 0; j < i; j++) e[j] = 0;
  for (let j = 0; j < i; j++) {
    const u = z[i * n + j] ?? 0;
    let g = (e[j] ?? 0) + (z[j * n + j] ?? 0) * u;
    for (let k = 0; k < j; k++) {
      const value = z[j * n + k] ?? 0;
      g += value * (z[i * n + k] ?? 0);
      e[k] = (e[k] ?? 0) + value * u;
    }
    e[j] = g;
  }
}

function accumulate(z: Float64Array, d: Float64Array, n: number): void {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if ((d[i] ?? 0) !== 0) {
      sums.fill(0, 0, i);
      for (let k = 0; k < i; k++) {
        const u = z[i * n + k] ?? 0;
        for (let j = 0; j < i; j++) sums[j] = (sums[j] ?? 0) + u * (z[k * n + j] ?? 0);
      }
      for (let k = 0; k < i; k++) {
        const u = z[k * n + i] ?? 0;
        for (let j = 0; j < i; j++) z[k * n + j] = (z[k * n + j] ?? 0) - (sums[j] ?? 0) * u;
      }
    }
    d[i] = z[i * n + i] ?? 0;
    z[i * n + i] = 1;
    for (let j = 0; j < i; j++) {
      z[j * n + i] = 0;
      z[i * n + j] = 0;
    }
  }
}

function transposeSquare(z: Float64Array, n: number): Float64Array {
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned[j * n + i] = z[i * n + j] ?? 0;
  return turned;
}

function iterate(q: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i] ?? 0;
  e[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = Math.abs(d[m] ?? 0) + Math.abs(d[m + 1] ?? 0);
        if (Math.abs(e[m] ?? 0) <= Number.EPSILON * size) break;
      }
      if (m === l) break;
      if (sweep >= MAX_SWEEPS) throw new RangeError('eigenvalues did not converge');
      sweepOnce(q, d, e, n, l, m);
    }
  }
}

function sweepOnce(q: Float64Array, d: Float64Array, e: Float64Array, n: number, l: number, m: number): void {
  let g = ((d[l + 1] ?? 0) - (d[l] ?? 0)) / (2 * (e[l] ?? 0));
  let r = Math.hypot(g, 1);
  g = (d[m] ?? 0) - (d[l] ?? 0) + (e[l] ?? 0) / (g + (g >= 0 ? Math.abs(r) : -Math.abs(r)));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * (e[i] ?? 0);
    const b = c * (e[i] ?? 0);
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = (d[i + 1] ?? 0) - p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = (d[i + 1] ?? 0) - p;
    r = ((d[i] ?? 0) - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    const [upper, lower] = [i * n, (i + 1) * n];
    for (let k = 0; k < n; k++) {
      const below = q[lower + k] ?? 0;
      const above = q[upper + k] ?? 0;
      q[lower + k] = s * above + c * below;
      q[upper + k] = c * above - s * below;
    }
  }
  d[l] = (d[l] ?? 0) - p;
  e[l] = g;
  e[m] = 0;
}
