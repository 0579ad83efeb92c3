import { expect, it } from 'vitest';
import type { Artifact } from '../artifact/artifact.ts';
import type { ChatTemplate, Tokenizer } from '../artifact/tokenizer.ts';
import { ArtifactError } from '../core/artifact-error.ts';
import { plainError } from '../core/plain-error.ts';
import { bytesOf } from '../core/byte-source.ts';
import { refuseNoRoom } from './refuse-no-room.ts';

const artifact: Artifact = {
  name: 'm', kind: 'hugging-face', files: [{ source: bytesOf('m/config.json', new Uint8Array(0)), format: 'json' }], tensors: new Map(), config: { n_positions: 8 }, generationConfig: undefined, tokenizer: undefined,
  tokenizerConfig: undefined, chatTemplate: undefined, architecture: 'gpt2', parameters: undefined, problems: [],
};
const tokenizer: Tokenizer = { vocabularySize: 256, specialIds: new Set(), bosId: undefined, encode: (text) => [...text].map(() => 1), decode: () => '', tokenText: () => '' };
const template = (render: () => string): ChatTemplate => ({ origin: 'test', render });

it('names the field that leaves no room, and what the template takes', () => {
  const refuse = (): void => refuseNoRoom(artifact, 8, tokenizer, template(() => '<user></user>'));
  expect(refuse).toThrow(ArtifactError);
  try {
    refuse();
  } catch (error) {
    expect(error instanceof ArtifactError && plainError(error)).toBe('m/config.json cannot be right, n_positions: expected more than the 13 tokens that the chat template takes with an empty prompt, found 8');
  }
});

it('lets a template be that fits, or that takes no empty prompt', () => {
  expect(() => refuseNoRoom(artifact, 8, tokenizer, template(() => '<u>'))).not.toThrow();
  // What fills the context to the last token leaves no room either.
  expect(() => refuseNoRoom(artifact, 3, tokenizer, template(() => '<u>'))).toThrow(ArtifactError);
  const none = template(() => {
    throw new ArtifactError({ code: 'malformed', format: 'jinja' });
  });
  expect(() => refuseNoRoom(artifact, 8, tokenizer, none)).not.toThrow();
});
