// Names of classes, as the config files of different makers list them.
import { expect, it } from 'vitest';
import type { Artifact } from './artifact.ts';
import { classNames } from './classifier-parts.ts';

const named = (config: object): ReturnType<typeof classNames> => classNames({ config, files: [] } as unknown as Artifact);

it('reads names by number and in order', async () => {
  expect(await named({ id2label: { 1: 'dog', 0: 'cat' } })).toEqual(['cat', 'dog']);
  expect(await named({ id2label: ['cat', 'dog'] })).toEqual(['cat', 'dog']);
  expect(await named({ classes: ['cat', 'dog'] })).toEqual(['cat', 'dog']);
});

it('takes nothing else for names', async () => {
  expect(await named({ classes: 2, labels: [0, 1] })).toEqual([]);
});
