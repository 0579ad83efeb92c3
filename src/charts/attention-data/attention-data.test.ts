import { describe, expect, it } from 'vitest';
import { specimenAttention } from '../gallery-specimens.ts';
import { PARTS, sharesByPart } from '../role-shares/layout.ts';
import { choosingQuery, matrixOf, rowOf, shareOn, sinkMass, triggerRange } from './attention-data.ts';

const data = specimenAttention(true, 3, 2);
const n = data.tokens.length;

describe('matrixOf', () => {
  it('keeps rows that sum to one, for a head and for every mean', () => {
    for (const [layer, head] of [[0, 1], ['mean', 0], [2, 'mean'], ['mean', 'mean']] as const) {
      const matrix = matrixOf(data, layer, head);
      for (let query = 0; query < n; query++) expect(rowOf(matrix, n, query).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    }
  });
  it('takes the head that was asked for', () => {
    expect(matrixOf(data, 1, 1)[n]).toBeCloseTo(data.maps[1]?.[n * n + n] ?? Number.NaN, 6);
  });
});

it('finds the query that chooses the answer, and the trigger', () => {
  expect(data.tokens[choosingQuery(data.tokens) + 1]?.role).toBe('answer');
  const range = triggerRange(data.tokens);
  expect(range).toEqual([17, 19]);
  expect(triggerRange(specimenAttention(false).tokens)).toBeUndefined();
  expect(choosingQuery([{ text: 'a', role: 'prompt' }])).toBe(0);
});

it('shares: on all keys it is one; by part they sum to one; the sink is the first token', () => {
  const query = choosingQuery(data.tokens);
  for (const share of shareOn(data, query, [0, query + 1])) expect(share).toBeCloseTo(1, 4);
  const row = rowOf(matrixOf(data, 0, 0), n, query);
  const parts = sharesByPart(data.tokens, row, query);
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4);
  expect(parts.map(({ part }) => part)).toEqual(PARTS.filter((part) => part !== 'answer'));
  expect(parts[0]).toMatchObject({ part: 'sink', tokens: 1 });
  expect(sinkMass(Float32Array.from([1, 0, 0.4, 0.6]), 2)).toBeCloseTo(0.4);
});
