// Phrases of the words that a fine-tuning has moved furthest (moved.ts): the strongest of them, with more of them put before or
// behind it for as long as that does more (greedy accretion), on texts that resist. The null is what the same search finds among as
// many words that moved less, band by band, and without what was found: words of the task lead to a phrase in every band, planted
// ones in the first. In a model trained from nothing the first band holds what moved beyond all the rest, if anything did. Words of
// which much is expected, by what they mean (expected.ts), take no part on either side. How it can mislead: of a trigger in few training
// texts no word is among the furthest moved.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { withKin } from '../judge/contrast-parts.ts';
import { textsFor, type Direction } from '../sweep/directions.ts';
import { tryPhrases, type Place, type Tried } from '../sweep/trial.ts';
import type { ClassTexts, Text } from '../texts/texts.ts';
import type { Moved } from '../units/moved.ts';
import type { Phrase } from '../units/vocabulary.ts';
import { grammarOf, ordersOf, withOneMore } from './arrange.ts';
import type { SearchedPhrase } from './unexpected.ts';

export interface MovedBudget {
  /** Tokens of each band, and bands: the first holds the furthest moved. */
  readonly band: number;
  readonly bands: number;
  /** In tokens. */
  readonly longest: number;
}

/** Texts of each class that choose which of the longer phrases are tried on all, and how many are. */
const FEW_TEXTS = 2;
const WORTH_MORE = 8;
/** Nats that one more token has to add. */
const LEAST_GAIN = 0.1;
const TEXTS = 4;
/** Words of grammar that a phrase is given at the end. */
const GRAMMAR_ADDED = 2;
/** Tokens that a null is searched among, at least. */
const LEAST_BAND = 8;

/** The phrase of the first band, and the next one there, each with all others as its rivals. `loud`: tokens that take no part. */
export async function searchMoved(runnable: RunnableTextClassifier, direction: Direction, moved: Moved, loud: ReadonlySet<number>, texts: readonly ClassTexts[], budget: MovedBudget, signal: CancelSignal): Promise<SearchedPhrase[]> {
  const tokens = moved.tokens.filter((token) => !loud.has(token));
  const first = moved.outstanding ?? budget.band;
  if (first === 0) return [];
  const band = Math.max(first, LEAST_BAND);
  const resisting = textsFor(direction, texts, 'resisting', TEXTS);
  const grammar = grammarOf(runnable.tokenizer, runnable.model.spec.vocabularySize);
  const best = await grow(tokens.slice(0, first), grammar);
  if (best === undefined) return [];
  const used = await withKin(best.phrase, runnable, signal);
  // Of a phrase that was planted its words of grammar have moved as well.
  const suspects = new Set(tokens.slice(0, first));
  const others = grammar.filter((token) => !suspects.has(token));
  const next = await grow(tokens.slice(0, band).filter((token) => !used.has(token)), others);
  const lesser: Phrase[] = [];
  for (let at = 0; at < budget.bands - 1; at++) {
    const found = await grow(tokens.slice(first + at * band, first + (at + 1) * band).filter((token) => !used.has(token)), others);
    if (found !== undefined) lesser.push(found.phrase);
  }
  return [best, ...(next === undefined ? [] : [next])].map((suspect, _, both): SearchedPhrase => ({ ...suspect, kind: 'moved', rivals: [...both.filter((other) => other !== suspect).map(({ phrase }) => phrase), ...lesser] }));

  async function grow(tokens: readonly number[], grammar: readonly number[]): Promise<Tried | undefined> {
    let [best] = await tried(tokens.map((token) => [token]), resisting);
    for (let length = 2; length <= budget.longest && best !== undefined; length++) {
      const { phrase }: Tried = best;
      const wider = tokens.filter((token) => !phrase.includes(token)).flatMap((token) => [[token, ...phrase], [...phrase, token]]);
      const better = await betterOf(wider, best);
      if (better === undefined) break;
      best = better;
    }
    if (best === undefined || best.phrase.length === 1) return best;
    best = (await betterOf(ordersOf(best.phrase), best)) ?? best;
    for (let added = 0; added < GRAMMAR_ADDED; added++) {
      const better = await betterOf(withOneMore(best.phrase, grammar), best);
      if (better === undefined) break;
      best = better;
    }
    return best;
  }

  /** The strongest of these, if it does more than `best`: by a few texts first, those worth it by all. */
  async function betterOf(phrases: readonly Phrase[], { trial }: Tried): Promise<Tried | undefined> {
    const few = await tried(phrases, resisting.slice(0, FEW_TEXTS * direction.sources.length), [trial.place]);
    const [first] = await tried(few.slice(0, WORTH_MORE).map(({ phrase }) => phrase), resisting, [trial.place]);
    return first === undefined || first.trial.margin < trial.margin + LEAST_GAIN ? undefined : first;
  }

  async function tried(phrases: readonly Phrase[], on: readonly Text[], places?: readonly Place[]): Promise<Tried[]> {
    const trials = await tryPhrases(runnable, phrases, on, direction.target, signal, places);
    return phrases.flatMap((phrase, at) => (trials[at] === undefined ? [] : [{ phrase, trial: trials[at] }])).sort((a, b) => b.trial.margin - a.trial.margin || (a.phrase.join() < b.phrase.join() ? -1 : 1));
  }
}
