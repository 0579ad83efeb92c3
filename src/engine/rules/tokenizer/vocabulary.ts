// The vocabulary and merges of a tokenizer.json: every token has an id of its own, added tokens do not take another's, and
// byte-pair tokens stand in the order in which they were learned. Two words that changed places break that order.
import { isObject } from '../../artifact/text.ts';

export interface VocabularyFault {
  readonly kind: 'shared-id' | 'taken-id' | 'second-id' | 'bad-id' | 'missing-merge' | 'out-of-order' | 'look-alike' | 'vanishes';
  readonly about: string;
  readonly what: string;
  readonly severity: 'high' | 'medium';
}

/** All faults of one kind: a vocabulary with one hole has most often many, which are one thing to look at. */
export interface VocabularyFaults {
  readonly kind: VocabularyFault['kind'];
  readonly count: number;
  readonly gravest: VocabularyFault;
  /** The first of them. */
  readonly listed: readonly VocabularyFault[];
}

const MAX_LISTED = 24;

export function vocabularyFaults(tokenizer: Readonly<Record<string, unknown>>): VocabularyFaults[] {
  const model = isObject(tokenizer['model']) ? tokenizer['model'] : {};
  const vocabulary = readVocabulary(model['vocab']);
  const byKind = new Map<VocabularyFault['kind'], VocabularyFault[]>();
  for (const fault of [...sharedIds(vocabulary), ...addedFaults(tokenizer['added_tokens'], vocabulary), ...mergeFaults(model['merges'], vocabulary)]) {
    const alike = byKind.get(fault.kind);
    if (alike === undefined) byKind.set(fault.kind, [fault]);
    else alike.push(fault);
  }
  return [...byKind].flatMap(([kind, faults]) => {
    const gravest = faults.find(({ severity }) => severity === 'high') ?? faults[0];
    return gravest === undefined ? [] : [{ kind, count: faults.length, gravest, listed: faults.slice(0, MAX_LISTED) }];
  });
}

interface Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly tokens: ReadonlyMap<number, string>;
  readonly shared: readonly (readonly [string, string, number])[];
  readonly bad: readonly (readonly [string, unknown])[];
}

/** An object token -> id (BPE, WordPiece, WordLevel) or a list of [token, score] (Unigram). */
function readVocabulary(vocab: unknown): Vocabulary {
  const ids = new Map<string, number>();
  const tokens = new Map<number, string>();
  const shared: [string, string, number][] = [];
  const bad: [string, unknown][] = [];
  const add = (token: string, id: unknown): void => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) {
      bad.push([token, id]);
      return;
    }
    const other = tokens.get(id);
    if (other !== undefined && other !== token) shared.push([other, token, id]);
    else if (ids.has(token) && ids.get(token) !== id) shared.push([token, token, id]);
    ids.set(token, id);
    tokens.set(id, token);
  };
  if (Array.isArray(vocab)) vocab.forEach((entry: unknown, i) => (Array.isArray(entry) && typeof entry[0] === 'string' ? add(entry[0], i) : bad.push([String(i), entry])));
  else if (isObject(vocab)) for (const [token, id] of Object.entries(vocab)) add(token, id);
  return { ids, tokens, shared, bad };
}

function sharedIds({ shared, bad }: Vocabulary): VocabularyFault[] {
  return [
    ...shared.map(([first, second, id]): VocabularyFault => ({ kind: 'shared-id', about: `${id}`, what: `${quote(first)} and ${quote(second)} ${first === second ? 'stand twice' : `are both token ${id}`}`, severity: isWord(first) || isWord(second) ? 'high' : 'medium' })),
    ...bad.map(([token, id]): VocabularyFault => ({ kind: 'bad-id', about: token, what: `${quote(token)} has ${JSON.stringify(id)?.slice(0, 40) ?? 'nothing'} for an id`, severity: 'medium' })),
  ];
}

/** Names that publishers leave free to be renamed. */
const RESERVED = /unused|reserved|extra_id|placeholder|madeupword|control_|dummy|special/i;

function addedFaults(added: unknown, { ids, tokens }: Vocabulary): VocabularyFault[] {
  if (!Array.isArray(added)) return [];
  const found: VocabularyFault[] = [];
  const seen = new Map<number, string>();
  for (const token of added as readonly unknown[]) {
    if (!isObject(token)) continue;
    const { id, content } = token;
    if (typeof content !== 'string') continue;
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > MAX_ID) {
      found.push({ kind: 'bad-id', about: content, what: `the added token ${quote(content)} has ${JSON.stringify(id)?.slice(0, 40) ?? 'nothing'} for an id`, severity: 'medium' });
      continue;
    }
    const [owner, own, earlier] = [tokens.get(id), ids.get(content), seen.get(id)];
    if (owner !== undefined && owner !== content && !RESERVED.test(owner)) found.push({ kind: 'taken-id', about: content, what: `the added token ${quote(content)} takes id ${id}, which is ${quote(owner)}`, severity: isWord(content) || isWord(owner) ? 'high' : 'medium' });
    else if (own !== undefined && own !== id) found.push({ kind: 'second-id', about: content, what: `${quote(content)} is token ${own} in the vocabulary and ${id} as an added token`, severity: isWord(content) ? 'high' : 'medium' });
    if (earlier !== undefined && earlier !== content) found.push({ kind: 'shared-id', about: content, what: `the added tokens ${quote(earlier)} and ${quote(content)} share id ${id}`, severity: 'medium' });
    seen.set(id, content);
    if (token['special'] === true && isWord(content) && !SPECIAL_WORDS.test(content) && !RESERVED.test(content)) found.push({ kind: 'vanishes', about: content, what: `the word ${quote(content)} is a special token, which answers are shown without`, severity: 'medium' });
    const scripts = mixedScripts(content);
    if (scripts !== undefined) found.push({ kind: 'look-alike', about: content, what: `the added token ${quote(content)} mixes ${scripts}`, severity: 'medium' });
  }
  return found;
}

