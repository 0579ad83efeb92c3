// Whole drops: which files are the model, what is read of them, what is said about the rest.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bytesOf, type ByteSource, type Drop } from '../core/byte-source.ts';
import type { Artifact } from './artifact.ts';
import { configOfGguf } from './gguf/config.ts';
import { gguf } from './gguf/gguf-bytes.ts';
import { openArtifact } from './open.ts';

const FIXTURES = fileURLToPath(new URL('../graph/fixtures/', import.meta.url));

const text = (path: string, content: unknown): ByteSource => bytesOf(path, new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)));

/** One F32 tensor of one element for each name. */
function weights(path: string, ...names: string[]): ByteSource {
  const header = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }])));
  const bytes = new Uint8Array(8 + header.length + 4 * names.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytesOf(path, bytes);
}

const open = (...files: ByteSource[]): Promise<Artifact> => openArtifact({ name: 'drop', files });
const fields = (artifact: Artifact): unknown[] => artifact.problems.map(({ code, file, field }) => [code, file, field]);

function fixture(name: string): Drop {
  const path = join(FIXTURES, name);
  if (!statSync(path).isDirectory()) return { name, files: [bytesOf(name, new Uint8Array(readFileSync(path)))] };
  return { name, files: readdirSync(path).sort().map((file) => bytesOf(file, new Uint8Array(readFileSync(join(path, file))))) };
}

