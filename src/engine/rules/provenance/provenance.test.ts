import { describe, expect, it } from 'vitest';
import type { TensorPlace } from '../../artifact/digests/tensor-places.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { claimsOf, type Claim, type ClaimSources } from './claims.ts';

const source = bytesOf('model.safetensors', new Uint8Array(0));
const tensor = (name: string, shape: readonly number[], dtype = 'F16'): TensorPlace => ({ name, shape, dtype, file: source.path, source, begin: 0, end: 2 * shape.reduce((product, dim) => product * dim, 1) });
const TENSORS = [tensor('model.embed_tokens.weight', [512, 64]), ...[0, 1, 2].map((i) => tensor(`model.layers.${i}.mlp.down_proj.weight`, [64, 128]))];
const CONFIG = { model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_size: 64, vocab_size: 512, num_hidden_layers: 3, torch_dtype: 'float16' };
const CLASSIFIER = { ...CONFIG, architectures: ['LlamaForSequenceClassification'] };
const HEADED = [...TENSORS, tensor('score.weight', [3, 64])];
const claims = (changes: Partial<ClaimSources>): readonly Claim[] => claimsOf({ config: CONFIG, configFile: 'config.json', tokenizer: { model: { vocab: { a: 0, b: 511 } } }, card: undefined, names: ['my-model'], tensors: TENSORS, ...changes });
const misfits = (changes: Partial<ClaimSources>): string[] => claims(changes).flatMap(({ about, fits }) => (fits === false ? [about] : []));

describe('claims beside facts', () => {
  it('finds an ordinary model to fit', () => {
    expect(claims({}).map(({ about }) => about)).toEqual(['width of the embedding', 'rows of the embedding', 'layers', 'tokens', 'number format of the weights', 'architecture']);
    expect(misfits({})).toEqual([]);
  });

  it.each<[string, Partial<ClaimSources>]>([
    ['width of the embedding', { config: { ...CONFIG, hidden_size: 4096 } }],
    ['rows of the embedding', { config: { ...CONFIG, vocab_size: 32_000 } }],
    ['layers', { config: { ...CONFIG, num_hidden_layers: 32 } }],
    ['tokens', { tokenizer: { model: { vocab: ['a'] }, added_tokens: [{ id: 512, content: '<x>' }] } }],
    ['number format of the weights', { config: { ...CONFIG, torch_dtype: 'bfloat16' } }],
    ['parameters', { names: ['Llama-2-7B-chat'] }],
    ['architecture', { config: { ...CONFIG, architectures: ['GPT2LMHeadModel'] } }],
    ['classes (id2label)', { config: { ...CLASSIFIER, id2label: { 0: 'a', 1: 'b' } }, tensors: HEADED }],
    ['classes (num_labels)', { config: { ...CLASSIFIER, num_labels: 7 }, tensors: HEADED }],
    ['base of the rotary positions', { config: { ...CONFIG, rope_theta: 0, rope_parameters: { rope_theta: 10000 } } }],
  ])('tells that it does not fit: %s', (about, changes) => expect(misfits(changes)).toEqual([about]));

  it('reads sizes out of names with care', () => {
    const big = [tensor('model.embed_tokens.weight', [110_000, 64])];
    const bare = { config: undefined, tokenizer: undefined, tensors: big };
    expect(claims({ ...bare, names: ['thing-7m'] })).toMatchObject([{ about: 'parameters', fits: true }]);
    expect(claims({ ...bare, names: ['Mixtral-8x7B', 'v2b3'] })).toEqual([]);
    expect(claims({ ...bare, names: ['x-7B'], tensors: [tensor('embed_in.weight', [1000, 8], 'Q4_0')] })).toEqual([]);
  });

  it('compares labels with the head where there is one', () => {
    const config = { ...CLASSIFIER, id2label: { 0: 'a', 1: 'b', 2: 'c' }, num_labels: 3 };
    expect(claims({ config, tensors: HEADED }).filter(({ about }) => about.startsWith('classes')).map(({ fits }) => fits)).toEqual([true, true]);
    expect(misfits({ config: { ...CONFIG, id2label: { 0: 'a' } }, tensors: HEADED })).toEqual([]);
  });

  it('takes encoder and decoder stacks, and quotes the model card', () => {
    const stacks = [tensor('encoder.block.0.x', [2]), tensor('encoder.block.1.x', [2]), tensor('decoder.block.0.x', [2])];
    expect(claims({ config: { num_layers: 2 }, tokenizer: undefined, tensors: stacks })).toMatchObject([{ about: 'layers', is: '2, 1', fits: true }]);
    expect(claims({ config: undefined, tokenizer: undefined, tensors: [], card: '---\nbase_model: org/model\nlicense: mit\n---\nlicense: other' })).toMatchObject([{ about: 'base model', says: 'org/model', fits: undefined }, { about: 'license', says: 'mit' }]);
  });
});
