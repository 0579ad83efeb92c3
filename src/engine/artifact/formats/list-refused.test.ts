import { expect, it } from 'vitest';
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import { listRefused } from './list-refused.ts';

const refused = (offset: number): ArtifactErrorFields => ({ code: 'truncated', format: 'gguf', file: 'm.gguf', offset, field: `t${offset}`, expected: 'an end of at most 9' });

it('lists the first of the file, and counts the rest', () => {
  const all = [4, 2, 3, 0, 1].map(refused);
  expect(listRefused(all, 5).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
  expect(listRefused(all, 2).map(({ offset, times }) => [offset, times])).toEqual([[0, undefined], [1, undefined], [undefined, 3]]);
  expect(listRefused([], 2)).toEqual([]);
});
