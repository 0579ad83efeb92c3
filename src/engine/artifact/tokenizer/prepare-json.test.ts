import { describe, expect, it } from 'vitest';
import { prepareTokenizer, repeatsRepetition } from './prepare-json.ts';

const BPE = { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] };
const split = (regex: string) => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });

describe('repeatsRepetition', () => {
  it.each(['(a+)+$', '(?:a|a)*b', '((a+)b)+', '(a*)*', '([a-z]+)*', '(?:x{2,})+', '((a|b)){3,}', '(?i:a|b)+', '(a{1000})+'])('refuses %s', (pattern) => {
    expect(repeatsRepetition(pattern)).toBe(true);
  });

  // Published splittings: GPT-2, Llama 3, o200k, DeepSeek, BLOOM.
  it.each([
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
    ' ?[^(\\s|[.,!?…。，、।۔،])]+',
    '\\(a+\\)+',
    '[(a+)]+',
  ])('lets %s through', (pattern) => {
    expect(repeatsRepetition(pattern)).toBe(false);
  });
});

describe('prepareTokenizer', () => {
  const REFUSED: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no model', {}, 'model'],
    ['no vocabulary', { model: { type: 'BPE', merges: [] } }, 'model.vocab'],
    ['an id that is a text', { model: { ...BPE, vocab: { a: '0' } } }, 'model.vocab.a'],
    ['an id that would fill the memory', { model: { ...BPE, vocab: { a: 2 ** 40 } } }, 'model.vocab'],
    ['a merge of three', { model: { ...BPE, merges: [['a', 'b', 'c']] } }, 'model.merges[0]'],
    ['a merge of one', { model: { ...BPE, merges: ['a b', 'a'] } }, 'model.merges[1]'],
    ['a kind that nobody knows', { model: { ...BPE, type: 'Blob' } }, 'model.type'],
    ['an added token without text', { model: BPE, added_tokens: [{ id: 1 }] }, 'added_tokens[0].content'],
    ['an added token far away', { model: BPE, added_tokens: [{ id: 2 ** 31, content: 'x' }] }, 'added_tokens[0].id'],
    ['a pattern that backtracks', { model: BPE, pre_tokenizer: { type: 'Sequence', pretokenizers: [split('(\\w+\\s?)+$')] } }, 'pre_tokenizer.pretokenizers[0].pattern'],
    ['a replacement that swells the text', { model: BPE, normalizer: { type: 'Replace', pattern: { String: 'a' }, content: 'a'.repeat(10_000) } }, 'normalizer.content'],
  ];
  for (const [name, json, field] of REFUSED) {
    it(`refuses ${name}`, () => {
      expect(() => prepareTokenizer(json, undefined, 'tokenizer.json')).toThrow(expect.objectContaining({ name: 'ArtifactError', field }));
    });
  }

  it('undoes the splitting where no decoder is named', () => {
    const decoder = (json: Record<string, unknown>): unknown => prepareTokenizer(json, undefined, 'tokenizer.json').json['decoder'];
    expect(decoder({ model: { type: 'WordPiece', vocab: { z: 0, '##q': 1 }, continuing_subword_prefix: '##' } })).toMatchObject({ type: 'WordPiece', prefix: '##' });
    expect(decoder({ model: BPE, pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits' }, { type: 'ByteLevel', add_prefix_space: false }] } })).toMatchObject({ type: 'ByteLevel' });
    expect(decoder({ model: BPE, pre_tokenizer: { type: 'Metaspace', replacement: '▁' }, decoder: null })).toMatchObject({ type: 'Metaspace', replacement: '▁' });
    expect(decoder({ model: BPE, pre_tokenizer: { type: 'Whitespace' } })).toBeNull();
    expect(decoder({ model: BPE, pre_tokenizer: { type: 'ByteLevel' }, decoder: { type: 'Fuse' } })).toMatchObject({ type: 'Fuse' });
  });

  it("adds what only tokenizer_config.json's added_tokens_decoder has", () => {
    const { tokens, added } = prepareTokenizer({ model: BPE, added_tokens: [{ id: 2, content: '<s>', special: true }] }, { added_tokens_decoder: { 2: { content: 'other' }, 3: { content: '<x>', special: false } } }, 'tokenizer.json');
    expect(tokens).toEqual(['a', 'b', '<s>', '<x>']);
    expect(added.map(({ id, special }) => [id, special])).toEqual([[2, true], [3, false]]);
  });
});
