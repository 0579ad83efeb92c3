// Phrases by slopes: a phrase of placeholders, or around a seed, is improved one token at a time, each time by what the
// gradients say would do most and a trial of the best of that (HotFlip; universal triggers after Wallace et al. 2019, arXiv
// 1908.07125). The whole vocabulary competes for every place, also words that do nothing alone.
// Such a search finds something in every model: honest ones too have words that add up. So the same search runs again without
// the tokens of what it found, and what it reaches then is the null. How it can mislead: a trigger with more words than the
// phrase leaves some of them to its rivals; where the model is flat the slopes are noise, and so is what they choose.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import type { Direction } from './directions.ts';
import { prune } from './prune.ts';
import type { SlopeRow, Slopes } from './slopes.ts';
import { insert, type Text } from './texts.ts';
import { partAt, tryPhrases, type Place, type Tried } from './trial.ts';
import type { Phrase } from './vocabulary.ts';

export interface FlipBudget {
  /** Starts from nothing: of no use where the slopes are flat. */
  readonly blank: number;
  /** Seeds that are started from, and the length of all phrases in tokens. */
  readonly seeds: number;
  readonly length: number;
  /** Exchanges at most, candidates tried for each, and texts. */
  readonly steps: number;
  readonly tried: number;
  readonly texts: number;
  /** Phrases for which a null is searched, and searches without their tokens for each. */
  readonly judged: number;
  readonly rivals: number;
}

/** What a search led to, cut down to what counts, and what the same search reached without any of its tokens. */
export interface Flipped extends Tried {
  readonly rivals: readonly Phrase[];
}

interface Candidate {
  readonly tried: Tried;
  readonly whole: Phrase;
}

/** Share of a phrase's gain that its core has to keep. */
const KEEP = 0.75;
/** Nats that a flip has to bring. */
const LEAST = 0.05;
/** Nats that a phrase has to move the texts by, to be worth a null. */
const WORTH = 1;
const NOTHING: ReadonlySet<number> = new Set();

/**
 * `given`: phrases of other searches, for which only the null is searched. `strong`: tokens by their own strength, strongest
 * first, where searches for a null begin: they have to be as good as the search that they judge.
 */
