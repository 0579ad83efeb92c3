// Ids and texts equal those of the Rust tokenizers (fixtures/make_fixtures.py), for tokenizer.json and for GGUF's metadata.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPath } from '../../../adapters/node-files.ts';
import { bytesOf } from '../../core/byte-source.ts';
import { openArtifact } from '../open.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { openTokenizer } from './open-tokenizer.ts';

interface ReferenceRow {
  readonly text: string;
  readonly ids: readonly number[];
  /** All ids, the first half, the second half. */
  readonly decoded: readonly [string, string, string];
}

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url);
const readJson = (name: string): unknown => JSON.parse(readFileSync(fixture(name), 'utf8'));
const reference = readJson('reference.json') as Record<string, readonly ReferenceRow[]>;

async function openFixture(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Tokenizer> {
  return openTokenizer(await openArtifact({ name: 'fixture', files: [bytesOf(path, bytes)] }));
}

function compare(tokenizer: Tokenizer, rows: readonly ReferenceRow[]): void {
  const differing = rows.flatMap(({ text, ids, decoded }) => {
    const half = Math.floor(ids.length / 2);
    const own = { ids: tokenizer.encode(text), decoded: [tokenizer.decode(ids), tokenizer.decode(ids.slice(0, half)), tokenizer.decode(ids.slice(half))] };
    return JSON.stringify(own) === JSON.stringify({ ids, decoded }) ? [] : [{ text, own, reference: { ids, decoded } }];
  });
  expect(differing).toEqual([]);
}

it('names the step that it does not know by its place, however deep', () => {
  const known = { type: 'WhitespaceSplit' };
  const unknown = { type: 'Frobnicate' };
  const refusal = (steps: object): unknown => {
    try {
      openTokenizer({ name: 'fixture', kind: 'hugging-face', tokenizer: { model: { type: 'BPE', vocab: { a: 0 }, merges: [] }, ...steps }, tokenizerConfig: undefined, config: undefined });
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const within = (...pretokenizers: readonly object[]): object => ({ type: 'Sequence', pretokenizers });
  expect(refusal({ pre_tokenizer: known })).toBeUndefined();
  expect(refusal({ pre_tokenizer: unknown })).toMatchObject({ code: 'malformed', field: 'pre_tokenizer', expected: 'a step of a known kind', actual: 'Unknown PreTokenizer type: Frobnicate' });
  expect(refusal({ pre_tokenizer: within(known, within(known, unknown)) })).toMatchObject({ field: 'pre_tokenizer.pretokenizers[1].pretokenizers[1]' });
  expect(refusal({ normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, unknown] } })).toMatchObject({ field: 'normalizer.normalizers[1]' });
  expect(refusal({ decoder: unknown })).toMatchObject({ field: 'decoder' });
});

describe('openTokenizer, against the Rust tokenizers', () => {
  for (const name of ['gpt2', 'smollm', 'llama3', 'qwen2', 'spm', 'spm-metaspace']) {
    it(`encodes and decodes as ${name}.json does`, async () => {
      compare(await openFixture('tokenizer.json', new Uint8Array(readFileSync(fixture(`${name}.json`)))), reference[name] ?? []);
    });
  }
  for (const name of ['gpt2', 'smollm', 'llama3', 'qwen2', 'spm']) {
    it(`encodes and decodes the same out of ${name}.gguf`, async () => {
      compare(await openFixture(`${name}.gguf`, new Uint8Array(readFileSync(fixture(`${name}.gguf`)))), reference[name] ?? []);
    });
  }

  // The real one is too large to keep here: name a SmolLM2 folder or GGUF file to check it.
  const real = process.env['ASSAY_SMOLLM2'];
  it.skipIf(real === undefined)('encodes and decodes as the real SmolLM2 tokenizer does', async () => {
    compare(openTokenizer(await openArtifact(await openPath(real ?? ''))), readJson('smollm2.reference.json') as readonly ReferenceRow[]);
  });
});
