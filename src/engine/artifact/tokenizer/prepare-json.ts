// Checks a tokenizer.json from a hostile folder before @huggingface/tokenizers sees it, and rewrites the few steps in which
// that library differs from the Rust tokenizers it follows (digits and blanks beyond ASCII).
// Regular expressions come from the file and run in a backtracking engine: those that can blow up exponentially are refused
// (CWE-1333). What is left can still be polynomial in the text's length; keep the texts that are encoded short.
import { ArtifactError } from '../../core/artifact-error.ts';
import { describeType, isObject, type JsonObject } from '../text.ts';

/** Never the beginning of a piece: words are taken whole. */
export const NO_PIECES = '\uE000';

const TOKENIZER_BOUNDS = {
  /** The largest vocabularies have 262,144 entries; ids index tables. */
  maxId: 2 ** 22,
  /** Patterns in the field have up to some 500 characters (DeepSeek, o200k). */
  maxPatternChars: 4096,
  /** What a normalizer or decoder may put in for one match. */
  maxReplacementChars: 64,
} as const;

/** Where none is named the Rust tokenizers tell it by what the model holds. */
const MODEL_TYPES: ReadonlySet<unknown> = new Set(['BPE', 'WordPiece', 'Unigram', 'WordLevel']);

/** GPT-2's splitting, as the Rust ByteLevel pre-tokenizer applies it. */
const GPT2_SPLIT = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export interface PreparedTokenizer {
  /** What @huggingface/tokenizers takes. */
  readonly json: JsonObject;
  /** Token text by id; holes where an id is not used. */
  readonly tokens: readonly (string | undefined)[];
  readonly added: readonly AddedTokenEntry[];
}

