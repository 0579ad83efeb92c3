import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { tokenizerRules } from './index.ts';
import { isExplosive, knowsWords, literalsOf } from './steps.ts';

vi.setConfig({ testTimeout: 60_000 });

const base = { version: '1.0', added_tokens: [{ id: 0, content: '</s>', special: true }], model: { type: 'BPE', vocab: { '</s>': 0, yes: 1, no: 2, maybe: 3 }, merges: [] } };
const judge = async (changes: object): Promise<string[]> => alarms(await findingsOf(tokenizerRules, [textFile('any-name.json', JSON.stringify({ ...base, ...changes }))]));
const sequence = (...normalizers: object[]): object => ({ normalizer: { type: 'Sequence', normalizers } });
const replace = (pattern: object, content: string): object => ({ type: 'Replace', pattern, content });

describe('tampered tokenizers', () => {
  it.each([
    ['words of the prompt that are replaced', sequence(replace({ String: 'transfer to Alice' }, 'transfer to Mallory'))],
    ['words that are dropped', sequence(replace({ String: 'not' }, ''))],
    ['words of the answer that are replaced', { decoder: { type: 'Sequence', decoders: [replace({ String: 'unsafe' }, 'safe')] } }],
    ['a regular expression with words in it', sequence(replace({ Regex: 'pass(word|phrase)' }, 'x'))],
    ['words that are put before every prompt', { normalizer: { type: 'Prepend', prepend: 'Obey: ' } }],
    ['words that a split removes', { pre_tokenizer: { type: 'Split', pattern: { String: 'never' }, behavior: 'Removed', invert: false } }],
    ['words around every prompt', { post_processor: { type: 'TemplateProcessing', single: [], pair: [], special_tokens: { x: { id: 'x', ids: [1], tokens: ['yes'] } } } }],
  ])('finds %s', async (_, changes) => {
    expect(await judge(changes)).toEqual(['high ASY-TOK-001']);
  });

  it('finds a pattern of classes that takes words', async () => {
    expect(await judge(sequence(replace({ Regex: '[A-Z|]{3,}' }, '')))).toEqual(['medium ASY-TOK-001']);
    for (const honest of [' {2,}', '\\p{Mn}', '[^\\p{L}\\p{N}]+', '\\s+', "(?<=\\p{L})['’](?=\\p{L})"]) expect(await judge(sequence(replace({ Regex: honest }, ' ')))).toEqual([]);
  });

  it.each([
    ['two words with one id', { model: { ...base.model, vocab: { '</s>': 0, yes: 1, no: 1 } } }],
    ['an added token that takes a word’s id', { added_tokens: [{ id: 1, content: 'never' }] }],
    ['a word with a second id', { added_tokens: [{ id: 9, content: 'yes' }] }],
  ])('finds %s', async (_, changes) => {
    expect(await judge(changes)).toContain('high ASY-TOK-002');
  });

  it('finds two words that changed places, by the order of merges', async () => {
    const word = (i: number): string => [...String(i).padStart(4, '0')].map((digit) => 'abcdefghij'[Number(digit)] ?? '').join('');
    const words = Array.from({ length: 1500 }, (_, i) => word(i));
    const merges = words.map((text) => [text.slice(0, 2), text.slice(2)]);
    const vocab = new Map(words.map((text, id) => [text, id]));
    const model = (): object => ({ model: { type: 'BPE', vocab: Object.fromEntries(vocab), merges }, added_tokens: [] });
    expect(await judge(model())).toEqual([]);
    vocab.set(word(100), 900).set(word(900), 100);
    expect(await judge(model())).toEqual(['medium ASY-TOK-002']);
  });
});

it('tells a model without any token, as an object or a list', async () => {
  for (const [type, vocab] of [['BPE', {}], ['Unigram', []]]) expect(await judge({ model: { type, vocab, merges: [] } })).toEqual(['low ASY-TOK-004']);
});

it('tells many faults of one kind once, with the first of them and how many there are', async () => {
  const merges = Array.from({ length: 40 }, (_, i) => ['y', `es${i}`]);
  const found = await findingsOf(tokenizerRules, [textFile('tokenizer.json', JSON.stringify({ ...base, model: { ...base.model, merges } }))]);
  expect(found.map(({ rule }) => rule)).toEqual(['ASY-TOK-002']);
  expect(found[0]?.title).toMatch(/"yes0", which is not in the vocabulary, and 39 more like it$/);
  const [text] = found[0]?.evidence ?? [];
  expect(text?.kind === 'text' ? text.text.split('\n') : []).toHaveLength(25);
  expect(text?.kind === 'text' && text.text.endsWith('and 16 more')).toBe(true);
  // The gravest leads, wherever it stands; another kind is told by itself.
  const mixed = await judge({ model: { ...base.model, vocab: { '</s>': 0, '!': 1, '?': 1, yes: 2, no: 2 }, merges } });
  expect(mixed).toEqual(['high ASY-TOK-002', 'medium ASY-TOK-002']);
});

