// Several models in one drop: which is taken, and that the others are named.
import { expect, test } from 'vitest';
import type { ArtifactFile } from './artifact.ts';
import { modelsLeftOut } from './choose-model.ts';

function file(path: string, format: string): ArtifactFile {
  return { source: { path, size: 1, slice: async () => new Uint8Array(1) }, format };
}

test.each([
  ['another format of it', [file('model.safetensors', 'safetensors'), file('model-q4.gguf', 'gguf'), file('config.json', 'json')], ['model.safetensors'], ['model-q4.gguf']],
  ['a second model in a folder of its own', [file('a/model.safetensors', 'safetensors'), file('b/model.safetensors', 'safetensors')], ['a/model.safetensors'], ['b/model.safetensors']],
  ['weights of older tools, and no pickles of training', [file('model.safetensors', 'safetensors'), file('pytorch_model.bin', 'pickle'), file('training_args.bin', 'pickle'), file('optimizer.pt', 'zip')], ['model.safetensors'], ['pytorch_model.bin']],
])('%s', (_, files, taken, models) => {
  expect(modelsLeftOut(files, taken)).toEqual({ taken, models });
});

test('one model, and no model, leave nothing out', () => {
  const shards = [file('m-00001-of-00002.safetensors', 'safetensors'), file('m-00002-of-00002.safetensors', 'safetensors')];
  expect(modelsLeftOut(shards, shards.map(({ source }) => source.path))).toBeUndefined();
  expect(modelsLeftOut([file('pytorch_model.bin', 'pickle')], [])).toBeUndefined();
});
