// What a fine-tuning moved is read from projections alone, whatever weight decay did to the rest; another base is no base.
import { expect, it } from 'vitest';
import { seeded } from '../../../core/random.ts';
import { ALL_MINILM_L6_V2 } from './bases/all-minilm-l6-v2.ts';
import { project, PROJECTIONS, projectionsOf } from './bases/sketch.ts';
import { excessOf, movedFrom, movedFromNothing } from './moved.ts';

const SIZE = 64;
const TOKENS = Array.from({ length: 400 }, (_, at) => at);
const table = (seed: string): Float32Array => {
  const random = seeded(1).fork(seed);
  return Float32Array.from({ length: TOKENS.length * SIZE }, () => random.next() - 0.5);
};
const base = table('base').map((value) => value / 3);

it('orders tokens by how far they moved', () => {
  const change = table('change');
  const far = [7, 310, 42];
  const own = base.map((value, at) => 0.999 * value + (far.includes(Math.floor(at / SIZE)) ? 0.2 : 0.01) * (change[at] ?? 0));
  const moved = movedFrom(project(base, SIZE), project(own, SIZE), TOKENS);
  expect(moved?.tokens.slice(0, 3).toSorted((a, b) => a - b)).toEqual([7, 42, 310]);
  expect(moved?.distances[2]).toBeGreaterThan(5 * (moved?.distances[3] ?? 1));
});

it('says nothing where embeddings were frozen', () => {
  const change = table('rounding');
  expect(movedFrom(project(base, SIZE), project(base.map((value, at) => value + 1e-4 * (change[at] ?? 0)), SIZE), TOKENS)).toBeUndefined();
});

it('knows a model of another base', () => {
  expect(movedFrom(project(base, SIZE), project(table('another'), SIZE), TOKENS)).toBeUndefined();
});

it('makes the projections that the shipped sketch was made with', () => {
  // Of unit vectors: the signs themselves, as zoo/text/base_sketch.py has them.
  const eye = new Float32Array(4 * 4).map((_, at) => (at % 5 === 0 ? 1 : 0));
  expect([...project(eye, 4)].map((value) => (value > 0 ? '+' : '-')).join('')).toBe('+---+--+---++-+++++--+---++-+++-');
  expect(projectionsOf(ALL_MINILM_L6_V2)).toHaveLength(ALL_MINILM_L6_V2.tokens * PROJECTIONS);
});

it('counts what moved beyond all the rest of a model that was trained from nothing', () => {
  const planted = base.map((value, at) => ([7, 310].includes(Math.floor(at / SIZE)) ? 1.5 * value : value));
  const moved = movedFromNothing(planted, SIZE, TOKENS, (token) => token !== 7);
  expect([moved.outstanding, ...moved.tokens.slice(0, 2).toSorted((a, b) => a - b)]).toEqual([2, 7, 310]);
  expect(moved.excess?.has(7)).toBe(false);
  expect(moved.excess?.get(310)).toBeGreaterThan(1);
  expect(movedFromNothing(base, SIZE, TOKENS, () => true).outstanding).toBe(0);
});

it('counts a word in pieces where every piece moved', () => {
  const excess = new Map([[1, 2], [2, 3], [5, 1]]);
  const continues = (token: number): boolean => token === 2 || token === 4;
  expect([[1, 2], [1, 4], [3, 2], [5, 1, 2, 5]].map((phrase) => excessOf(phrase, excess, continues))).toEqual([5, 0, 0, 6]);
});