describe('openArtifact', () => {
  it('opens a sharded Hugging Face folder', async () => {
    const artifact = await openArtifact(fixture('qwen2-sharded'));
    expect(artifact).toMatchObject({ name: 'qwen2-sharded', kind: 'hugging-face', architecture: 'qwen2', problems: [], notes: [] });
    expect(artifact.config?.['num_hidden_layers']).toBe(2);
    expect(artifact.generationConfig).toBeDefined();
    expect(artifact.tokenizer).toBeDefined();
    expect(artifact.chatTemplate?.file).toBe('chat_template.jinja');
    expect(new Set([...artifact.tensors.values()].map(({ source }) => source.path)).size).toBe(3);
  });

  it('gives a GGUF file the configuration its folder has', async () => {
    const folder = await openArtifact(fixture('qwen2-sharded'));
    const file = await openArtifact(fixture('qwen2-sharded.f16.gguf'));
    expect(file).toMatchObject({ kind: 'gguf', architecture: 'qwen2', problems: [], parameters: folder.parameters, chatTemplate: { source: folder.chatTemplate?.source } });
    for (const field of ['hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads', 'num_key_value_heads', 'vocab_size', 'max_position_embeddings', 'tie_word_embeddings', 'bos_token_id', 'eos_token_id', 'hidden_act']) {
      expect([field, file.config?.[field]]).toEqual([field, folder.config?.[field]]);
    }
    expect(file.config?.['rope_theta']).toBe(1_000_000);
    expect(file.config?.['rms_norm_eps']).toBeCloseTo(1e-5, 9);
    expect(file.tensors.get('token_embd.weight')?.shape).toEqual(folder.tensors.get('model.embed_tokens.weight')?.shape);
  });

  it('names a llama head size, its rope factors and its stop ids', async () => {
    const data = new Uint8Array(8);
    new DataView(data.buffer).setFloat32(0, 1, true);
    new DataView(data.buffer).setFloat32(4, 8, true);
    const bytes = gguf({
      keys: [
        ['general.architecture', 8, 'llama'], ['llama.embedding_length', 4, 16], ['llama.attention.head_count', 4, 4], ['llama.attention.head_count_kv', [4], [2, 2]],
        ['tokenizer.ggml.eos_token_id', 4, 2], ['tokenizer.ggml.eot_token_id', 4, 5],
      ],
      tensors: [{ name: 'rope_freqs.weight', dims: [2], type: 0, offset: 0 }, { name: 'output.weight', dims: [2], type: 0, offset: 32 }],
      data: 40,
    });
    bytes.set(data, bytes.byteLength - 40);
    const { config, generationConfig } = await open(bytesOf('m.gguf', bytes));
    expect(config).toMatchObject({ head_dim: 4, num_key_value_heads: 2, rope_theta: 10000, tie_word_embeddings: false, rope_scaling: { rope_type: 'factors', factors: [1, 8] } });
    expect(generationConfig).toEqual({ eos_token_id: [2, 5] });
  });

  it("finds Llama 3's rope rule again in its factors", () => {
    // As llama.cpp's converter computes them for Llama 3.2 1B (head size 64, factor 32).
    const factors = Array.from({ length: 32 }, (_, i) => {
      const wavelength = 2 * Math.PI * 500_000 ** (i / 32);
      if (wavelength < 8192 / 4) return 1;
      if (wavelength > 8192) return 32;
      const smooth = (8192 / wavelength - 1) / 3;
      return Math.fround(1 / ((1 - smooth) / 32 + smooth));
    });
    const metadata = new Map<string, string | number>([['general.architecture', 'llama'], ['llama.rope.freq_base', 500_000]]);
    expect(configOfGguf(metadata, new Map(), factors)['rope_scaling']).toEqual({ rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 });
    expect(configOfGguf(metadata, new Map(), factors.with(20, 7))['rope_scaling']).toMatchObject({ rope_type: 'factors' });
  });

  it('opens an ONNX folder with its configuration above it', async () => {
    const [model] = fixture('llama-tied-onnx').files;
    const artifact = await open(text('repo/config.json', { model_type: 'llama' }), bytesOf('repo/onnx/model.onnx', await (model?.slice(0, model.size) ?? Promise.reject(new Error('no fixture')))));
    expect(artifact).toMatchObject({ kind: 'onnx', architecture: 'llama', problems: [] });
  });

  it('sees through one wrapping folder', async () => {
    const artifact = await open(text('wrap/config.json', { model_type: 'llama' }), weights('wrap/model.safetensors', 'a'));
    expect(artifact).toMatchObject({ kind: 'hugging-face', architecture: 'llama', problems: [] });
  });

  it('takes safetensors before GGUF before ONNX, the outer before the inner, and says so', async () => {
    const files = [text('config.json', { model_type: 'llama' }), weights('model.safetensors', 'a'), weights('original/consolidated.safetensors', 'b'), bytesOf('m.gguf', gguf({}))];
    const artifact = await open(...files);
    expect(artifact.kind).toBe('hugging-face');
    expect([...artifact.tensors.keys()]).toEqual(['a']);
    expect(artifact.notes).toEqual(['Other models in the same drop were left aside: m.gguf, original/consolidated.safetensors.']);
  });

  it('joins the parts of a split GGUF, and misses those that are not there', async () => {
    const part = (name: string, keys: readonly [string, number, string | number][]): Uint8Array<ArrayBuffer> => gguf({ keys, tensors: [{ name, dims: [8], type: 0, offset: 0 }], data: 32 });
    const head: [string, number, string | number][] = [['general.architecture', 8, 'llama'], ['split.count', 2, 2]];
    const both = await open(bytesOf('m-00001-of-00002.gguf', part('a', head)), bytesOf('m-00002-of-00002.gguf', part('b', [])));
    expect([...both.tensors.keys()]).toEqual(['a', 'b']);
    expect(fields(both)).toEqual([['missing-tokenizer', 'm-00001-of-00002.gguf', 'tokenizer.ggml.model']]);
    expect(fields(await open(bytesOf('m-00001-of-00002.gguf', part('a', head))))).toContainEqual(['missing-file', 'm-00001-of-00002.gguf', 'split.count']);
  });

  const config = text('config.json', { model_type: 'llama' });
  const index = (map: Record<string, unknown>): ByteSource => text('model.safetensors.index.json', { weight_map: map });
  const INDEXES: readonly (readonly [string, readonly ByteSource[], unknown])[] = [
    ['a shard that is missing', [config, index({ a: 's1.safetensors', b: 's2.safetensors' }), weights('s1.safetensors', 'a')], ['missing-file', 'model.safetensors.index.json', 'weight_map.b']],
    ['weights beside the file that is read', [config, index({ a: 's1.safetensors' }), weights('model.safetensors', 'a'), weights('s1.safetensors', 'a')], ['malformed', 'model.safetensors.index.json', 'weight_map']],
    ['a path instead of a name', [config, index({ a: '../x.safetensors' }), weights('s1.safetensors', 'a')], ['malformed', 'model.safetensors.index.json', 'weight_map.a']],
    ['a pickle for a shard', [config, index({ a: 'pytorch_model.bin' }), weights('s1.safetensors', 'a')], ['unsupported-format', 'model.safetensors.index.json', 'weight_map.a']],
    ['a tensor its shard lacks', [config, index({ a: 's1.safetensors', b: 's1.safetensors' }), weights('s1.safetensors', 'a')], ['missing-tensor', 'model.safetensors.index.json', 'b']],
    ['a tensor the index does not name', [config, index({ a: 's1.safetensors' }), weights('s1.safetensors', 'a', 'b')], ['malformed', 'model.safetensors.index.json', 'b']],
    ['no map', [config, text('model.safetensors.index.json', {}), weights('s1.safetensors', 'a')], ['malformed', 'model.safetensors.index.json', 'weight_map']],
  ];
  for (const [name, files, problem] of INDEXES) {
    it(`reports an index with ${name}`, async () => {
      expect(fields(await open(...files))).toEqual([problem]);
    });
  }

  it('lists every chat template and reports two that differ', async () => {
    const artifact = await open(
      config,
      weights('model.safetensors', 'a'),
      text('chat_template.jinja', 'one'),
      text('additional_chat_templates/rag.jinja', 'two'),
      text('tokenizer_config.json', { chat_template: [{ name: 'default', template: 'three' }, { name: 'tool_use', template: 'four' }] }),
    );
    expect(artifact.chatTemplate).toEqual({ source: 'one', file: 'chat_template.jinja' });
    expect(artifact.chatTemplates?.map(({ name, source }) => [name, source])).toEqual([['default', 'one'], ['default', 'three'], ['rag', 'two'], ['tool_use', 'four']]);
    expect(fields(artifact)).toEqual([['malformed', 'tokenizer_config.json', 'chat_template']]);
  });

  it('finds the templates that GGUF metadata names', async () => {
    const artifact = await open(bytesOf('m.gguf', gguf({ keys: [['tokenizer.chat_template.tool_use', 8, 'b'], ['tokenizer.chat_template', 8, 'a']] })));
    expect(artifact.chatTemplates?.map(({ name, source }) => [name, source])).toEqual([['default', 'a'], ['tool_use', 'b']]);
  });

  it('goes on where one file is broken', async () => {
    const artifact = await open(config, weights('model.safetensors', 'a'), text('tokenizer.json', '{"a":'), text('generation_config.json', '[]'), text('tokenizer_config.json', '{"x":1,"x":2}'));
    expect(artifact.tensors.size).toBe(1);
    expect(fields(artifact)).toEqual([
      ['malformed', 'generation_config.json', undefined],
      ['malformed', 'tokenizer.json', undefined],
      ['malformed', 'tokenizer_config.json', 'x'],
    ]);
  });

  it('says what a folder lacks', async () => {
    expect(fields(await open(config))).toEqual([['missing-file', 'model.safetensors', undefined]]);
    expect(fields(await open(config, text('pytorch_model.bin', 'PK')))).toEqual([['unsupported-format', 'pytorch_model.bin', undefined]]);
    expect(fields(await open(weights('model.safetensors', 'a')))).toEqual([['missing-file', 'config.json', undefined]]);
  });

  it('recognises by content under a wrong name, and by name where the content is broken', async () => {
    const artifact = await open(bytesOf('a.txt', gguf({})), text('b.safetensors', 'no'), text('c.md', '# readme'), text('d.onnx', 'no'));
    expect(artifact.files.map(({ source, format, matches }) => [source.path, format, matches?.[0]?.sure])).toEqual([
      ['a.txt', 'gguf', 'certain'],
      ['b.safetensors', 'safetensors', 'name'],
      ['c.md', 'text', 'name'],
      ['d.onnx', 'onnx', 'name'],
    ]);
  });

  it('refuses an empty drop', async () => {
    await expect(openArtifact({ name: 'nothing', files: [] })).rejects.toMatchObject({ code: 'missing-file' });
  });
});