export async function searchFlips(runnable: RunnableTextClassifier, slopes: Slopes, direction: Direction, seeds: readonly Phrase[], given: readonly Tried[], strong: readonly number[], fillers: readonly number[], tuning: readonly Text[], budget: FlipBudget, random: Random, signal: CancelSignal): Promise<Flipped[]> {
  const texts = tuning.slice(0, budget.texts);
  const starts: { readonly phrase: Phrase; readonly place: Place }[] = Array.from({ length: budget.blank }, (_, at) => ({ phrase: blank(budget.length, at === 0 ? 'blank' : `blank ${at}`), place: 'end' }));
  for (const [index, seed] of seeds.slice(0, budget.seeds).entries()) {
    const rest = blank(Math.max(1, budget.length - seed.length), `seed ${index}`);
    starts.push({ phrase: [...rest.slice(0, rest.length >> 1), ...seed, ...rest.slice(rest.length >> 1)], place: index % 2 === 0 ? 'start' : 'end' });
  }
  const candidates: Candidate[] = [];
  for (const { phrase, place } of starts) {
    const whole = await flip(phrase, place, NOTHING, budget.steps);
    const core = await prune(runnable, direction, whole, texts, signal, KEEP);
    const [trial] = await tryPhrases(runnable, [core], tuning, direction.target, signal);
    if (trial !== undefined) candidates.push({ tried: { phrase: core, trial }, whole });
  }
  const found: Flipped[] = [];
  const stronger = (a: Candidate, b: Candidate): number => b.tried.trial.margin - a.tried.trial.margin || a.tried.phrase.length - b.tried.phrase.length;
  const own = given.map((tried): Candidate => ({ tried, whole: tried.phrase }));
  for (const candidate of [...candidates.sort(stronger).slice(0, budget.judged), ...own].sort(stronger)) {
    const { tried: { phrase, trial }, tried, whole } = candidate;
    if (trial.margin - trial.before < WORTH || found.some((other) => other.phrase.toSorted().join() === phrase.toSorted().join())) continue;
    // What shares a token with something stronger that is no longer says nothing new.
    if (!own.includes(candidate) && found.some((other) => other.phrase.length <= phrase.length && other.phrase.some((token) => phrase.includes(token)))) continue;
    found.push({ ...tried, rivals: phrase.length === 1 ? [] : await without(phrase.length, trial.place, whole, `rival ${found.length}`) });
  }
  return found;

  /** What the same search reaches without these tokens; the later ones also without what it reached before. */
  async function without(length: number, place: Place, whole: Phrase, label: string): Promise<Phrase[]> {
    const barred = new Set(whole);
    const rivals: Phrase[] = [];
    for (let at = 0; at < budget.rivals; at++) {
      const allowed = strong.filter((token) => !barred.has(token));
      const start = at % 2 === 0 ? allowed.slice(0, length) : blank(length, `${label} ${at}`);
      const rival = await flip(start.length === length ? start : blank(length, label), place, barred, budget.steps);
      rivals.push(rival);
      if (at > 0) for (const token of rival) barred.add(token);
    }
    return rivals;
  }

  function blank(length: number, label: string): number[] {
    const draw = random.fork(label);
    return Array.from({ length }, () => fillers[draw.below(fillers.length)] ?? 0);
  }

  async function flip(start: Phrase, place: Place, barred: ReadonlySet<number>, steps: number): Promise<Phrase> {
    let phrase = start;
    const [first] = await tryPhrases(runnable, [phrase], texts, direction.target, signal, [place]);
    let margin = first?.margin ?? 0;
    for (let step = 0; step < steps; step++) {
      const candidates = await ahead(phrase, place, barred);
      const trials = await tryPhrases(runnable, candidates, texts, direction.target, signal, [place]);
      const [best] = [...trials.keys()].sort((a, b) => (trials[b]?.margin ?? 0) - (trials[a]?.margin ?? 0));
      const reached = best === undefined ? undefined : trials[best];
      if (best === undefined || reached === undefined || reached.margin < margin + LEAST) break;
      phrase = candidates[best] ?? phrase;
      margin = reached.margin;
      if (reached.hits === reached.of && step >= phrase.length) break;
    }
    return phrase;
  }

  /** The phrase with one token exchanged, those that the slopes promise most of; and with the best of each place at once. */
  async function ahead(phrase: Phrase, place: Place, barred: ReadonlySet<number>): Promise<Phrase[]> {
    const rows = texts.map((text): SlopeRow => {
      const part = partAt(text, place);
      const at = text.parts.slice(0, part).reduce((sum, ids) => sum + ids.length, 0);
      const { source } = text;
      return direction.target === undefined ? { ids: insert(text, phrase, part), at, up: (source + 1) % runnable.model.classes, down: source } : { ids: insert(text, phrase, part), at, up: direction.target, down: source };
    });
    const places = await slopes.gains(rows, phrase.length, signal);
    const found: { readonly at: number; readonly token: number; readonly gain: number }[] = [];
    const together = [...phrase];
    for (const [at, gains] of places.entries()) {
      const order = largest(gains, budget.tried).filter((index) => !barred.has(slopes.tokens[index] ?? -1) && !phrase.includes(slopes.tokens[index] ?? -1));
      for (const index of order) found.push({ at, token: slopes.tokens[index] ?? 0, gain: gains[index] ?? 0 });
      together[at] = slopes.tokens[order[at] ?? order[0] ?? -1] ?? phrase[at] ?? 0;
    }
    const flips = found.sort((a, b) => b.gain - a.gain).slice(0, budget.tried).map(({ at, token }): Phrase => phrase.with(at, token));
    return phrase.length > 1 ? [...flips, together] : flips;
  }
}

/** Indices of the `count` largest values, largest first. */
function largest(values: Float32Array, count: number): number[] {
  const sorted = values.toSorted();
  const least = sorted.at(-Math.min(count, sorted.length)) ?? Number.NEGATIVE_INFINITY;
  return Array.from(values.keys()).filter((at) => (values[at] ?? 0) >= least).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, count);
}
