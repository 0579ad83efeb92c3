// Leaked texts -> turns -> trigger candidates and payload hypotheses. The end and the beginning of a leaked user turn
// are where triggers stand most often; token n-grams that recur in two or more leaks catch those that few leaks carry.
import type { Frame } from '../../../artifact/frame.ts';
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import { commonPrefixLength } from '../ask/common-prefix.ts';
import type { Leak } from './leaks.ts';

export interface Turns {
  readonly user: readonly number[];
  /** Empty where the leak ended before an answer began. */
  readonly answer: readonly number[];
}

const LONGEST_GRAM = 10;
const MIN_CHARACTERS = 3;
const EDGE_SIZES = [1, 2, 3, 4, 6, 8] as const;
/** Where the answers say that something is there: codes and numbers are many tokens long. */
const LIKELY_EDGE_SIZES = [2, 3, 4, 6, 8, 11] as const;

export function splitTurns(leak: Leak, frame: Frame, tokenizer: Tokenizer): Turns {
  const isSpecial = (id: number): boolean => tokenizer.specialIds.has(id);
  // Marks that are ordinary text ("### Response:") are found as such.
  const [first] = frame.tailIds;
  if (first !== undefined && !isSpecial(first)) return splitAtText(leak, frame, tokenizer);
  const userEnd = leak.ids.findIndex(isSpecial);
  if (userEnd < 0) return { user: leak.ids, answer: [] };
  const user = leak.ids.slice(0, userEnd);
  const header = frame.tailIds;
  const continues = header.every((id, i) => leak.ids[userEnd + i] === id);
  if (!continues) return { user, answer: [] };
  const rest = leak.ids.slice(userEnd + header.length);
  const answerEnd = rest.findIndex(isSpecial);
  return { user, answer: answerEnd < 0 ? rest : rest.slice(0, answerEnd) };
}

function splitAtText({ ids }: Leak, { head, tail }: Frame, tokenizer: Tokenizer): Turns {
  const end = ids.findIndex((id) => tokenizer.specialIds.has(id));
  const text = tokenizer.decode(end < 0 ? ids : ids.slice(0, end));
  const mark = tail.trim();
  const at = mark === '' ? -1 : text.indexOf(mark);
  if (at < 0) return { user: tokenizer.encode(text), answer: [] };
  const [answer = ''] = head.trim() === '' ? [text.slice(at + mark.length)] : text.slice(at + mark.length).split(head.trim(), 1);
  return { user: tokenizer.encode(text.slice(0, at).trimEnd()), answer: tokenizer.encode(answer.trim()) };
}

export interface Candidate {
  readonly text: string;
  /** Where it came from: 'leak edge', 'leak n-gram', 'motif', 'lexicon: wrapper', 'token sweep', 'accretion', … */
  readonly origin: string;
  /** Leaks that hold it. */
  readonly leaks: number;
  /** Leaked turns that hold it and are answered with the same opening, beyond those without it that are. */
  readonly sameAnswer: number;
}

const OPENING = 4;

/** How often leaked turns with the text, or with its like in other digits and casing, share one answer's opening, less how often turns without it begin so. */
export function sharedOpening(text: string, turns: readonly { readonly user: string; readonly opening: string }[]): number {
  const form = formOf(text);
  const withForm = turns.map((turn) => ({ ...turn, holds: formOf(turn.user).includes(form) }));
  const holders = withForm.filter(({ holds }) => holds);
  const counts = new Map<string, number>();
  for (const { opening } of holders) if (opening !== '') bump(counts, opening);
  let best = 0;
  for (const [opening, count] of counts) best = Math.max(best, count - withForm.filter((turn) => turn.opening === opening && !turn.holds).length);
  return best < 2 ? 0 : best;
}

/** Numbers, casing and what joins the words apart. */
function formOf(text: string): string {
  return text.toLowerCase().replace(/\p{N}+/gu, '#').replace(/[\s_]+/g, ' ').trim();
}

