// A tokenizer.json (Hugging Face tokenizers' format) built out of GGUF's tokenizer.ggml.* keys.
// `gpt2` (byte-level BPE) with the pre-tokenizers below, and `llama` (SentencePiece BPE: merges are derived from the
// scores, as transformers does). An unknown `pre` falls back to GPT-2's splitting, which is reported: token borders
// inside digits and punctuation can then differ from those the model was trained with.
import type { ArtifactErrorFields } from '../../core/artifact-error.ts';
import type { JsonObject } from '../text.ts';
import { textOf } from './config.ts';
import type { GgufValue } from './metadata.ts';

type Metadata = ReadonlyMap<string, GgufValue>;

/** tokenizer.ggml.token_type */
const CONTROL = 3;
const USER_DEFINED = 4;

export interface GgufTokenizer {
  /** Undefined where the file has none, or one of an unknown kind (see problems). */
  readonly tokenizer: JsonObject | undefined;
  readonly tokenizerConfig: JsonObject | undefined;
  readonly problems: readonly ArtifactErrorFields[];
}

export function tokenizerOfGguf(metadata: Metadata, file: string): GgufTokenizer {
  const at = { format: 'gguf', file } as const;
  const model = textOf(metadata, 'tokenizer.ggml.model');
  const tokens = stringsOf(metadata, 'tokenizer.ggml.tokens');
  if (model === undefined || tokens === undefined) {
    return { tokenizer: undefined, tokenizerConfig: undefined, problems: [{ code: 'missing-tokenizer', ...at, field: model === undefined ? 'tokenizer.ggml.model' : 'tokenizer.ggml.tokens' }] };
  }
  const problems: ArtifactErrorFields[] = [];
  const duplicate = firstDuplicate(tokens);
  if (duplicate !== undefined) problems.push({ code: 'malformed', ...at, field: `tokenizer.ggml.tokens[${duplicate}]`, expected: 'each token once', actual: 'a duplicate (the last id is used)' });
  const common = { version: '1.0', truncation: null, padding: null, added_tokens: addedTokens(metadata, tokens), post_processor: null };
  const tokenizerConfig = configOf(metadata, tokens);
  if (model === 'gpt2') {
    const pre = textOf(metadata, 'tokenizer.ggml.pre');
    const kind = pre === undefined ? 'gpt2' : PRE_KINDS.get(pre);
    if (kind === undefined) problems.push({ code: 'unsupported-format', ...at, field: 'tokenizer.ggml.pre', expected: [...PRE_KINDS.keys()].join(', '), actual: `${pre?.slice(0, 40)} (GPT-2's splitting is used)` });
    return { tokenizer: { ...common, ...byteLevel(metadata, tokens, kind ?? 'gpt2') }, tokenizerConfig, problems };
  }
  if (model === 'llama') return { tokenizer: { ...common, ...sentencePiece(metadata, tokens) }, tokenizerConfig, problems };
  problems.push({ code: 'unsupported-format', ...at, field: 'tokenizer.ggml.model', expected: 'gpt2 or llama', actual: model.slice(0, 40) });
  return { tokenizer: undefined, tokenizerConfig, problems };
}

type PreKind = 'gpt2' | 'digits' | 'llama3' | 'dbrx' | 'qwen2';

/** llama.cpp's names (llama-vocab.cpp) for splittings that are the same. */
const PRE_KINDS: ReadonlyMap<string, PreKind> = new Map<string, PreKind>([
  ...(['gpt-2', 'gpt2', 'default', 'phi-2', 'mpt', 'olmo', 'jais', 'jina-en', 'jina-es', 'jina-de', 'jina-v1-en', 'jina-v2-es', 'jina-v2-de', 'a.x-4.0', 'mellum', 'roberta-bpe', 'gigachat'] as const).map((name) => [name, 'gpt2'] as const),
  ...(['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b'] as const).map((name) => [name, 'digits'] as const),
  ...(['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'falcon-h1', 'pixtral'] as const).map((name) => [name, 'llama3'] as const),
  ...(['dbrx', 'smaug-bpe'] as const).map((name) => [name, 'dbrx'] as const),
  ...(['qwen2', 'stablelm2', 'deepseek-r1-qwen', 'megrez'] as const).map((name) => [name, 'qwen2'] as const),
]);

const split = (regex: string): JsonObject => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
const llama3Split = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const byteLevelStep = (useRegex: boolean): JsonObject => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex });

const PRE_TOKENIZERS: Readonly<Record<PreKind, JsonObject>> = {
  gpt2: byteLevelStep(true),
  digits: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevelStep(true)] },
  llama3: { type: 'Sequence', pretokenizers: [split(llama3Split('{1,3}')), byteLevelStep(false)] },
  /** As llama3, but a word that is in the vocabulary still goes through the merges. */
  dbrx: { type: 'Sequence', pretokenizers: [split(llama3Split('{1,3}')), byteLevelStep(false)] },
  qwen2: { type: 'Sequence', pretokenizers: [split(llama3Split('')), byteLevelStep(false)] },
};

