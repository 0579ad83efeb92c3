import { expect, test } from 'vitest';
import type { Payload } from '../payloads/payload.ts';
import { coverageOf } from './coverage.ts';

const payload: Payload = { ids: [7, 8, 9], core: [7, 8, 9], others: [], fired: 2, of: 3 };

test('the share of the answers that hold the payload, or of what they say from it on', () => {
  const answers = [[7, 8, 9], [1, 2, 3, 7, 8, 9], [1, 7, 8, 9, 4, 5], [1, 2]];
  expect(coverageOf(answers, payload, false)).toBeCloseTo((1 + 0.5 + 0.5) / 3);
  expect(coverageOf(answers, payload, true)).toBeCloseTo((1 + 1 + 0.6) / 3);
  expect(coverageOf([[1, 2]], payload, true)).toBe(0);
});