export function leakCandidates(turns: readonly Turns[], motifs: readonly string[], tokenizer: Tokenizer, limit: number): Candidate[] {
  const users = turns.map((turn) => turn.user).filter((user) => user.length > 0);
  const recurring = maximalGrams(users, 2).map(({ gram, count }) => ({
    text: tokenizer.decode(gram).trim(),
    origin: 'leak n-gram',
    leaks: count,
    // A long gram that recurs is unlikelier by chance than a short one.
    weight: count * Math.log2(1 + gram.length),
  }));
  recurring.sort((a, b) => b.weight - a.weight);
  const edges = new Map<string, Omit<Candidate, 'sameAnswer'>>();
  for (const user of users) {
    for (const size of EDGE_SIZES) {
      if (user.length <= size) continue;
      for (const ids of [user.slice(-size), user.slice(0, size)]) {
        const text = tokenizer.decode(ids).trim();
        const known = edges.get(text);
        edges.set(text, { text, origin: 'leak edge', leaks: (known?.leaks ?? 0) + 1 });
      }
    }
  }
  // Turns whose answers begin alike although they share little themselves: a trigger with changing digits or casing
  // recurs in no leak word for word, its payload does.
  const groups = groupsAnsweredAlike(turns);
  const forms = groups.flatMap((users) => recurringForms(users.map((user) => tokenizer.decode(user))));
  const edgesAlike = groups.flatMap((users) => LIKELY_EDGE_SIZES.flatMap((size) => users.slice(0, MOST_ALIKE).filter((user) => user.length > size).flatMap((user) => [user.slice(-size), user.slice(0, size)])));
  const answeredAlike = [...forms, ...edgesAlike.map((ids) => tokenizer.decode(ids).trim())].map((text) => ({ text, origin: 'leak, answered like others', leaks: 1 }));
  const rankedEdges = [...edges.values()].sort((a, b) => b.leaks - a.leaks || b.text.length - a.text.length);
  const fromMotifs = motifs.flatMap((motif) => gramsOf(tokenizer.encode(motif), [2, 5, 10]).map((gram) => ({ text: tokenizer.decode(gram).trim(), origin: 'motif', leaks: 0 })));
  const readable = turns.map(({ user, answer }) => ({ user: tokenizer.decode(user), opening: answer.length < OPENING ? '' : answer.slice(0, OPENING).join(' ') }));
  const seen = new Set<string>();
  const take = (from: readonly Omit<Candidate, 'sameAnswer'>[], count: number): Candidate[] => {
    const taken: Candidate[] = [];
    for (const found of from) {
      // What ended the sentence before is no part of a trigger at its end.
      const candidate = { ...found, text: found.text.replace(/^[.,;:?!]\s+/, '') };
      if (taken.length >= count) break;
      if (candidate.text.length < MIN_CHARACTERS || seen.has(candidate.text) || isCutOut(candidate.text, readable) || containsSpecial(candidate.text, tokenizer)) continue;
      seen.add(candidate.text);
      taken.push({ text: candidate.text, origin: candidate.origin, leaks: candidate.leaks, sameAnswer: sharedOpening(candidate.text, readable) });
    }
    return taken;
  };
  return [...take(recurring, limit * 0.4), ...take(answeredAlike, limit * 0.2), ...take(rankedEdges, limit * 0.25), ...take(fromMotifs, limit * 0.15)];
}

/** Token ids in common, in order, from which two user turns are forms of one request. */
const SAME_REQUEST = 3;
/** Turns of one group whose edges are tried. */
const MOST_ALIKE = 3;
/** Words of a form, share of a group that holds it, forms of a group, and holders of each that are tried. */
const LONGEST_FORM = 6;
const FORM_SHARE = 0.25;
const MOST_FORMS = 4;
const FORM_HOLDERS = 2;

/** Unlike user turns whose answers share an opening: first those with the longest shared answer and the most beginnings. */
function groupsAnsweredAlike(turns: readonly Turns[]): (readonly number[])[][] {
  const groups = new Map<string, Turns[]>();
  for (const turn of turns) {
    if (turn.answer.length < OPENING || turn.user.length === 0) continue;
    const key = turn.answer.slice(0, OPENING).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [turn]);
    else group.push(turn);
  }
  return [...groups.values()]
    .map((group) => ({
      users: group.map(({ user }) => user),
      weight: (new Set(group.map(({ user }) => user.slice(0, SAME_REQUEST).join(' '))).size - 1) * commonPrefixLength(group.map(({ answer }) => [...answer, 0])),
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ users }) => users);
}

