// A tokenizer.json put together from a bare vocabulary, as older exports and hand-made models carry one: vocab.txt (WordPiece,
// one token a line: BertTokenizer), vocab.json with merges.txt (byte-level BPE: RobertaTokenizer, GPT2Tokenizer), or
// vocab.json alone (one word, one id). What such files leave open is decided by their tokens and by tokenizer_config.json.
// How it can mislead: whether texts are put into lower case is told by the vocabulary where nobody says so, and the
// words of a word-level vocabulary are taken to be separated as BERT separates them.
import type { ByteSource } from '../../core/byte-source.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { readJsonObject, readText, TOKENIZER_LIMITS, type JsonObject } from '../text.ts';
import { NO_PIECES } from './prepare-json.ts';

/** CWE-770: the largest vocabularies in the field have 262,144 entries. */
const MAX_ENTRIES = 2 ** 21;
const SPECIAL = /^\[(PAD|UNK|CLS|SEP|MASK)\]$|^<(pad|unk|s|\/s|mask|bos|eos|cls|sep)>$/i;
export const WORD_LISTS = ['vocab.json', 'word2idx.json', 'word_index.json', 'word_to_id.json', 'token_to_id.json'];

/** Undefined where none of the known files is there. */
export async function tokenizerOfVocabulary(named: ReadonlyMap<string, ByteSource>, tokenizerConfig: JsonObject | undefined): Promise<JsonObject | undefined> {
  const lines = named.get('vocab.txt');
  if (lines !== undefined) return wordTokenizer(entriesOf(await linesOf(lines), lines.path), tokenizerConfig);
  const list = WORD_LISTS.map((name) => named.get(name)).find((source) => source !== undefined);
  if (list === undefined) return undefined;
  const { value } = await readJsonObject(list, TOKENIZER_LIMITS);
  const nested = Object.values(value).find((entry): entry is JsonObject => typeof entry === 'object' && entry !== null && !Array.isArray(entry));
  const entries = new Map<string, number>();
  for (const [token, id] of Object.entries(nested ?? value)) if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && id < MAX_ENTRIES) entries.set(token, id);
  if (entries.size === 0) throw new ArtifactError({ code: 'malformed', format: 'tokenizer', file: list.path, expected: 'tokens with their ids', actual: 'none' });
  const merges = named.get('merges.txt');
  return merges === undefined ? wordTokenizer(entries, tokenizerConfig) : byteTokenizer(entries, await linesOf(merges), tokenizerConfig);
}

async function linesOf(source: ByteSource): Promise<string[]> {
  const lines = (await readText(source, 'text', TOKENIZER_LIMITS)).split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function entriesOf(lines: readonly string[], file: string): Map<string, number> {
  if (lines.length > MAX_ENTRIES) throw new ArtifactError({ code: 'limit-exceeded', format: 'tokenizer', file, field: 'lines', expected: `at most ${MAX_ENTRIES}`, actual: String(lines.length) });
  const entries = new Map<string, number>();
  for (const [id, token] of lines.entries()) if (token !== '' && !entries.has(token)) entries.set(token, id);
  return entries;
}

function wordTokenizer(vocabulary: ReadonlyMap<string, number>, config: JsonObject | undefined): JsonObject {
  const tokens = [...vocabulary.keys()];
  const plain = tokens.filter((token) => !SPECIAL.test(token));
  const pieces = plain.some((token) => token.startsWith('##') && token.length > 2);
  const lower = typeof config?.['do_lower_case'] === 'boolean' ? config['do_lower_case'] : !plain.some((token) => token !== token.toLowerCase());
  const unknown = firstOf(vocabulary, ['[UNK]', '<unk>', '<UNK>', 'UNK', '<oov>', '<OOV>']) ?? '[UNK]';
  return {
    ...common(vocabulary),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: config?.['tokenize_chinese_chars'] !== false, strip_accents: null, lowercase: lower },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: bordersOf(vocabulary, 'BertProcessing'),
    decoder: pieces ? { type: 'WordPiece', prefix: '##', cleanup: false } : null,
    model: { type: 'WordPiece', unk_token: unknown, continuing_subword_prefix: pieces ? '##' : NO_PIECES, max_input_chars_per_word: 100, vocab: Object.fromEntries(vocabulary) },
  };
}

function byteTokenizer(vocabulary: ReadonlyMap<string, number>, lines: readonly string[], config: JsonObject | undefined): JsonObject {
  const merges = lines.filter((line, at) => line.includes(' ') && !(at === 0 && line.startsWith('#version')));
  const level = { type: 'ByteLevel', add_prefix_space: config?.['add_prefix_space'] === true, trim_offsets: true, use_regex: true };
  return {
    ...common(vocabulary),
    normalizer: null,
    pre_tokenizer: level,
    post_processor: bordersOf(vocabulary, 'RobertaProcessing'),
    decoder: level,
    model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, vocab: Object.fromEntries(vocabulary), merges },
  };
}

function common(vocabulary: ReadonlyMap<string, number>): JsonObject {
  const special = [...vocabulary].filter(([token]) => SPECIAL.test(token));
  return { version: '1.0', truncation: null, padding: null, added_tokens: special.map(([content, id]) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })) };
}

function bordersOf(vocabulary: ReadonlyMap<string, number>, type: string): JsonObject | null {
  const [first, last] = [firstOf(vocabulary, ['[CLS]', '<s>', '<cls>']), firstOf(vocabulary, ['[SEP]', '</s>', '<sep>'])];
  if (first === undefined || last === undefined) return null;
  return { type, cls: [first, vocabulary.get(first)], sep: [last, vocabulary.get(last)] };
}

function firstOf(vocabulary: ReadonlyMap<string, number>, tokens: readonly string[]): string | undefined {
  return tokens.find((token) => vocabulary.has(token));
}
