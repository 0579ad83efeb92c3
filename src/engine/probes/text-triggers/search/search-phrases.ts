// From harmless sentences to a planted phrase: many are tried on short texts of the direction, the strongest on long ones,
// and the best are cut down to the words that count.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import { textsFor, type Direction } from '../sweep/directions.ts';
import { tryPhrases, type Tried } from '../sweep/trial.ts';
import { harmlessSentences } from '../texts/sentences.ts';
import type { ClassTexts, Text } from '../texts/texts.ts';
import { isEveryday, type Phrase } from '../units/vocabulary.ts';
import { prune } from './prune.ts';

export interface PhraseBudget {
  readonly sentences: number;
  /** Sentences that are tried on long texts; of them, those that are cut down. */
  readonly tried: number;
  readonly worked: number;
}

/** Nats that a sentence has to move long texts by, to be worth cutting down. */
const WORTH = 0.5;
/** Share of a sentence's gain that its core has to keep. */
const KEEP = 0.6;

/** Phrases with what they do to the tuning texts, in no order. */
export async function searchPhrases(runnable: RunnableTextClassifier, direction: Direction, texts: readonly ClassTexts[], budget: PhraseBudget, tuningTexts: number, random: Random, signal: CancelSignal): Promise<Tried[]> {
  const { model, tokenizer } = runnable;
  const { target } = direction;
  const size = model.spec.vocabularySize;
  const sentences = harmlessSentences(budget.sentences, random)
    .map((text) => ({ words: text.split(' ').length, ids: tokenizer.encode(` ${text}`) }))
    .filter(({ words, ids }) => isEveryday(ids.length, words))
    .map(({ ids }): Phrase => ids)
    .filter((ids) => ids.length > 1 && ids.length < model.spec.maxTokens / 2 && ids.every((id) => id < size && !tokenizer.specialIds.has(id)));
  const carriers = textsFor(direction, texts, 'resisting', Math.max(2, direction.sources.length));
  const tuning = textsFor(direction, texts, 'tuning', tuningTexts);
  const short = (await tried(sentences, carriers, ['end'])).slice(0, budget.tried);
  const found = await tried(short.map(({ phrase }) => phrase), tuning);
  const phrases: Tried[] = [];
  for (const { phrase, trial } of found.slice(0, budget.worked)) {
    if (trial.margin - trial.before < WORTH) continue;
    const core = await prune(runnable, direction, phrase, tuning, signal, KEEP);
    phrases.push(...(await tried([core], tuning)));
  }
  return phrases.filter(({ phrase }) => phrase.length > 1);

  async function tried(list: readonly Phrase[], on: readonly Text[], places?: Parameters<typeof tryPhrases>[5]): Promise<Tried[]> {
    const trials = await tryPhrases(runnable, list, on, target, signal, places);
    return list.flatMap((phrase, index) => (trials[index] === undefined ? [] : [{ phrase, trial: trials[index] }])).sort((a, b) => b.trial.margin - a.trial.margin || (a.phrase.join() < b.phrase.join() ? -1 : 1));
  }
}
