// Whatever bytes a file holds, opening it ends soon, with an artifact or an ArtifactError, and reads no more than it must.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ArtifactError } from '../core/artifact-error.ts';
import { bytesOf, type ByteSource } from '../core/byte-source.ts';
import { openArtifact } from './open.ts';
import { openChatTemplate, openTokenizer } from './tokenizer/open-tokenizer.ts';

const load = (url: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(url, import.meta.url)));
const SEEDS: readonly (readonly [path: string, bytes: Uint8Array<ArrayBuffer>])[] = [
  ['m.gguf', load('./tokenizer/fixtures/smollm.gguf')],
  ['m.gguf', load('./tokenizer/fixtures/spm.gguf')],
  ['tokenizer.json', load('./tokenizer/fixtures/llama3.json')],
  ['tokenizer.json', load('./tokenizer/fixtures/spm-metaspace.json')],
  ['model.safetensors', load('../graph/fixtures/llama-tied/model.safetensors').slice(0, 6000)],
  ['config.json', load('../graph/fixtures/llama-tied/config.json')],
  ['model.safetensors.index.json', load('../graph/fixtures/qwen2-sharded/model.safetensors.index.json')],
];

/** Opens the drop and everything that can be made of it. */
async function openAll(files: readonly ByteSource[]): Promise<void> {
  try {
    const artifact = await openArtifact({ name: 'hostile', files });
    const tokenizer = openTokenizer(artifact);
    tokenizer.decode(tokenizer.encode('The 2 naïve 🦊 <|im_end|>\n'));
    openChatTemplate(artifact, tokenizer).render([{ role: 'user', content: 'hi' }], { addGenerationPrompt: true });
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
  }
}

type Edit = { readonly at: number; readonly byte: number };
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 127, 128, 0x22, 0x5b, 0x7b, 0x2d)) });
const FRONT = 0.02;

function edited(bytes: Uint8Array<ArrayBuffer>, edits: readonly Edit[], front: boolean): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  for (const { at, byte } of edits) copy[Math.floor(at * copy.length * (front ? FRONT : 1))] = byte;
  return copy;
}

describe('opening hostile bytes', () => {
  for (const [i, [path, bytes]] of SEEDS.entries()) {
    it(`survives changed bytes in ${path} (${i})`, { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (edits, front) => openAll([bytesOf(path, edited(bytes, edits, front))])),
        { numRuns: 60, seed: 11 + i },
      );
    });

    it(`survives ${path} (${i}) cut short`, { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), (share) => openAll([bytesOf(path, bytes.slice(0, Math.floor(share * bytes.length)))])),
        { numRuns: 30, seed: 23 + i },
      );
    });
  }

  it('survives any JSON where a model folder expects its own', { timeout: 60_000 }, async () => {
    const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'model.safetensors.index.json', 'special_tokens_map.json', 'chat_template.json'];
    const keys = fc.constantFrom('model', 'vocab', 'merges', 'added_tokens', 'type', 'BPE', 'id', 'content', 'pre_tokenizer', 'normalizer', 'decoder', 'pattern', 'Regex', 'weight_map', 'chat_template', 'name', 'template', 'bos_token', 'added_tokens_decoder', '__proto__', 'constructor');
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, fc.constantFrom(null, true, 0, -1, 2 ** 31, 2 ** 53, 0.5, '', 'BPE', 'Unigram', 'Sequence', 'Split', '(a+)+$', '{{ x }}'), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(keys, tie('any'), { maxKeys: 6 })),
    })).any;
    const file = fc.tuple(fc.constantFrom(...names), value).map(([name, content]) => bytesOf(name, new TextEncoder().encode(JSON.stringify(content))));
    await fc.assert(fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 6 }), openAll), { numRuns: 300, seed: 5 });
  });

  it('survives bytes that begin like a known format', { timeout: 60_000 }, async () => {
    const start = fc.constantFrom('GGUF\u0003\0\0\0', 'GGUF\u0002\0\0\0', '\b\u0007\u0012', '{"', '\u0010\0\0\0\0\0\0\0{"a":{}}       ');
    const bytes = fc.tuple(start, fc.uint8Array({ maxLength: 200 })).map(([head, tail]) => Uint8Array.from([...[...head].map((char) => char.charCodeAt(0)), ...tail]));
    await fc.assert(fc.asyncProperty(fc.constantFrom('a.gguf', 'b.safetensors', 'c.onnx', 'tokenizer.json', 'd'), bytes, (path, content) => openAll([bytesOf(path, content)])), { numRuns: 300, seed: 3 });
  });
});
