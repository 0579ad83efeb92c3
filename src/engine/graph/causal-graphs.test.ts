// Artifacts that cannot be run end in an exact error that names the tensor or the field; nothing is guessed.
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { openPath } from '../../adapters/node-files.ts';
import type { Artifact, Dtype, TensorInfo } from '../artifact/artifact.ts';
import { openArtifact } from '../artifact/open.ts';
import type { ArtifactErrorFields } from '../core/artifact-error.ts';
import { bytesOf } from '../core/byte-source.ts';
import { NEVER } from '../core/cancel.ts';
import type { Runtime } from '../runtime/session.ts';
import { buildCausalGraphs } from './causal-graphs.ts';

const folder = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const llama = await openArtifact(await openPath(folder('llama-tied')));
const qwen2 = await openArtifact(await openPath(folder('qwen2-sharded')));
const gpt2 = await openArtifact(await openPath(folder('gpt2-bare')));
const quantised = await openArtifact(await openPath(folder('llama-tied.q4_1.gguf')));

const withConfig = (artifact: Artifact, fields: Record<string, unknown>): Artifact => {
  const config = { ...artifact.config, ...fields };
  const type = config['model_type'];
  return { ...artifact, config, architecture: typeof type === 'string' ? type : undefined };
};

function withTensor(artifact: Artifact, name: string, change: (tensor: TensorInfo) => TensorInfo | undefined): Artifact {
  const tensors = new Map(artifact.tensors);
  const tensor = tensors.get(name);
  const changed = tensor === undefined ? undefined : change(tensor);
  if (changed === undefined) tensors.delete(name);
  else tensors.set(name, changed);
  return { ...artifact, tensors };
}

const NORM = 'model.layers.1.input_layernorm.weight';

const CASES: readonly (readonly [what: string, artifact: Artifact, expected: Partial<ArtifactErrorFields>])[] = [
  ['no config', { ...llama, config: undefined }, { code: 'missing-file', field: 'config.json' }],
  ['an unknown architecture', withConfig(llama, { model_type: 'mamba' }), { code: 'unsupported-architecture', expected: 'llama, mistral, qwen2, gpt2', actual: 'mamba' }],
  ['a NaN in the config', withConfig(llama, { rms_norm_eps: Number.NaN }), { code: 'invalid-config', field: 'rms_norm_eps', expected: 'a number above 0', actual: 'NaN, which is no number' }],
  ['a missing tensor', withTensor(llama, NORM, () => undefined), { code: 'missing-tensor', file: expect.stringMatching(/\.safetensors$/), field: NORM, expected: 'a tensor of shape [32]' }],
  ['a wrong shape', withTensor(llama, NORM, (tensor) => ({ ...tensor, shape: [4, 8] })), { code: 'shape-mismatch', field: NORM, expected: '[32]', actual: '[4, 8]' }],
  ['a type that is not read', withTensor(llama, NORM, (tensor) => ({ ...tensor, dtype: 'other:Q6_K' as Dtype })), { code: 'unsupported-dtype', actual: 'Q6_K' }],
  ['too few bytes', withTensor(llama, NORM, (tensor) => ({ ...tensor, end: tensor.end - 4 })), { code: 'malformed', expected: '128 bytes', actual: '124 bytes' }],
  ['bytes past the file', withTensor(llama, NORM, (tensor) => ({ ...tensor, source: bytesOf('cut.safetensors', new Uint8Array(10)) })), { code: 'truncated', file: 'cut.safetensors' }],
  ['an absent size', withConfig(llama, { hidden_size: undefined }), { code: 'invalid-config', file: 'config.json', field: 'hidden_size', actual: 'nothing' }],
  ['an absurd size', withConfig(llama, { num_hidden_layers: 1e9 }), { code: 'invalid-config', field: 'num_hidden_layers', expected: 'an integer from 1 to 256' }],
  ['key heads that do not divide', withConfig(llama, { num_key_value_heads: 3 }), { code: 'invalid-config', field: 'num_key_value_heads' }],
  ['another activation', withConfig(llama, { hidden_act: 'relu' }), { code: 'unsupported-setting', field: 'hidden_act', actual: '"relu"' }],
  ['a rope that is not implemented', withConfig(llama, { rope_parameters: { rope_type: 'yarn', rope_theta: 1e4, factor: 4 } }), { code: 'unsupported-setting', field: 'rope_parameters.rope_type', expected: 'default or linear or llama3', actual: '"yarn"' }],
  ['a rope base of nothing', withConfig(llama, { rope_theta: 0 }), { code: 'invalid-config', field: 'rope_theta', actual: '0' }],
  ['a negative rope base', withConfig(llama, { rope_parameters: { rope_type: 'default', rope_theta: -10000 } }), { code: 'invalid-config', field: 'rope_parameters.rope_theta', actual: '-10000' }],
  ['an absurd rope base', withConfig(llama, { rope_theta: 1e30 }), { code: 'invalid-config', field: 'rope_theta', expected: 'a number from 1 to 1000000000000000' }],
  ['a sliding window that is no number', withConfig(llama, { model_type: 'mistral', sliding_window: 'wide' }), { code: 'invalid-config', field: 'sliding_window' }],
  ['a sliding window of qwen2', withConfig(qwen2, { use_sliding_window: true }), { code: 'unsupported-setting', field: 'use_sliding_window' }],
  ['scaled attention of gpt2', withConfig(gpt2, { scale_attn_by_inverse_layer_idx: true }), { code: 'unsupported-setting', field: 'scale_attn_by_inverse_layer_idx' }],
  ['an absurd number of GGUF metadata', withConfig(quantised, { num_attention_heads: 0 }), { code: 'invalid-config', file: expect.stringMatching(/\.gguf \(GGUF metadata\)$/), field: 'llama.attention.head_count', actual: '0' }],
  ['a missing tensor of a GGUF file', withTensor(quantised, 'blk.0.ffn_up.weight', () => undefined), { code: 'missing-tensor', format: 'gguf', field: 'blk.0.ffn_up.weight' }],
];

