import { expect, it } from 'vitest';
import type { Artifact } from '../artifact/artifact.ts';
import { bytesOf } from '../core/byte-source.ts';
import { modelDefaults } from './model-defaults.ts';

const artifact = (config: object, generationConfig: object | undefined): Artifact => ({
  name: 'm', kind: 'hugging-face', files: [{ source: bytesOf('m/config.json', new Uint8Array(0)), format: 'json' }], tensors: new Map(), config: { ...config }, generationConfig: generationConfig === undefined ? undefined : { ...generationConfig }, tokenizer: undefined,
  tokenizerConfig: undefined, chatTemplate: undefined, architecture: 'llama', parameters: undefined, problems: [],
});
const stops = (config: object, generation?: object): number[] => [...modelDefaults(artifact(config, generation)).stopIds];

it.each<readonly [unknown]>([['oops'], [[[2]]], [{ a: 1 }], [2.5], [[2, '3']], [true]])('names the field where the end of an answer is %j', (found) => {
  const expected = 'the id of a token, or a list of such ids';
  expect(() => stops({ eos_token_id: found })).toThrow(expect.objectContaining({ code: 'invalid-config', file: 'm/config.json', field: 'eos_token_id', expected, actual: JSON.stringify(found) }));
  expect(() => stops({ eos_token_id: 2 }, { eos_token_id: found })).toThrow(expect.objectContaining({ file: 'm/generation_config.json', field: 'eos_token_id', expected }));
});

it('takes one id, several and none, the generation settings first', () => {
  expect(stops({ eos_token_id: 2 })).toEqual([2]);
  expect(stops({ eos_token_id: 2 }, { eos_token_id: [3, 4] })).toEqual([3, 4]);
  expect(stops({ eos_token_id: 2 }, { eos_token_id: null })).toEqual([2]);
  expect(stops({ eos_token_id: null })).toEqual([]);
  expect(stops({ eos_token_id: -1 })).toEqual([]);
  expect(stops({ vocab_size: 100, eos_token_id: 128_009 })).toEqual([128_009]);
  expect(stops({})).toEqual([]);
});
