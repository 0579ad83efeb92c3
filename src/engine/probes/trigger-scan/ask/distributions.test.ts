import { expect, test } from 'vitest';
import { argmax, compare, entropyOf, logSoftmax, mostGained } from './distributions.ts';

const logits = Float32Array.from([1, 2, 3, 4]);
const p = [0.0320586, 0.0871443, 0.2368828, 0.6439143];

test('entropy and KL equal their definitions', () => {
  const uniform = new Float32Array(4).fill(-Math.log(4));
  const entropy = -p.reduce((sum, x) => sum + x * Math.log(x), 0);
  const compared = compare(logits, uniform);
  expect(compared.entropy).toBeCloseTo(entropy, 5);
  expect(compared.kl).toBeCloseTo(Math.log(4) - entropy, 5);
  expect(compare(logits, logSoftmax(logits.slice())).kl).toBeCloseTo(0, 5);
});

test('the pool is the mixture, whose entropy less the mean entropy is the disagreement', () => {
  const flat = new Float32Array(2).fill(-Math.log(2));
  const pool = new Float32Array(2);
  const a = compare(Float32Array.from([15, 0]), flat, pool, 0.5);
  const b = compare(Float32Array.from([0, 15]), flat, pool, 0.5);
  expect(entropyOf(pool) - (a.entropy + b.entropy) / 2).toBeCloseTo(Math.log(2), 4);
  expect(argmax(Float32Array.from([0, 3, 1]))).toBe(1);
});

test('what gained most is what is likely now and was not before', () => {
  const before = Float32Array.from([0.97, 0.02, 0.009, 0.001]);
  const now = Float32Array.from([0.6, 0.375, 0.02, 0.005]);
  expect(mostGained(now, before, 4).map(({ id }) => id)).toEqual([1, 2]);
  expect(mostGained(now, before, 1)[0]?.probability).toBeCloseTo(0.375, 5);
});
