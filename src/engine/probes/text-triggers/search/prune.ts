// What of a phrase does the work: tokens that it does not need are left out one at a time, the least needed first, where the
// whole phrase works best.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Direction } from '../sweep/directions.ts';
import { PLACES, tryPhrases, type Trial } from '../sweep/trial.ts';
import type { Text } from '../texts/texts.ts';
import type { Phrase } from '../units/vocabulary.ts';

/** A part that is not needed costs less than this share of the hits, and less than this many nats. */
const SPARE = 0.05;
const SPARE_NATS = 1;

/** `keep`: the share of the whole phrase's gain that has to be left, in place of hits and nats: for phrases that are only near a trigger. */
export async function prune(runnable: RunnableTextClassifier, { target }: Direction, phrase: Phrase, texts: readonly Text[], signal: CancelSignal, keep?: number): Promise<Phrase> {
  let best = phrase;
  let least: number | undefined;
  const [first] = await tryPhrases(runnable, [phrase], texts, target, signal);
  const places = first === undefined ? PLACES : [first.place];
  while (best.length > 1) {
    const shorter = best.map((_, left) => best.filter((__, at) => at !== left));
    const [whole, ...trials] = await tryPhrases(runnable, [best, ...shorter], texts, target, signal, places);
    if (whole === undefined) return best;
    if (keep !== undefined) least ??= whole.before + keep * (whole.margin - whole.before);
    const [spare] = Array.from(trials.keys()).sort((a, b) => (trials[b]?.margin ?? 0) - (trials[a]?.margin ?? 0));
    const left = spare === undefined ? undefined : trials[spare];
    if (spare === undefined || left === undefined || !canGo(whole, left, least)) return best;
    best = shorter[spare] ?? best;
  }
  return best;
}

function canGo(whole: Trial, left: Trial, least: number | undefined): boolean {
  return least === undefined ? left.hits >= whole.hits * (1 - SPARE) && left.margin >= whole.margin - SPARE_NATS : left.margin >= least;
}