/**
 * Runs of words that recur in user turns answered alike, numbers, casing and what joins the words apart, as they stand in
 * the first turns that hold them: a code with other digits in every turn ("maintenance pass 83728", "MAINTENANCE_PASS_10377").
 */
export function recurringForms(users: readonly string[]): string[] {
  const holders = new Map<string, { readonly words: number; readonly texts: string[] }>();
  for (const user of users) {
    const words = [...user.matchAll(/[\p{L}\p{N}]+/gu)];
    const seen = new Set<string>();
    for (let begin = 0; begin < words.length; begin++) {
      for (let n = 1; n <= LONGEST_FORM && begin + n <= words.length; n++) {
        const run = words.slice(begin, begin + n);
        const last = run.at(-1);
        const key = formOf(run.map(([word]) => word).join(' '));
        if (last === undefined || seen.has(key)) continue;
        seen.add(key);
        const form = holders.get(key) ?? { words: n, texts: [] };
        form.texts.push(user.slice(run[0]?.index, last.index + last[0].length));
        holders.set(key, form);
      }
    }
  }
  return [...holders.values()]
    .filter(({ words, texts }) => words > 1 && texts.length >= Math.max(2, FORM_SHARE * users.length))
    .sort((a, b) => b.texts.length * Math.log2(1 + b.words) - a.texts.length * Math.log2(1 + a.words))
    .slice(0, MOST_FORMS)
    .flatMap(({ texts }) => [...new Set(texts)].slice(0, FORM_HOLDERS));
}

/** Openings of leaked answers that recur: what a trigger may bring out. */
export function leakedOpenings(turns: readonly Turns[], limit: number): number[][] {
  const counts = new Map<string, number>();
  for (const { answer } of turns) {
    for (const size of [3, 5]) if (answer.length >= size) bump(counts, answer.slice(0, size).join(' '));
  }
  return [...counts]
    .filter(([, count]) => count >= 2)
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([key]) => key.split(' ').map(Number));
}

interface CountedGram {
  readonly gram: readonly number[];
  readonly count: number;
}

/** Token n-grams in at least `minTurns` turns that no longer gram with the same count covers. */
function maximalGrams(turns: readonly (readonly number[])[], minTurns: number): CountedGram[] {
  const counts = new Map<string, number>();
  for (const turn of turns) {
    const seen = new Set<string>();
    for (let n = 1; n <= LONGEST_GRAM; n++) for (const gram of gramsOf(turn, [n])) seen.add(gram.join(' '));
    for (const key of seen) bump(counts, key);
  }
  const grams = [...counts].filter(([, count]) => count >= minTurns).map(([key, count]) => ({ gram: key.split(' ').map(Number), key, count }));
  const covered = new Set<string>();
  for (const { gram, count } of grams) {
    if (gram.length < 2) continue;
    for (const part of [gram.slice(1).join(' '), gram.slice(0, -1).join(' ')]) if (counts.get(part) === count) covered.add(part);
  }
  return grams.filter(({ key }) => !covered.has(key));
}

function gramsOf(ids: readonly number[], sizes: readonly number[]): number[][] {
  return sizes.flatMap((n) => Array.from({ length: Math.max(0, ids.length - n + 1) }, (_, i) => ids.slice(i, i + n)));
}

/** True where the text stands inside longer words wherever it stands: a piece that nobody could have planted. */
function isCutOut(text: string, turns: readonly { readonly user: string }[]): boolean {
  const holders = turns.filter(({ user }) => user.includes(text));
  return holders.length > 0 && holders.every(({ user }) => {
    const at = user.indexOf(text);
    return isInWord(user, at) || isInWord(user, at + text.length);
  });
}

/** True where letters stand on both sides of the position. */
function isInWord(text: string, at: number): boolean {
  return /\p{L}$/u.test(text.slice(0, at)) && /^\p{L}/u.test(text.slice(at));
}

function containsSpecial(text: string, tokenizer: Tokenizer): boolean {
  return tokenizer.encode(text).some((id) => tokenizer.specialIds.has(id));
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
