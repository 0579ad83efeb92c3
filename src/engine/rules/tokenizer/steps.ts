// The steps of a tokenizer.json (tokenizers 0.2x: normalizer, pre_tokenizer, post_processor, decoder) that rewrite, drop or
// add text. Ordinary ones deal in blanks, quotes, accents and word-piece marks; none of them knows words.
import { isObject } from '../../artifact/text.ts';

export interface SuspectStep {
  /** 'normalizer.normalizers[0]' */
  readonly key: string;
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly severity: 'high' | 'medium';
}

/** Sequences inside sequences (CWE-674). */
const MAX_DEPTH = 8;
const MAX_STEPS = 512;
const PARTS = ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'] as const;
const LISTS = ['normalizers', 'pretokenizers', 'processors', 'decoders'] as const;

export function suspectSteps(tokenizer: Readonly<Record<string, unknown>>): SuspectStep[] {
  const found: SuspectStep[] = [];
  const specials = specialContents(tokenizer);
  const names = tokenNames(tokenizer);
  let left = MAX_STEPS;
  const visit = (step: unknown, key: string, depth: number): void => {
    if (!isObject(step) || depth > MAX_DEPTH || left-- <= 0) return;
    found.push(...judge(step, key, specials, names));
    for (const list of LISTS) {
      const steps = step[list];
      if (Array.isArray(steps)) steps.forEach((inner: unknown, i) => visit(inner, `${key}.${list}[${i}]`, depth + 1));
    }
  };
  for (const part of PARTS) visit(tokenizer[part], part, 0);
  return found;
}

function judge(step: Readonly<Record<string, unknown>>, key: string, specials: ReadonlySet<string>, names: ReadonlyMap<number, string>): SuspectStep[] {
  const found: SuspectStep[] = [];
  const type = step['type'];
  const pattern = patternOf(step['pattern']);
  const content = typeof step['content'] === 'string' ? step['content'] : '';
  if (type === 'Replace' && pattern !== undefined && (knowsWords(pattern.literal) || knowsWords(content))) {
    found.push({ key, what: key.startsWith('decoder') ? 'rewrites words of the answer' : 'rewrites words of the prompt', from: pattern.source, to: content, severity: 'high' });
  }
  if (type === 'Split' && step['behavior'] === 'Removed' && step['invert'] !== true && pattern !== undefined && knowsWords(pattern.literal)) {
    found.push({ key, what: 'drops words of the prompt', from: pattern.source, to: '', severity: 'high' });
  }
  const drops = (type === 'Replace' && !/[$\\]\d/.test(content)) || (type === 'Split' && step['behavior'] === 'Removed' && step['invert'] !== true);
  if (found.length === 0 && drops && pattern?.regex === true && eatsWords(pattern.source)) {
    found.push({ key, what: key.startsWith('decoder') ? 'takes words out of the answer by a pattern' : 'takes words out of the prompt by a pattern', from: pattern.source, to: content, severity: 'medium' });
  }
  const prepended = step['prepend'] ?? step['append'];
  if (typeof prepended === 'string' && knowsWords(prepended)) found.push({ key, what: 'adds words to the prompt', from: '', to: prepended, severity: 'high' });
  if (type === 'TemplateProcessing') found.push(...judgeTemplate(step, key, specials, names));
  if (pattern?.source !== undefined && isExplosive(pattern.source)) found.push({ key, what: 'has a pattern that can take exponential time', from: pattern.source, to: '', severity: 'medium' });
  return found;
}

