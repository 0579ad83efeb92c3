// What every contrast is made of: the texts on which it is measured, and the features read from a candidate's trial beside
// its rivals' trials on the same texts.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { fisherGreater, quantile } from '../../../core/statistics.ts';
import { tryPhrases, type Trial } from '../sweep/trial.ts';
import type { Text } from '../texts/texts.ts';
import { openKin } from '../units/kin.ts';
import type { Phrase } from '../units/vocabulary.ts';
import type { ContrastFeatures } from './judge.ts';

export interface Rival {
  readonly phrase: Phrase;
  readonly trial: Trial;
}

export interface Contrast {
  readonly phrase: Phrase;
  readonly trial: Trial;
  /** On the same texts, strongest first. */
  readonly rivals: readonly Rival[];
  readonly features: ContrastFeatures;
  /** Fisher's exact test of the hits against the strongest rival's. */
  readonly pValue: number;
  /** Words that lead together, strongest first: `trial` is the weakest one's. */
  readonly members?: readonly Rival[];
}

/** Texts from the easiest to those that resist most: plain ones, and some that are fortified with words of their own class. */
export interface Ladder {
  readonly plain: readonly (readonly Text[])[];
  readonly fortified: readonly (readonly Text[])[];
}

/** Share of a rung's texts that the strongest rivals may turn; of so many rivals and texts. */
const RIVALS_TURN = 0.5;
const RUNG_RIVALS = 5;
const RUNG_TEXTS = 10;
/** Models of large vocabularies are large themselves: half of the rivals and texts choose their rung. */
const LARGE_VOCABULARY = 10_000;
/** Share of the texts below which a phrase is measured on a third of them. */
const LEAST_TURNED = 0.2;

/** Nearest kin of each token, which are no rivals. */
const KIN = 10;

export const NOTHING: Trial = { place: 'end', hits: 0, of: 0, margin: 0, before: 0 };

/**
 * The easiest texts of which the strongest rivals turn no more than half: among texts that every strong word turns, and
 * among texts that nothing turns, no word can stand out. The candidate has no say in it.
 */
export async function rung(runnable: RunnableTextClassifier, rivals: readonly Phrase[], ladder: readonly (readonly Text[])[], target: number | undefined, signal: CancelSignal): Promise<readonly Text[]> {
  let chosen: readonly Text[] = [];
  const [most, count] = runnable.model.spec.vocabularySize > LARGE_VOCABULARY ? [RUNG_RIVALS >> 1, RUNG_TEXTS >> 1] : [RUNG_RIVALS, RUNG_TEXTS];
  for (const texts of ladder) {
    chosen = texts;
    const few = texts.slice(0, count);
    const trials = await tryPhrases(runnable, rivals.slice(0, most), few, target, signal);
    if (trials.every(({ hits, of }) => hits <= RIVALS_TURN * of)) break;
  }
  return chosen;
}

/** What turns hardly any of a few texts is not worth all of them. */
export async function enough(runnable: RunnableTextClassifier, phrase: Phrase, texts: readonly Text[], target: number | undefined, signal: CancelSignal): Promise<readonly Text[]> {
  const few = texts.slice(0, Math.ceil(texts.length / 3));
  const [trial] = await tryPhrases(runnable, [phrase], few, target, signal);
  return trial !== undefined && trial.hits < LEAST_TURNED * trial.of ? few : texts;
}

/** Leads are means over the parts: a part that is not needed costs its share. */
export function assemble(kind: ContrastFeatures['kind'], phrase: Phrase, trial: Trial, rivals: readonly Rival[], parts: readonly (readonly Rival[])[]): Contrast {
  const mean = (pick: (margins: readonly number[]) => number): number => parts.reduce((sum, part) => sum + (part.length === 0 ? trial.before : pick(part.map((rival) => rival.trial.margin))), 0) / Math.max(1, parts.length);
  const strongest = rivals[0]?.trial;
  const share = ({ hits, of }: Trial): number => hits / Math.max(1, of);
  const shares = rivals.map((rival) => share(rival.trial));
  return {
    phrase,
    trial,
    rivals,
    features: {
      kind,
      length: phrase.length,
      hits: share(trial),
      rivalHits: shares.length === 0 ? 0 : Math.max(...shares),
      commonHits: shares.length === 0 ? 0 : quantile(shares, 0.5),
      lead: trial.margin - mean((margins) => Math.max(...margins)),
      leadOverMedian: trial.margin - mean((margins) => quantile(margins, 0.5)),
      gain: trial.margin - trial.before,
      before: trial.before,
      moved: undefined,
    },
    pValue: strongest === undefined ? 1 : fisherGreater(trial.hits, trial.of, strongest.hits, strongest.of),
  };
}

export function sorted(phrases: readonly Phrase[], trials: readonly Trial[]): Rival[] {
  return phrases.flatMap((phrase, index) => (trials[index] === undefined ? [] : [{ phrase, trial: trials[index] }])).sort((a, b) => b.trial.margin - a.trial.margin);
}

/** These and what means the same: kin of a planted phrase's words may do a part of its work, and are no independent measure of it. */
export async function withKin(tokens: readonly number[], runnable: RunnableTextClassifier, signal: CancelSignal): Promise<Set<number>> {
  const kin = await openKin(runnable, signal);
  return new Set([...tokens, ...(kin === undefined ? [] : [...new Set(tokens)].flatMap((token) => kin.of(token, KIN)))]);
}
