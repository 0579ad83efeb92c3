// Words of errors: every field that an error has is in them, and nothing of a file is shown raw.
import { expect, test } from 'vitest';
import type { ArtifactErrorFields } from './artifact-error.ts';
import { plainError, reasonNotRun } from './plain-error.ts';

const CODES: readonly ArtifactErrorFields['code'][] = ['truncated', 'malformed', 'limit-exceeded', 'missing-file', 'missing-tensor', 'shape-mismatch', 'unsupported-dtype', 'unsupported-architecture', 'unsupported-format', 'missing-tokenizer', 'invalid-config', 'too-large', 'runtime-failure'];

test.each(CODES)('%s names what was expected and found', (code) => {
  const words = plainError({ code, format: 'safetensors', file: 'm.safetensors', field: 'a.weight', expected: '[2, 3]', actual: '[3, 2]' });
  expect(words).toContain('[2, 3]');
  expect(words).toContain('[3, 2]');
  expect(words).not.toMatch(/[.\s]$/);
});

test('a missing tensor is named', () => {
  expect(plainError({ code: 'missing-tensor', format: 'safetensors', field: 'model.norm.weight', expected: 'a tensor of shape [64]', actual: 'nothing' })).toBe('the weights lack the tensor model.norm.weight: expected a tensor of shape [64]');
});

test('what a file says is shown on one line', () => {
  expect(plainError({ code: 'unsupported-architecture', format: 'config', actual: 'evil\nname\u202e' })).toContain('evil↵name\\u202e');
});

test('a cause is told instead of what it leads to', () => {
  const lacks: ArtifactErrorFields = { code: 'missing-tensor', format: 'safetensors', field: 'a' };
  expect(reasonNotRun(lacks, [{ code: 'truncated', format: 'safetensors', file: 'm.safetensors' }])).toBe('m.safetensors is cut off');
  expect(reasonNotRun(lacks, [])).toBe('the weights lack the tensor a');
  const config: ArtifactErrorFields = { code: 'missing-file', format: 'hugging-face', field: 'config.json' };
  expect(reasonNotRun(config, [{ code: 'malformed', format: 'json', file: 'model/config.json', offset: 12 }])).toBe('model/config.json is malformed at byte 12');
  expect(reasonNotRun(config, [{ code: 'malformed', format: 'json', file: 'tokenizer.json' }])).toBe('a file is missing (config.json)');
  expect(reasonNotRun({ code: 'missing-tokenizer', format: 'hugging-face', expected: 'tokenizer.json' }, [{ code: 'malformed', format: 'json', file: 'tokenizer.json' }])).toBe('tokenizer.json is malformed');
});