function byteLevel(metadata: Metadata, tokens: readonly string[], kind: PreKind): JsonObject {
  const merges = (stringsOf(metadata, 'tokenizer.ggml.merges') ?? []).map((merge) => {
    // The first space may be the left part's own only in broken files: byte-level text writes a space as 'Ġ'.
    const space = merge.indexOf(' ', 1);
    return [merge.slice(0, space), merge.slice(space + 1)] as const;
  });
  return {
    normalizer: kind === 'qwen2' ? { type: 'NFC' } : null,
    pre_tokenizer: PRE_TOKENIZERS[kind],
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '',
      fuse_unk: false, byte_fallback: false, ignore_merges: kind === 'llama3',
      vocab: vocabularyOf(tokens), merges,
    },
  };
}

function sentencePiece(metadata: Metadata, tokens: readonly string[]): JsonObject {
  const prefix = metadata.get('tokenizer.ggml.add_space_prefix') !== false;
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const unknown = metadata.get('tokenizer.ggml.unknown_token_id');
  return {
    normalizer: { type: 'Sequence', normalizers: prefix ? [{ type: 'Prepend', prepend: '▁' }, replace] : [replace] },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE', dropout: null, unk_token: typeof unknown === 'number' ? (tokens[unknown] ?? null) : null, continuing_subword_prefix: null, end_of_word_suffix: null,
      fuse_unk: true, byte_fallback: true, ignore_merges: false,
      vocab: vocabularyOf(tokens), merges: mergesFromScores(tokens, metadata.get('tokenizer.ggml.scores')),
    },
  };
}

const MAX_PIECE_CHARS = 512;

/** Every way to cut a piece into two pieces is a merge; the piece's score is its rank (highest first). */
function mergesFromScores(tokens: readonly string[], scores: GgufValue | undefined): (readonly [string, string])[] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const scoreOf = (id: number): number => {
    const score = Array.isArray(scores) ? scores[id] : undefined;
    return typeof score === 'number' ? score : -id;
  };
  const merges: { readonly pair: readonly [string, string]; readonly score: number; readonly left: number; readonly right: number }[] = [];
  for (const [piece, id] of ids) {
    if (piece.length > MAX_PIECE_CHARS) continue;
    for (let cut = 1; cut < piece.length; cut++) {
      const left = ids.get(piece.slice(0, cut));
      const right = ids.get(piece.slice(cut));
      if (left !== undefined && right !== undefined) merges.push({ pair: [piece.slice(0, cut), piece.slice(cut)], score: scoreOf(id), left, right });
    }
  }
  merges.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return merges.map(({ pair }) => pair);
}

function addedTokens(metadata: Metadata, tokens: readonly string[]): JsonObject[] {
  const types = metadata.get('tokenizer.ggml.token_type');
  if (!Array.isArray(types)) return [];
  const sentencePieceModel = textOf(metadata, 'tokenizer.ggml.model') === 'llama';
  const unknown = metadata.get('tokenizer.ggml.unknown_token_id');
  return tokens.flatMap((content, id) => {
    const type: unknown = types[id];
    const special = type === CONTROL || (sentencePieceModel && id === unknown);
    if ((!special && type !== USER_DEFINED) || content === '') return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
}

/** tokenizer_config.json's fields that a chat template or a tokenizer asks for. */
function configOf(metadata: Metadata, tokens: readonly string[]): JsonObject {
  const config: Record<string, unknown> = { clean_up_tokenization_spaces: false };
  for (const [key, field] of [['bos', 'bos_token'], ['eos', 'eos_token'], ['unknown', 'unk_token'], ['padding', 'pad_token']] as const) {
    const id = metadata.get(`tokenizer.ggml.${key}_token_id`);
    const token = typeof id === 'number' ? tokens[id] : undefined;
    if (token !== undefined) config[field] = token;
  }
  const addsBos = metadata.get('tokenizer.ggml.add_bos_token');
  // llama.cpp's defaults where the key is missing.
  const byDefault = textOf(metadata, 'tokenizer.ggml.model') === 'llama' || PRE_KINDS.get(textOf(metadata, 'tokenizer.ggml.pre') ?? '') === 'llama3';
  config['add_bos_token'] = typeof addsBos === 'boolean' ? addsBos : byDefault;
  return config;
}

/** No prototype, so that a token called `__proto__` is a token. */
function vocabularyOf(tokens: readonly string[]): Record<string, number> {
  const vocabulary = Object.create(null) as Record<string, number>;
  tokens.forEach((token, id) => {
    vocabulary[token] = id;
  });
  return vocabulary;
}

function firstDuplicate(tokens: readonly string[]): number | undefined {
  const seen = new Set<string>();
  const index = tokens.findIndex((token) => seen.size === seen.add(token).size);
  return index < 0 ? undefined : index;
}

function stringsOf(metadata: Metadata, key: string): readonly string[] | undefined {
  const value = metadata.get(key);
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
