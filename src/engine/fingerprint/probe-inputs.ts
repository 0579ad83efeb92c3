// The seeded reference inputs, the same for every model of one shape: half Gaussian noise, the rest uniform in [0, 1), then five
// edge cases: zeros, ones, near-zero noise, a linear gradient, high magnitude. Drawn as NumPy's RandomState(seed) draws them
// (zoo/fingerprint/probes.py), so fingerprints made elsewhere can be compared. Public by default (seed 42): an adversary can
// train a model to look clean on them. A secret seed drawn per audit takes that away.
import { NumpyRandomState } from './random/numpy-random-state.ts';

export const PUBLIC_SEED = 42;
export const PUBLIC_COUNT = 50;
const EDGE_CASES = ['zeros', 'ones', 'near-zero noise', 'linear gradient', 'high magnitude'] as const;

/** @returns [count, size] row-major, single precision */
export function probeInputs(size: number, seed: number = PUBLIC_SEED, count: number = PUBLIC_COUNT): Float32Array {
  if (count < EDGE_CASES.length + 2) throw new RangeError(`at least ${EDGE_CASES.length + 2} inputs are needed, ${count} were asked for`);
  const random = new NumpyRandomState(seed);
  const gaussian = Math.floor(count / 2);
  const uniform = count - gaussian - EDGE_CASES.length;
  const values = new Float32Array(count * size);
  let at = 0;
  const put = (row: ArrayLike<number>): void => {
    values.set(row, at);
    at += row.length;
  };
  put(random.normal(gaussian * size));
  put(random.uniform(uniform * size));
  const nearZero = random.normal(size).map((value) => 0.01 * value);
  const large = random.normal(size).map((value) => 10 * value);
  put(new Float64Array(size));
  put(new Float64Array(size).fill(1));
  put(nearZero);
  put(linspace(size));
  put(large);
  return values;
}

/** numpy.linspace(0, 1, size). */
function linspace(size: number): Float64Array {
  const step = 1 / Math.max(1, size - 1);
  return Float64Array.from({ length: size }, (_, i) => (size > 1 && i === size - 1 ? 1 : i * step));
}