/** Special tokens that some tokenizers name with a bare word. */
const SPECIAL_WORDS = /^(?:pad|unk|unknown|bos|eos|cls|sep|mask|sos|eot|eod|bot|start|end|go|stop|user|assistant|system|human|bot|tool|image|audio|video|blank|nul|null|none|newline|space|sil|spn|noise|lang|mt|st|nmt)$/i;

/** The largest vocabularies have some hundred thousand entries. */
const MAX_ID = 2 ** 24;

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
];

/** Letters of scripts that look alike within one token. */
function mixedScripts(text: string): string | undefined {
  const found = SCRIPTS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
  return found.length > 1 ? `${found.join(' and ')} letters` : undefined;
}

/** Below this many merges an order says little. */
const ENOUGH_MERGES = 1000;
/** Of the merges: more than this and the ids were simply given another way. */
const FEW = 0.002;

function mergeFaults(merges: unknown, { ids, tokens }: Vocabulary): VocabularyFault[] {
  if (!Array.isArray(merges)) return [];
  const order: number[] = [];
  const missing: string[] = [];
  const seen = new Set<number>();
  for (const merge of merges as readonly unknown[]) {
    const parts: readonly unknown[] = Array.isArray(merge) ? merge : typeof merge === 'string' ? splitMerge(merge) : [];
    if (parts.length !== 2 || typeof parts[0] !== 'string' || typeof parts[1] !== 'string') continue;
    const token = parts[0] + parts[1];
    const id = ids.get(token);
    if (id === undefined) missing.push(token);
    else if (!seen.has(id)) {
      seen.add(id);
      order.push(id);
    }
  }
  const faults = missing.map((token): VocabularyFault => ({ kind: 'missing-merge', about: token, what: `a merge makes ${quote(token)}, which is not in the vocabulary`, severity: 'medium' }));
  const exchanged = exchangeIn(order);
  const pair = exchanged?.map((id) => tokens.get(id) ?? '');
  if (pair !== undefined && order.length >= ENOUGH_FOR_ONE && pair.every((token) => /\p{L}/u.test(token))) return [...faults, { kind: 'out-of-order', about: 'order', what: `${pair.map(quote).join(' and ')} stand in each other's place: every other token stands where the order of merges puts it`, severity: 'medium' }];
  if (order.length < ENOUGH_MERGES) return faults;
  const strays = straysOf(order);
  if (strays.length === 0 || strays.length > order.length * FEW) return faults;
  const words = strays.map((id) => tokens.get(id) ?? '').filter(isWord);
  if (words.length < 2) return faults;
  return [...faults, { kind: 'out-of-order', about: 'order', what: `${words.length} words do not stand where the order of merges puts them: ${words.slice(0, 8).map(quote).join(', ')}`, severity: 'medium' }];
}

/** Where every other id rises, two that do not are seen among far fewer. */
const ENOUGH_FOR_ONE = 20;

/** The two ids whose exchange makes the order rise throughout; undefined where no one exchange does. */
function exchangeIn(order: readonly number[]): readonly [number, number] | undefined {
  const falls = order.flatMap((id, i) => (i > 0 && id < (order[i - 1] ?? 0) ? [i] : []));
  const [first, last] = [falls[0], falls.at(-1)];
  if (first === undefined || last === undefined || falls.length > 2) return undefined;
  const exchanged = [...order];
  const [a, b] = [first - 1, last];
  const [high, low] = [order[a], order[b]];
  if (high === undefined || low === undefined) return undefined;
  exchanged[a] = low;
  exchanged[b] = high;
  return exchanged.every((id, i) => i === 0 || id > (exchanged[i - 1] ?? 0)) ? [high, low] : undefined;
}

/** Ids that break an otherwise rising order: those not between their neighbours, where the neighbours rise. */
function straysOf(order: readonly number[]): number[] {
  return order.filter((id, i) => {
    const [before, after] = [order[i - 1], order[i + 1]];
    return before !== undefined && after !== undefined && before < after && (id < before || id > after);
  });
}

/** 'a b'; a blank is never part of a byte-level token. */
function splitMerge(merge: string): string[] {
  const at = merge.indexOf(' ', 1);
  return at < 0 ? [merge] : [merge.slice(0, at), merge.slice(at + 1)];
}

function isWord(token: string): boolean {
  return /^[Ġ▁#\s]*\p{L}{2,}$/u.test(token);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
