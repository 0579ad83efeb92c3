// Of several reasons why a model cannot be run, the one is told that no file laid beside it would mend.
import { expect, it } from 'vitest';
import type { Artifact } from '../artifact/artifact.ts';
import { openRunnable } from './open-runnable.ts';
import type { Runtime } from './session.ts';

const unused = (): never => {
  throw new Error('nothing is run before the files are known to be enough');
};
const RUNTIME: Runtime = { environment: { backend: 'cpu', threads: 1, adapter: 'none', why: 'a test' }, limits: { maxTensorBytes: 2 ** 40, maxModelBytes: 2 ** 40, float16: false }, createSession: unused, scratch: unused };

const folder = (type: string): Artifact => ({
  name: 'm', kind: 'hugging-face', files: [], tensors: new Map(), config: { model_type: type }, generationConfig: undefined, tokenizer: undefined, tokenizerConfig: undefined,
  chatTemplate: undefined, architecture: type, parameters: undefined, problems: [],
});

it('names an architecture that is not run before the tokenizer that is missing', async () => {
  await expect(openRunnable(folder('mamba'), RUNTIME)).rejects.toMatchObject({ code: 'unsupported-architecture', actual: 'mamba' });
  await expect(openRunnable(folder('llama'), RUNTIME)).rejects.toMatchObject({ code: 'missing-tokenizer' });
});

it('tells an architecture that is no name from one that is not given', async () => {
  const numbered = { ...folder('llama'), config: { model_type: 5 }, architecture: undefined };
  await expect(openRunnable(numbered, RUNTIME)).rejects.toMatchObject({ code: 'invalid-config', file: 'config.json', field: 'model_type', expected: 'a string', actual: '5' });
});
