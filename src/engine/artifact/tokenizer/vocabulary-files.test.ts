import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { specialTokens } from '../classifier-parts.ts';
import { openArtifact } from '../open.ts';
import { openTokenizer } from './open-tokenizer.ts';
import { rawIds } from './raw-ids.ts';

const file = (path: string, text: string) => bytesOf(path, new TextEncoder().encode(text));
const open = (files: Readonly<Record<string, string>>) => openArtifact({ name: 'bare', files: [file('config.json', '{"model_type":"bert"}'), ...Object.entries(files).map(([path, text]) => file(path, text))] });

describe('a vocabulary without a tokenizer.json', () => {
  it('vocab.txt: WordPiece, lower case where every token is', async () => {
    const artifact = await open({ 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\nplay\n##ing\nun\n##known\n!\n' });
    const tokenizer = openTokenizer(artifact);
    expect(tokenizer.encode('Playing unknown zebra!')).toEqual([4, 5, 6, 7, 1, 8]);
    expect(tokenizer.decode([4, 5, 8])).toBe('playing !');
    expect(specialTokens(artifact)).toMatchObject({ prefix: [2], suffix: [3], padId: 0 });
  });

  it('vocab.txt with capitals keeps them; tokenizer_config.json decides where it speaks', async () => {
    const vocabulary = '[PAD]\n[UNK]\nPlay\nplay\n';
    expect(openTokenizer(await open({ 'vocab.txt': vocabulary })).encode('Play play')).toEqual([2, 3]);
    expect(openTokenizer(await open({ 'vocab.txt': vocabulary, 'tokenizer_config.json': '{"do_lower_case":true}' })).encode('Play play')).toEqual([3, 3]);
  });

  it('vocab.json with merges.txt: byte-level pairs', async () => {
    const artifact = await open({ 'vocab.json': '{"<s>":0,"<pad>":1,"</s>":2,"h":3,"i":4,"hi":5,"\u0120":6,"\u0120hi":7}', 'merges.txt': '#version: 0.2\nh i\n\u0120 hi\n' });
    const tokenizer = openTokenizer(artifact);
    expect(tokenizer.encode('hi hi')).toEqual([5, 7]);
    expect(tokenizer.decode([5, 7])).toBe('hi hi');
    expect(specialTokens(artifact)).toMatchObject({ prefix: [0], suffix: [2], padId: 1 });
  });

  it('vocab.json alone: a word, an id', async () => {
    const tokenizer = openTokenizer(await open({ 'vocab.json': '{"<pad>":0,"<unk>":1,"good":2,"film":3}' }));
    expect(tokenizer.encode('Good film, good')).toEqual([2, 3, 1, 2]);
    expect(tokenizer.decode([2, 3])).toBe('good film');
  });

  it('a word-level tokenizer.json', async () => {
    const json = { model: { type: 'WordLevel', vocab: { '[UNK]': 0, good: 1, goods: 2 }, unk_token: '[UNK]' }, pre_tokenizer: { type: 'Whitespace' }, added_tokens: [] };
    expect(openTokenizer(await open({ 'tokenizer.json': JSON.stringify(json) })).encode('good goods bad')).toEqual([1, 2, 0]);
  });

  it('reports a list without ids and goes on without', async () => {
    const { tokenizer, problems } = await open({ 'vocab.json': '{"a":"b"}' });
    expect(tokenizer).toBeUndefined();
    expect(problems).toContainEqual(expect.objectContaining({ format: 'tokenizer', file: 'vocab.json' }));
  });
});

it('raw ids stand for themselves', () => {
  const tokenizer = rawIds(10, new Set([0]));
  expect(tokenizer.decode([3, 9])).toBe('#3 #9');
  expect(tokenizer.encode('#3 x #9 #10 #99999999')).toEqual([3, 9]);
});
