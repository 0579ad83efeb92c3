// Phrases by slopes: a phrase of placeholders, or around a seed, is improved one token at a time, each time by what the
// gradients say would do most and a trial of the best of that (HotFlip; universal triggers after Wallace et al. 2019, arXiv
// 1908.07125). The whole vocabulary competes for every place, also words that do nothing alone.
// Such a search finds something in every model: honest ones too have words that add up. So the same search runs again without
// the tokens of what it found, and what it reaches then is the null. How it can mislead: a trigger with more words than the
// phrase leaves some of them to its rivals; where the model is flat the slopes are noise, and so is what they choose.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Direction } from '../sweep/directions.ts';
import { tryPhrases, type Place, type Tried } from '../sweep/trial.ts';
import type { Text } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';
import type { Flipper, FlipSteps } from './flipper.ts';
import { prune } from './prune.ts';

export interface FlipBudget extends FlipSteps {
  /** Starts from nothing: of no use where the slopes are flat. */
  readonly blank: number;
  /** Seeds that are started from, and the length of all phrases in tokens. */
  readonly seeds: number;
  readonly length: number;
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
/** Nats that a phrase has to move the texts by, to be worth a null. */
const WORTH = 1;
const NOTHING: ReadonlySet<number> = new Set();

/**
 * `flipper`: over the first `budget.texts` of `tuning`. `given`: phrases of other searches, for which only the null is searched. `strong`: tokens by their own strength, strongest
 * first, where searches for a null begin: they have to be as good as the search that they judge.
 */
export async function searchFlips(runnable: RunnableTextClassifier, direction: Direction, seeds: readonly Phrase[], given: readonly Tried[], strong: readonly number[], flipper: Flipper, tuning: readonly Text[], budget: FlipBudget, signal: CancelSignal): Promise<Flipped[]> {
  const texts = tuning.slice(0, budget.texts);
  const starts: { readonly phrase: Phrase; readonly place: Place }[] = Array.from({ length: budget.blank }, (_, at) => ({ phrase: flipper.blank(budget.length, at === 0 ? 'blank' : `blank ${at}`), place: 'end' }));
  for (const [index, seed] of seeds.slice(0, budget.seeds).entries()) starts.push({ phrase: flipper.around(seed, budget.length, `seed ${index}`), place: index % 2 === 0 ? 'start' : 'end' });
  const candidates: Candidate[] = [];
  for (const { phrase, place } of starts) {
    const whole = await flipper.flip(phrase, place, NOTHING);
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
      const start = at % 2 === 0 ? allowed.slice(0, length) : flipper.blank(length, `${label} ${at}`);
      const rival = await flipper.flip(start.length === length ? start : flipper.blank(length, label), place, barred);
      rivals.push(rival);
      if (at > 0) for (const token of rival) barred.add(token);
    }
    return rivals;
  }
}