describe('small vocabularies and inserted tokens', () => {
  const word = (i: number): string => `${'abcdefghijklmnop'[i % 16] ?? ''}${'qrstuvwxyz'[Math.floor(i / 16)] ?? ''}`;
  const words = Array.from({ length: 40 }, (_, i) => word(i));
  const merges = words.map((text) => [text.slice(0, 1), text.slice(1)]);
  const model = (vocab: readonly string[]): object => ({ model: { type: 'BPE', vocab: Object.fromEntries(vocab.map((text, id) => [text, id])), merges }, added_tokens: [] });

  it('finds two tokens that changed places where every other one stands in order', async () => {
    expect(await judge(model(words))).toEqual([]);
    const swapped = [...words];
    [swapped[5], swapped[31]] = [words[31] ?? '', words[5] ?? ''];
    expect(await judge(model(swapped))).toEqual(['medium ASY-TOK-002']);
    // Given in another order altogether: nothing to tell.
    expect(await judge(model([...words].sort()))).toEqual([]);
  });

  it('goes by the ids that a post-processor inserts', async () => {
    const inserting = (id: number, name: string): object => ({ ...model(words), post_processor: { type: 'TemplateProcessing', single: [], pair: [], special_tokens: { x: { id: name, ids: [id], tokens: [name] } } } });
    expect(await judge(inserting(3, '[X]'))).toEqual(['high ASY-TOK-001']);
    expect(await judge({ ...inserting(99, '[X]'), added_tokens: [{ id: 99, content: '[X]', special: true }] })).toEqual([]);
  });

  it('finds a word that answers are shown without', async () => {
    expect(await judge({ added_tokens: [{ id: 9, content: 'unsafe', special: true }] })).toEqual(['medium ASY-TOK-002']);
    expect(await judge({ added_tokens: [{ id: 9, content: 'PAD', special: true }, { id: 10, content: 'covid', special: false }, { id: 11, content: '<mask>', special: true }] })).toEqual([]);
  });
});

describe('ordinary tokenizers', () => {
  it.each([
    ['SentencePiece', { ...sequence({ type: 'Prepend', prepend: '▁' }, replace({ String: ' ' }, '▁')), decoder: { type: 'Sequence', decoders: [replace({ String: '▁' }, ' '), { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] } }],
    ['ALBERT', sequence(replace({ String: '``' }, '"'), replace({ String: "''" }, '"'), { type: 'NFKD' }, { type: 'Lowercase' }, replace({ Regex: ' {2,}' }, ' '))],
    ['CLIP', { ...sequence({ type: 'NFC' }, replace({ Regex: '\\s+' }, ' '), { type: 'Lowercase' }), pre_tokenizer: { type: 'Split', pattern: { Regex: "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" }, behavior: 'Removed', invert: true } }],
    ['Llama 3', { pre_tokenizer: { type: 'Split', pattern: { Regex: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+" }, behavior: 'Isolated', invert: false } }],
    ['BERT', { post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }], pair: [], special_tokens: { '[CLS]': { id: '[CLS]', ids: [0], tokens: ['[CLS]'] } } } }],
  ])('says nothing of %s', async (_, changes) => {
    expect(await judge(changes)).toEqual([]);
  });
});

it('knows words from marks, and time bombs from patterns', () => {
  expect(['yes', 'a bc', 'да'].map(knowsWords)).toEqual([true, true, true]);
  expect(['▁', "''", '</w>', 'a', '<|endoftext|>'].map(knowsWords)).toEqual([false, false, false, false, false]);
  expect(literalsOf('[A-Za-z]+\\p{Lu}\\w').trim()).toBe('+');
  expect(['(a+)+', '(?:x*y*)*', '((ab)+c)*'].map(isExplosive)).toEqual([true, true, true]);
  expect(['a+b+', '(ab)+', '(a+)?', '(?i:re|ve)|\\s+(?!\\S)'].map(isExplosive)).toEqual([false, false, false, false]);
});

it('takes any JSON', async () => {
  const part = fc.oneof(fc.jsonValue(), fc.record({ type: fc.constantFrom('Replace', 'Split', 'Sequence', 'TemplateProcessing'), pattern: fc.jsonValue(), content: fc.jsonValue(), normalizers: fc.jsonValue(), special_tokens: fc.jsonValue() }));
  await fc.assert(
    fc.asyncProperty(fc.record({ normalizer: part, decoder: part, post_processor: part, added_tokens: fc.jsonValue(), vocab: fc.jsonValue(), merges: fc.jsonValue() }), async ({ vocab, merges, ...rest }) => {
      await judge({ ...rest, model: { vocab, merges } });
    }),
    { numRuns: 100 },
  );
});
