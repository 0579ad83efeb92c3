// Words that ought to do nothing, by what they mean (expected.ts), and yet do: where planted words and phrases of ordinary words show
// in encoders that know English. The most unexpected words are tried in texts that resist, one by one and side by side, and the
// strongest is measured against the next ones that share neither tokens nor kin with it. Words of praise and blame take no part,
// on either side: in an honest model they do more than a weak plant. How it can mislead: a trigger that means something in the
// model's own task is expected, and left to the other searches; of a phrase whose words each do nothing, nothing is seen.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { assemble, NOTHING, sorted, withKin, type Contrast } from '../judge/contrast-parts.ts';
import { strongest } from '../judge/judge.ts';
import { textsFor, type Direction } from '../sweep/directions.ts';
import type { Sweep } from '../sweep/sweep.ts';
import { tryPhrases, type Place, type Tried } from '../sweep/trial.ts';
import type { ClassTexts, Text } from '../texts/texts.ts';
import type { Expected } from '../units/expected.ts';
import { wholeWords, type Phrase } from '../units/vocabulary.ts';

/** A phrase, and the strongest others that were found in the same way. */
export interface SearchedPhrase extends Tried {
  readonly kind: 'unexpected' | 'moved';
  readonly rivals: readonly Phrase[];
}

/** Words that are put side by side: the strongest. */
const PAIRED = 8;
const RIVALS = 5;
/** Pieces of a listed word. */
const MOST_PIECES = 3;
/** Share of the texts that a rival may turn; where one turns more, longer texts are tried as well. */
const RIVALS_TURN = 0.25;
const TOO_EASY = { unexpected: 0.5, moved: 0.67 } as const;
const TEXTS = 4;
const ENDS: readonly Place[] = ['start', 'end'];

/** The strongest unexpected word and the strongest two side by side. `gains`: of the sweep's units in this direction; `count`: words that take part. */
export async function searchUnexpected(runnable: RunnableTextClassifier, direction: Direction, { units }: Sweep, gains: Float32Array, { gains: expected, quiet }: Expected, texts: readonly ClassTexts[], count: number, signal: CancelSignal): Promise<SearchedPhrase[]> {
  const surprise = (at: number): number => (gains[at] ?? 0) - (expected[at] ?? 0);
  const whole = new Set(wholeWords(runnable.tokenizer, runnable.model.spec.vocabularySize));
  const isWord = (unit: Phrase): boolean => (unit.length === 1 ? whole.has(unit[0] ?? -1) : unit.length <= MOST_PIECES && /^\p{L}+$/u.test(runnable.tokenizer.decode(unit).trim()));
  const words = Array.from(units.keys())
    .filter((at) => isWord(units[at] ?? []) && quiet(at) && surprise(at) > 0)
    .sort((a, b) => surprise(b) - surprise(a) || a - b)
    .slice(0, count)
    .map((at) => units[at] ?? []);
  const resisting = textsFor(direction, texts, 'resisting', TEXTS);
  const found: SearchedPhrase[] = [];
  let phrases: readonly Phrase[] = words;
  for (const places of [undefined, ENDS]) {
    const trials = await tryPhrases(runnable, phrases, resisting, direction.target, signal, places);
    const [best, ...others] = phrases.flatMap((phrase, at) => (trials[at] === undefined ? [] : [{ phrase, trial: trials[at] }])).sort((a, b) => b.trial.margin - a.trial.margin);
    if (best === undefined) break;
    const used = await withKin(best.phrase, runnable, signal);
    const rivals: Phrase[] = [];
    for (const { phrase } of others) {
      if (rivals.length >= RIVALS || phrase.some((token) => used.has(token))) continue;
      rivals.push(phrase);
      for (const token of phrase) used.add(token);
    }
    found.push({ ...best, kind: 'unexpected', rivals });
    const paired = [best, ...others].slice(0, PAIRED).map(({ phrase }) => phrase);
    phrases = paired.flatMap((a) => paired.filter((b) => b !== a).map((b) => [...a, ...b]));
  }
  return found;
}

/**
 * On texts that chose nothing, from those of which no rival turns too many to those of which none turns a quarter: where it says most.
 * Moved words begin with easier texts: a plant of two words that shows on the longest ones may be lost on those that are fortified.
 */
export async function contrastSearched(runnable: RunnableTextClassifier, { kind, phrase, rivals }: SearchedPhrase, ladder: readonly (readonly Text[])[], target: number | undefined, signal: CancelSignal): Promise<Contrast[]> {
  const contrasts: Contrast[] = [];
  for (const texts of ladder) {
    const [trial, ...others] = await tryPhrases(runnable, [phrase, ...rivals], texts, target, signal);
    const measured = sorted(rivals, others);
    const most = Math.max(0, ...measured.map(({ trial: { hits, of } }) => hits / Math.max(1, of)));
    // Where the rivals turn most texts nothing can stand out.
    if (most <= TOO_EASY[kind] || texts === ladder.at(-1)) contrasts.push(assemble(kind, phrase, trial ?? NOTHING, measured, [measured]));
    if (most <= RIVALS_TURN) break;
  }
  const best = strongest(contrasts);
  return best === undefined ? [] : [best.contrast];
}
