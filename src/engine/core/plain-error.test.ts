// Words of errors: every field that an error has is in them, and nothing of a file is shown raw.
import { expect, test } from 'vitest';
import type { ArtifactErrorFields } from './artifact-error.ts';
import { causeNotRun, plainError, reasonNotRun } from './plain-error.ts';

const CODES: readonly ArtifactErrorFields['code'][] = ['truncated', 'malformed', 'limit-exceeded', 'missing-file', 'missing-tensor', 'shape-mismatch', 'unsupported-dtype', 'unsupported-architecture', 'unsupported-format', 'missing-tokenizer', 'invalid-config', 'unsupported-setting', 'too-large', 'runtime-failure'];

test.each(CODES)('%s names what was expected and found', (code) => {
  const words = plainError({ code, format: 'safetensors', file: 'm.safetensors', field: 'a.weight', expected: '[2, 3]', actual: '[3, 2]' });
  expect(words).toContain('[2, 3]');
  expect(words).toContain('[3, 2]');
  expect(words).not.toMatch(/[.\s]$/);
});

test('a missing tensor is named', () => {
  expect(plainError({ code: 'missing-tensor', format: 'safetensors', field: 'model.norm.weight', expected: 'a tensor of shape [64]', actual: 'nothing' })).toBe('the weights lack the tensor model.norm.weight: expected a tensor of shape [64]');
});

test('an architecture that is not named is called no architecture', () => {
  const names = (actual?: string): string => plainError({ code: 'unsupported-architecture', format: 'config', field: 'model_type', expected: 'llama, gpt2', actual });
  expect(names('nothing')).toBe('its configuration names no architecture (model_type): expected one of llama, gpt2');
  expect(names()).toBe(names('nothing'));
  expect(names('mamba')).toBe('its architecture, mamba, is none that Assay can run (llama, gpt2)');
});

test('a part of a tensor’s entry is not called a tensor', () => {
  const wrong = (field: string): string => plainError({ code: 'shape-mismatch', format: 'safetensors', file: 'm.safetensors', field, expected: '8', actual: '4' });
  expect(wrong('a.weight.data_offsets')).toBe('the data_offsets of the tensor a.weight in m.safetensors do not fit its type and shape: expected 8, found 4');
  expect(wrong('a.weight (shape)')).toBe('the tensor a.weight in m.safetensors has another shape than its type asks for: expected 8, found 4');
  expect(wrong('a.weight')).toBe('the tensor a.weight in m.safetensors has another shape than the rest of the model asks for: expected 8, found 4');
});

test('a prompt that is too long is no file that asks for too much', () => {
  expect(plainError({ code: 'limit-exceeded', format: 'model', field: 'context', expected: 'at most 256 tokens', actual: '3009 tokens' })).toBe('a prompt is longer than its context holds: expected at most 256 tokens, found 3009 tokens');
});

test('what a file says is shown on one line', () => {
  expect(plainError({ code: 'unsupported-architecture', format: 'config', actual: 'evil\nname\u202e' })).toContain('evil↵name\\u202e');
});

test('a cause is told instead of what it leads to', () => {
  const lacks: ArtifactErrorFields = { code: 'missing-tensor', format: 'safetensors', field: 'a' };
  expect(reasonNotRun(lacks, [{ code: 'truncated', format: 'safetensors', file: 'm.safetensors' }])).toBe('m.safetensors is cut off');
  expect(reasonNotRun(lacks, [])).toBe('the weights lack the tensor a');
  const words = { code: 'missing-tokenizer', format: 'gguf', file: 'folder', expected: 'tokenizer.ggml.* metadata', actual: 'none that can be read' } as const;
  expect(reasonNotRun(words, [{ code: 'malformed', format: 'gguf', file: 'm.gguf', offset: 37, field: 'x', expected: 'a value type from 0 to 12', actual: '77' }])).toBe('m.gguf is malformed at byte 37, x: expected a value type from 0 to 12, found 77');
  const config: ArtifactErrorFields = { code: 'missing-file', format: 'hugging-face', field: 'config.json' };
  expect(reasonNotRun(config, [{ code: 'malformed', format: 'json', file: 'model/config.json', offset: 12 }])).toBe('model/config.json is malformed at byte 12');
  expect(reasonNotRun(config, [{ code: 'malformed', format: 'json', file: 'tokenizer.json' }])).toBe('a file is missing (config.json)');
  expect(reasonNotRun({ code: 'missing-tokenizer', format: 'hugging-face', expected: 'tokenizer.json' }, [{ code: 'malformed', format: 'json', file: 'tokenizer.json' }])).toBe('tokenizer.json is malformed');
});