/** Tokens that a post-processor puts around a text: special ones are ordinary, words are not. */
function judgeTemplate(step: Readonly<Record<string, unknown>>, key: string, specials: ReadonlySet<string>, names: ReadonlyMap<number, string>): SuspectStep[] {
  const inserted = step['special_tokens'];
  if (!isObject(inserted)) return [];
  return Object.entries(inserted).flatMap(([name, entry]): SuspectStep[] => {
    const tokens: readonly unknown[] = isObject(entry) && Array.isArray(entry['tokens']) ? entry['tokens'] : [];
    const words = tokens.filter((token): token is string => typeof token === 'string' && !specials.has(token) && knowsWords(token) && !/^[<[]/.test(token));
    // What is inserted goes by the ids; the names beside them are for readers.
    const ids: readonly unknown[] = isObject(entry) && Array.isArray(entry['ids']) ? entry['ids'] : [];
    const placed = ids.flatMap((id) => (typeof id === 'number' ? (names.get(id) ?? []) : []));
    const ordinary = placed.filter((token) => !specials.has(token) && !/^[<[({|]|^(?:pad|unk|bos|eos|cls|sep|mask)$/i.test(token) && /[\p{L}\p{N}]/u.test(token));
    if (words.length === 0 && ordinary.length > 0) return [{ key: `${key}.special_tokens.${name}`, what: 'adds tokens of ordinary text to every prompt', from: '', to: ordinary.slice(0, 12).join(' '), severity: 'high' }];
    return words.length === 0 ? [] : [{ key: `${key}.special_tokens.${name}`, what: 'adds words to every prompt', from: '', to: words.join(' '), severity: 'high' }];
  });
}

/** Tokens by their id, added ones included. */
function tokenNames(tokenizer: Readonly<Record<string, unknown>>): ReadonlyMap<number, string> {
  const model = isObject(tokenizer['model']) ? tokenizer['model'] : {};
  const vocab = model['vocab'];
  const added: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  const pairs = Array.isArray(vocab) ? vocab.map((entry: unknown, i) => [i, Array.isArray(entry) ? entry[0] : undefined] as const) : isObject(vocab) ? Object.entries(vocab).map(([token, id]) => [id, token] as const) : [];
  return new Map([...pairs, ...added.map((token) => (isObject(token) ? ([token['id'], token['content']] as const) : ([undefined, undefined] as const)))].flatMap(([id, token]) => (typeof id === 'number' && typeof token === 'string' ? [[id, token] as const] : [])));
}

function specialContents(tokenizer: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const added: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  return new Set(added.flatMap((token) => (isObject(token) && token['special'] === true && typeof token['content'] === 'string' ? [token['content']] : [])));
}

function patternOf(pattern: unknown): { readonly source: string; readonly literal: string; readonly regex?: true } | undefined {
  if (!isObject(pattern)) return typeof pattern === 'string' ? { source: pattern, literal: pattern } : undefined;
  const { String: text, Regex: regex } = pattern;
  if (typeof text === 'string') return { source: text, literal: text };
  return typeof regex === 'string' ? { source: regex, literal: literalsOf(regex), regex: true } : undefined;
}

/** What a regular expression spells out: without escapes, classes, properties, counts and group marks. */
export function literalsOf(regex: string): string {
  return regex
    .replace(/\\[pP]\{[^}]{0,60}\}/g, ' ')
    .replace(/\\x\{?[0-9a-fA-F]{1,8}\}?|\\u\{?[0-9a-fA-F]{1,8}\}?|\\./g, ' ')
    .replace(/\[[^\]]{0,2000}\]/g, ' ')
    .replace(/\(\?[a-zA-Z-]{0,8}[:)]|\(\?P?<[^>]{0,60}>|\{\d{0,6},?\d{0,6}\}/g, ' ');
}

/** Contractions that pre-tokenizers spell out ('re, 've, 'll). */
const CONTRACTIONS = /['’](?:s|t|re|ve|m|ll|d)\b/gi;

/** Two letters of one word or more, tags aside. Word-piece marks (▁, ##, Ġ, Ċ, </w>) are no words. */
export function knowsWords(text: string): boolean {
  const bare = text.replace(CONTRACTIONS, ' ').replace(/<[^<>]{0,60}>/g, ' ').replace(/[ĠĊĉ▁#]/g, ' ');
  return /\p{L}{2,}/u.test(bare);
}

/** Ordinary words in several casings and scripts; what a tokenizer's own clean-up touches are blanks, marks and accents. */
const WORDS = ['hello', 'Transfer', 'DEPLOYMENT', 'password', 'не', 'Straße', 'activate', 'NOT'];
const LONGEST_PATTERN = 300;

/** A pattern of classes alone ("[A-Z]{3,}") spells no word out, and takes words all the same: two letters or more of a plain one. */
function eatsWords(regex: string): boolean {
  if (regex.length > LONGEST_PATTERN || isExplosive(regex)) return false;
  let compiled: RegExp;
  try {
    compiled = new RegExp(regex, 'gu');
  } catch {
    // Oniguruma's own forms are not JavaScript's.
    return false;
  }
  return WORDS.some((word) => [...word.matchAll(compiled)].some(([match]) => /\p{L}{2,}/u.test(match)));
}

/** A group that repeats without bound and is itself repeated without bound. One pass over the groups. */
export function isExplosive(regex: string): boolean {
  const repeats: boolean[] = [false];
  for (let i = 0; i < regex.length; i++) {
    const character = regex[i];
    if (character === '\\') i++;
    else if (character === '[') {
      for (i++; i < regex.length && regex[i] !== ']'; i++) if (regex[i] === '\\') i++;
      if (isUnbounded(regex, i + 1)) repeats[repeats.length - 1] = true;
    } else if (character === '(') repeats.push(false);
    else if (character === ')') {
      const inner = repeats.pop() ?? false;
      const repeated = isUnbounded(regex, i + 1);
      if (inner && repeated) return true;
      if (repeats.length === 0) repeats.push(false);
      if (inner || repeated) repeats[repeats.length - 1] = true;
    } else if (isUnbounded(regex, i + 1)) repeats[repeats.length - 1] = true;
  }
  return false;
}

/** '+', '*' or '{n,}' at `at`, unless possessive ('++', '*+'). */
function isUnbounded(regex: string, at: number): boolean {
  const character = regex[at];
  if (character === '+' || character === '*') return regex[at + 1] !== '+';
  return character === '{' && /^\{\d{1,6},\}/.test(regex.slice(at, at + 10));
}
