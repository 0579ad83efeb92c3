// Names of classes, as the config files of different makers list them, and how pictures are to be fed.
import { expect, it } from 'vitest';
import { bytesOf } from '../core/byte-source.ts';
import type { Artifact } from './artifact.ts';
import { classNames, imageHints } from './classifier-parts.ts';
import { openArtifact } from './open.ts';

const named = (config: object): ReturnType<typeof classNames> => classNames({ config, files: [] } as unknown as Artifact);

it('reads names by number and in order', async () => {
  expect(await named({ id2label: { 1: 'dog', 0: 'cat' } })).toEqual(['cat', 'dog']);
  expect(await named({ id2label: ['cat', 'dog'] })).toEqual(['cat', 'dog']);
  expect(await named({ classes: ['cat', 'dog'] })).toEqual(['cat', 'dog']);
});

it('takes nothing else for names', async () => {
  expect(await named({ classes: 2, labels: [0, 1] })).toEqual([]);
});

const hinted = async (preprocessor: object) => {
  const file = (path: string, content: object) => bytesOf(path, new TextEncoder().encode(JSON.stringify(content)));
  const artifact = await openArtifact({ name: 'drop', files: [file('config.json', { model_type: 'vit' }), file('preprocessor_config.json', preprocessor)] });
  return (await imageHints(artifact, 3, false)).preprocessing;
};

it('normalises as the preprocessor says', async () => {
  expect(await hinted({ image_mean: [0.5, 0.4, 0.3], image_std: [0.25] })).toEqual({ scale: 1, mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.25], origin: 'preprocessor_config.json', guessed: false });
});

it('says which of its numbers cannot be used, and calls the rest a guess', async () => {
  expect(await hinted({ image_mean: [0.5, 'x', 0.5], image_std: [0.5, 0, 0.5], rescale_factor: -1 })).toEqual({
    scale: 1, mean: [0, 0, 0], std: [1, 1, 1], guessed: true,
    origin: 'preprocessor_config.json, which cannot be used as it stands: rescale_factor (expected a positive number), image_mean (expected 3 numbers, one for each channel), image_std (expected 3 positive numbers, one for each channel)',
  });
  expect(await hinted({ image_mean: 'abc', image_std: [1, 1, 1] })).toMatchObject({ mean: [0, 0, 0], guessed: true, origin: 'preprocessor_config.json, which cannot be used as it stands: image_mean (expected 3 numbers, one for each channel)' });
  expect(await hinted({ image_mean: [0.5, 0.5], image_std: [0.5, 0.5, 0.5] })).toMatchObject({ mean: [0, 0, 0], guessed: true });
  expect(await hinted({ image_mean: [0.5] })).toMatchObject({ guessed: true, origin: expect.stringContaining('image_std (expected 3 positive numbers)') });
});

it('takes the range from a file whose sizes alone are wrong, and says so', async () => {
  expect(await hinted({ size: { height: -5, width: 32 } })).toMatchObject({ guessed: false, origin: 'preprocessor_config.json, which cannot be used as it stands: size.height (expected a positive whole number)' });
});
