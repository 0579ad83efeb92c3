// The compiled kernels against plain loops, and the compiled bytes against their source.
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compileKernels } from '../../../../../scripts/build-kernels.mjs';
import { NumpyRandomState } from '../../random/numpy-random-state.ts';
import { productOf, productOfTransposed, squaredDistancesOf } from './blocked.ts';
import { Arena } from './kernels.ts';

vi.setConfig({ testTimeout: 60_000 });

test('the bytes are what the source compiles to', async () => {
  expect(await readFile(new URL('./kernels-wasm.ts', import.meta.url), 'utf8')).toBe(await compileKernels());
});

const naive = (m: number, n: number, term: (i: number, j: number, l: number) => number, k: number): number[] =>
  Array.from({ length: m * n }, (_, at) => Array.from({ length: k }, (__, l) => term(Math.floor(at / n), at % n, l)).reduce((sum, value) => sum + value, 0));

const close = (values: ArrayLike<number>, others: readonly number[]): void => {
  expect(values).toHaveLength(others.length);
  others.forEach((other, at) => expect(values[at]).toBeCloseTo(other, 9));
};

test('products and distances of any size are those of plain loops', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (m, n, k, seed) => {
      const random = new NumpyRandomState(seed % 1000);
      const [a, b] = [random.normal(m * k), random.normal(n * k)];
      const [left, right] = [(i: number, l: number): number => a[i * k + l] ?? 0, (j: number, l: number): number => b[j * k + l] ?? 0];
      close(productOfTransposed(a, b, [m, n, k]), naive(m, n, (i, j, l) => left(i, l) * right(j, l), k));
      close(productOf(a, b, [m, n, k]), naive(m, n, (i, j, l) => left(i, l) * (b[l * n + j] ?? 0), k));
      close(squaredDistancesOf(a, b, [m, n, k]), naive(m, n, (i, j, l) => (left(i, l) - right(j, l)) ** 2, k));
    }),
    { numRuns: 40 },
  );
});

test.each([[3, 530, 9], [517, 2, 9], [5, 6, 1030], [4, 5, 260]] as const)('blocks join: %i x %i over %i', (m, n, k) => {
  const random = new NumpyRandomState(m);
  const [a, b] = [random.normal(m * k), random.normal(n * k)];
  close(productOfTransposed(a, b, [m, n, k]), naive(m, n, (i, j, l) => (a[i * k + l] ?? 0) * (b[j * k + l] ?? 0), k));
  close(productOf(a, b, [m, n, k]), naive(m, n, (i, j, l) => (a[i * k + l] ?? 0) * (b[l * n + j] ?? 0), k));
  close(squaredDistancesOf(a, b, [m, n, k]), naive(m, n, (i, j, l) => ((a[i * k + l] ?? 0) - (b[j * k + l] ?? 0)) ** 2, k));
});

test('a row is no distance from itself, and distances are the same both ways', () => {
  const [rows, width] = [9, 700];
  const a = new NumpyRandomState(1).normal(rows * width);
  const distances = squaredDistancesOf(a, a, [rows, rows, width]);
  for (let i = 0; i < rows; i++) for (let j = 0; j <= i; j++) expect(distances[i * rows + j]).toBe(i === j ? 0 : distances[j * rows + i]);
});

test('single precision: product with strides, bias, mask, sums', () => {
  const [m, n, k] = [8, 8, 300];
  const random = new NumpyRandomState(4);
  const arena = new Arena();
  const [a, b, c, bias, sums] = [arena.take(4 * m * k), arena.take(4 * n * k), arena.take(4 * m * n), arena.take(4 * n), arena.take(4 * n)];
  const { kernels, singles } = arena.open();
  const [left, right, shift] = [Float32Array.from(random.normal(m * k)), Float32Array.from(random.normal(n * k)), Float32Array.from(random.normal(n))];
  singles.set(left, a / 4);
  singles.set(right, b / 4);
  singles.set(shift, bias / 4);
  // a stands as [k, m], b as [n, k]: both transposed.
  kernels.multiply32(m, n, k, a, 1, m, b, 1, k, c, arena.panel);
  const product = naive(m, n, (i, j, l) => (left[l * m + i] ?? 0) * (right[j * k + l] ?? 0), k);
  const result = (): Float32Array => singles.slice(c / 4, c / 4 + m * n);
  product.forEach((value, at) => expect(result()[at]).toBeCloseTo(value, 3));
  kernels.addBias32(m, n, c, bias, 0);
  const rectified = product.map((value, at) => Math.max(0, value + (shift[at % n] ?? 0)));
  rectified.forEach((value, at) => expect(result()[at]).toBeCloseTo(value, 3));
  kernels.columnSums32(m, n, c, sums);
  for (let j = 0; j < n; j++) expect(singles[sums / 4 + j]).toBeCloseTo(rectified.reduce((sum, value, at) => sum + (at % n === j ? value : 0), 0), 2);
  kernels.maskByPositive32(m * n, c, c);
  rectified.forEach((value, at) => expect(result()[at]).toBeCloseTo(value, 3));
});