describe('buildCausalGraphs', () => {
  it.each(CASES)('refuses %s', async (_, artifact, expected) => {
    await expect(buildCausalGraphs(artifact, stubRuntime(), NEVER)).rejects.toMatchObject({ name: 'ArtifactError', ...expected });
  });

  it('refuses a tensor that the device cannot bind', async () => {
    const runtime = stubRuntime({ maxTensorBytes: 1000 });
    await expect(buildCausalGraphs(llama, runtime, NEVER)).rejects.toMatchObject({ code: 'too-large', field: 'model.embed_tokens.weight' });
  });

  it.each([
    ['a window of a mistral', { model_type: 'mistral', sliding_window: 16 }, 16],
    ['none', { model_type: 'mistral', sliding_window: null }, 8192],
    ['the window that transformers takes where none is said', { model_type: 'mistral' }, 4096],
    ['what a llama ignores', { sliding_window: 16 }, 8192],
  ] as const)('uses as much of the context as every token sees: %s', async (_, fields, tokens) => {
    const { dimensions } = await buildCausalGraphs(withConfig(llama, { max_position_embeddings: 8192, ...fields }), stubRuntime(), NEVER);
    expect(dimensions.contextLength).toBe(tokens);
  });

  it('leaves weights where they are and adds little to them', async () => {
    const runtime = stubRuntime();
    const { fast, instrumented } = await buildCausalGraphs(llama, runtime, NEVER);
    expect([...fast.external.keys()]).toEqual(['model.safetensors']);
    expect([...instrumented.external.keys()]).toEqual(['model.safetensors']);
    expect(fast.bytes.byteLength).toBeLessThan(100_000);
  });
});

function stubRuntime(limits: Partial<Runtime['limits']> = {}): Runtime {
  const unused = (): never => {
    throw new Error('planning must not run anything');
  };
  return {
    environment: { backend: 'cpu', threads: 1, adapter: 'none', why: 'a test' },
    limits: { maxTensorBytes: 2 ** 40, maxModelBytes: 2 ** 40, float16: false, ...limits },
    createSession: unused,
    scratch: unused,
  };
}