test('the field that cannot be read is told, not what is missed because of it', () => {
  const version: ArtifactErrorFields = { code: 'unsupported-format', format: 'gguf', file: 'm.gguf', offset: 4, field: 'version', expected: '2 or 3, little-endian', actual: '9' };
  expect(reasonNotRun({ code: 'missing-tokenizer', format: 'gguf', file: 'm.gguf', expected: 'tokenizer.ggml.* metadata', actual: 'none that can be read' }, [version])).toBe('its format cannot be run in m.gguf, version: expected 2 or 3, little-endian, found 9');
  const noTokenizer: ArtifactErrorFields = { code: 'missing-tokenizer', format: 'hugging-face', file: 'tokenizer.json', expected: 'tokenizer.json', actual: 'none that can be read' };
  const noConfig: ArtifactErrorFields = { code: 'missing-file', format: 'hugging-face', file: 'config.json', expected: 'the model’s configuration' };
  const dtype: ArtifactErrorFields = { code: 'unsupported-dtype', format: 'safetensors', file: 'm.safetensors', offset: 0, field: 'model.b.weight.dtype', expected: 'a safetensors dtype', actual: 'F17' };
  expect(causeNotRun(noTokenizer, [dtype, noConfig])).toBe(dtype);
  expect(plainError(dtype)).toBe('the tensor model.b.weight in m.safetensors is stored in a number format that Assay cannot run: expected a safetensors dtype, found F17');
  // What a folder lacks is told where its weights can be read.
  expect(causeNotRun(noTokenizer, [noConfig])).toBe(noTokenizer);
  const lacks = (field: string): ArtifactErrorFields => ({ code: 'missing-tensor', format: 'safetensors', file: 'm.safetensors', field, expected: 'a tensor of shape [2]', actual: 'nothing' });
  expect(causeNotRun(lacks('b.weight'), [dtype])).toBe(dtype);
  expect(causeNotRun(lacks('c.weight'), [dtype])).toEqual(lacks('c.weight'));
  const refused: ArtifactErrorFields = { code: 'shape-mismatch', format: 'safetensors', file: 'm.safetensors', field: 'c.weight.data_offsets', expected: '8 bytes (F32 [2])', actual: '4 bytes' };
  expect(causeNotRun(lacks('c.weight'), [dtype, refused])).toBe(refused);
  // Bytes that were left where a tensor was taken out say less than its name.
  const gap: ArtifactErrorFields = { code: 'malformed', format: 'safetensors', file: 'm.safetensors', offset: 99, field: 'd.weight', expected: 'no bytes between tensors', actual: '64 bytes that no tensor uses' };
  expect(reasonNotRun(lacks('c.weight'), [gap])).toBe('the weights in m.safetensors lack the tensor c.weight: expected a tensor of shape [2]');
  const header: ArtifactErrorFields = { ...gap, file: 's2.safetensors', field: 'header', offset: 8 };
  expect(causeNotRun(lacks('c.weight'), [gap, header])).toBe(header);
  const unnamed: ArtifactErrorFields = { code: 'malformed', format: 'json', file: 'model.safetensors.index.json', field: 'weight_map.c.weight', expected: 'a file name', actual: 'a number' };
  expect(causeNotRun({ ...lacks('c.weight'), file: undefined }, [unnamed])).toBe(unnamed);
  const indexed: ArtifactErrorFields = { code: 'missing-tensor', format: 'json', file: 'model.safetensors.index.json', field: 'c.weight', expected: 'a tensor in s1.safetensors', actual: 'none that can be used' };
  expect(reasonNotRun(lacks('c.weight'), [dtype, indexed])).toBe('the weights that model.safetensors.index.json names lack the tensor c.weight: expected a tensor in s1.safetensors, found none that can be used');
});

test('what is not computed is not called impossible', () => {
  expect(plainError({ code: 'unsupported-setting', format: 'config', file: 'm/config.json', field: 'hidden_act', expected: 'silu or swish', actual: '"relu"' })).toBe('m/config.json asks for what Assay does not compute, hidden_act: expected silu or swish, found "relu"');
});

test('a configuration that cannot be right begins with its file', () => {
  const error: ArtifactErrorFields = { code: 'invalid-config', format: 'config', file: 'm/config.json', field: 'num_attention_heads', expected: 'an integer from 1 to 512', actual: '0' };
  expect(plainError(error)).toBe('m/config.json cannot be right, num_attention_heads: expected an integer from 1 to 512, found 0');
});