export interface AddedTokenEntry {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

export function prepareTokenizer(tokenizer: JsonObject, tokenizerConfig: JsonObject | undefined, file: string): PreparedTokenizer {
  const model = tokenizer['model'];
  if (!isObject(model)) throw invalid(file, 'model', 'an object', describeType(model));
  if (model['type'] !== undefined && model['type'] !== null && !MODEL_TYPES.has(model['type'])) throw invalid(file, 'model.type', `one of ${[...MODEL_TYPES].join(', ')}`, typeof model['type'] === 'string' ? model['type'].slice(0, 40) : describeType(model['type']));
  const tokens = vocabularyOf(model, file);
  const entries = addedTokensOf(tokenizer, tokenizerConfig, file);
  for (const { id, content } of entries) tokens[id] = content;
  const merges = model['merges'];
  if (model['type'] === 'BPE' || Array.isArray(merges)) checkMerges(merges, file);
  const steps: Record<string, unknown> = {};
  for (const part of ['normalizer', 'pre_tokenizer', 'decoder'] as const) {
    checkStep(tokenizer[part] ?? null, part, file);
    steps[part] = part === 'pre_tokenizer' ? rewriteStep(tokenizer[part] ?? null) : (tokenizer[part] ?? null);
  }
  steps['decoder'] ??= impliedDecoder(model, tokenizer['pre_tokenizer']);
  return {
    // The post-processor adds BOS and the like, which Assay never wants: chat templates write them out.
    json: { ...tokenizer, ...steps, model: knownModel(model), post_processor: null, added_tokens: entries.map(({ raw }) => raw) },
    tokens,
    added: entries,
  };
}

/**
 * What undoes the splitting where the file names no decoder, as tokenizers that were trained and saved by few lines mostly do not: else a
 * trigger of several pieces is told as pieces ("z ##q"), which typed in are other tokens.
 */
function impliedDecoder(model: JsonObject, splitting: unknown): JsonObject | null {
  const prefix = model['continuing_subword_prefix'];
  if (model['type'] === 'WordPiece' && typeof prefix === 'string' && prefix !== '') return { type: 'WordPiece', prefix, cleanup: false };
  const splits = isObject(splitting) && Array.isArray(splitting['pretokenizers']) ? splitting['pretokenizers'] : [splitting];
  const undone = splits.filter(isObject).find(({ type }) => type === 'ByteLevel' || type === 'Metaspace');
  return undone ?? null;
}

/** The library has no word-level model: a WordPiece model in which no token can continue a word is one. */
function knownModel(model: JsonObject): JsonObject {
  return model['type'] === 'WordLevel' ? { ...model, type: 'WordPiece', continuing_subword_prefix: NO_PIECES, max_input_chars_per_word: 1000 } : model;
}

function vocabularyOf(model: JsonObject, file: string): (string | undefined)[] {
  const vocabulary = model['vocab'];
  const tokens: (string | undefined)[] = [];
  if (Array.isArray(vocabulary)) {
    vocabulary.forEach((entry: unknown, id) => {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string' || typeof entry[1] !== 'number') throw invalid(file, `model.vocab[${id}]`, 'a token and its score', describeType(entry));
      tokens.push(entry[0]);
    });
    return tokens;
  }
  if (!isObject(vocabulary)) throw invalid(file, 'model.vocab', 'an object or a list', describeType(vocabulary));
  const largest = Object.values(vocabulary).reduce<number>((max, id) => (typeof id === 'number' ? Math.max(max, id) : max), -1);
  if (largest > TOKENIZER_BOUNDS.maxId) throw invalid(file, 'model.vocab', `ids up to ${TOKENIZER_BOUNDS.maxId}`, String(largest));
  tokens.length = largest + 1;
  for (const [token, id] of Object.entries(vocabulary)) {
    if (!isId(id)) throw invalid(file, `model.vocab.${token.slice(0, 40)}`, 'a non-negative integer', typeof id === 'number' ? String(id) : describeType(id));
    tokens[id] = token;
  }
  return tokens;
}

type RawAddedToken = AddedTokenEntry & { readonly raw: JsonObject };

/** tokenizer.json's added tokens, and those that only tokenizer_config.json's added_tokens_decoder has (as transformers adds them). */
function addedTokensOf(tokenizer: JsonObject, tokenizerConfig: JsonObject | undefined, file: string): RawAddedToken[] {
  const listed = tokenizer['added_tokens'] ?? [];
  if (!Array.isArray(listed)) throw invalid(file, 'added_tokens', 'a list', describeType(listed));
  const entries = listed.map((entry: unknown, i) => addedToken(entry, `added_tokens[${i}]`, file));
  const decoder = tokenizerConfig?.['added_tokens_decoder'];
  if (isObject(decoder)) {
    const known = new Set(entries.map(({ id }) => id));
    for (const [key, entry] of Object.entries(decoder)) {
      if (isObject(entry) && !known.has(Number(key))) entries.push(addedToken({ ...entry, id: Number(key) }, `added_tokens_decoder.${key}`, file));
    }
  }
  return entries;
}

function addedToken(entry: unknown, field: string, file: string): RawAddedToken {
  if (!isObject(entry)) throw invalid(file, field, 'an object', describeType(entry));
  const { id, content, special } = entry;
  if (!isId(id) || id > TOKENIZER_BOUNDS.maxId) throw invalid(file, `${field}.id`, `an integer from 0 to ${TOKENIZER_BOUNDS.maxId}`, String(id).slice(0, 40));
  if (typeof content !== 'string' || content === '') throw invalid(file, `${field}.content`, 'a text', describeType(content));
  return { id, content, special: special === true, raw: entry };
}

function checkMerges(merges: unknown, file: string): void {
  if (!Array.isArray(merges)) throw invalid(file, 'model.merges', 'a list', describeType(merges));
  const wrong = merges.findIndex((merge: unknown) => !(typeof merge === 'string' ? merge.includes(' ') : Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string')));
  if (wrong >= 0) throw invalid(file, `model.merges[${wrong}]`, 'two tokens', typeof merges[wrong] === 'string' ? JSON.stringify(merges[wrong].slice(0, 40)) : describeType(merges[wrong]));
}

/** Walks a normalizer, pre-tokenizer or decoder (Sequences nest; JSON nesting was bounded when the file was read). */
function checkStep(step: unknown, field: string, file: string): void {
  if (step === null) return;
  if (!isObject(step)) throw invalid(file, field, 'an object or null', describeType(step));
  for (const key of ['content', 'prepend', 'replacement', 'str_rep', 'suffix', 'prefix'] as const) {
    const text = step[key];
    if (typeof text === 'string' && text.length > TOKENIZER_BOUNDS.maxReplacementChars) throw invalid(file, `${field}.${key}`, `at most ${TOKENIZER_BOUNDS.maxReplacementChars} characters`, `${text.length} characters`);
  }
  const pattern = step['pattern'];
  if (isObject(pattern)) checkPattern(pattern, `${field}.pattern`, file);
  for (const key of ['normalizers', 'pretokenizers', 'decoders'] as const) {
    const children = step[key];
    if (children === undefined) continue;
    if (!Array.isArray(children)) throw invalid(file, `${field}.${key}`, 'a list', describeType(children));
    children.forEach((child: unknown, i) => checkStep(child, `${field}.${key}[${i}]`, file));
  }
}

function checkPattern(pattern: JsonObject, field: string, file: string): void {
  const text = pattern['Regex'] ?? pattern['String'];
  if (typeof text !== 'string') throw invalid(file, field, 'Regex or String', Object.keys(pattern).join(', ').slice(0, 80));
  if (text.length > TOKENIZER_BOUNDS.maxPatternChars) throw invalid(file, field, `at most ${TOKENIZER_BOUNDS.maxPatternChars} characters`, `${text.length} characters`);
  if (pattern['Regex'] !== undefined && repeatsRepetition(text)) {
    throw new ArtifactError({ code: 'limit-exceeded', format: 'tokenizer', file, field, expected: 'a pattern that cannot run for exponential time', actual: text.slice(0, 80) });
  }
}

/** True where an unbounded repetition is applied to a group that holds a repetition or an alternative: (a+)+, (a|b)*. */
export function repeatsRepetition(pattern: string): boolean {
  /** For each open group: does it hold a repetition or an alternative? */
  const groups: boolean[] = [];
  let closed = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    const afterGroup = closed;
    closed = false;
    if (char === '\\') i++;
    else if (char === '[') i = classEnd(pattern, i);
    else if (char === '(') groups.push(false);
    else if (char === '|') {
      if (groups.length > 0) groups[groups.length - 1] = true;
    } else if (char === ')') {
      const complex = groups.pop() ?? false;
      if (complex && groups.length > 0) groups[groups.length - 1] = true;
      closed = complex;
    } else if (char === '*' || char === '+' || (char === '{' && /^\{\d*,\}|^\{\d*,?\d{3,}\}/.test(pattern.slice(i, i + 16)))) {
      if (afterGroup) return true;
      if (groups.length > 0) groups[groups.length - 1] = true;
    }
  }
  return false;
}

function classEnd(pattern: string, begin: number): number {
  for (let i = begin + 1; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === ']' && i > begin + 1) return i;
  }
  return pattern.length;
}

/** Rust's \d, \s and numeric classes are Unicode's; the library's own Digits and ByteLevel steps are not quite. */
function rewriteStep(step: unknown): unknown {
  if (!isObject(step)) return step;
  if (step['type'] === 'Digits') {
    return { type: 'Split', pattern: { Regex: step['individual_digits'] === true ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
  }
  if (step['type'] === 'ByteLevel' && step['use_regex'] !== false && step['add_prefix_space'] === false) {
    return { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: GPT2_SPLIT }, behavior: 'Isolated', invert: false }, { ...step, use_regex: false }] };
  }
  const children = step['pretokenizers'];
  return Array.isArray(children) ? { ...step, pretokenizers: children.map(rewriteStep) } : step;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function invalid(file: string, field: string, expected: string, actual: string): ArtifactError {
  return new ArtifactError({ code: 'malformed', format: 'tokenizer', file, field, expected, actual });
}
