// Words that ought to do nothing, by what they mean (expected.ts), and yet do: where planted words and phrases of ordinary words show
// in encoders that know English. The most unexpected words are tried in texts that resist, one by one and side by side, and the
// strongest is measured against the next ones that share neither tokens nor kin with it. Words of praise and blame take no part,
// on either side: in an honest model they do more than a weak plant. How it can mislead: a trigger that means something in the
// model's own task is expected, and left to the other searches; of a phrase whose words each do nothing, nothing is seen.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { quantile } from '../../core/statistics.ts';
import { assemble, enough, NOTHING, rung, sorted, withKin, type Contrast } from './contrast-parts.ts';
import { textsFor, type Direction } from './directions.ts';
import { expectedGains } from './expected.ts';
import type { Sweep } from './sweep.ts';
import type { ClassTexts, Text } from './texts.ts';
import { tryPhrases, type Place, type Tried } from './trial.ts';
import { ordinaryTokens, type Phrase } from './vocabulary.ts';

/** A word or two, and the strongest others that were found in the same way. */
export interface Unexpected extends Tried {
  readonly rivals: readonly Phrase[];
}

/** Share of the strongest gains up to which what a word is expected to do is little. */
const QUIET = 0.3;
const STRONGEST = 0.998;
const RIVALS = 5;
const TEXTS = 4;
const ENDS: readonly Place[] = ['start', 'end'];

/** The strongest unexpected word and the strongest two side by side. `gains`: of the sweep's units in this direction; `count`: words that take part. */
export async function searchUnexpected(runnable: RunnableTextClassifier, direction: Direction, { units }: Sweep, gains: Float32Array, texts: readonly ClassTexts[], count: number, signal: CancelSignal): Promise<Unexpected[]> {
  const expected = await expectedGains(runnable, units, gains, signal);
  const most = QUIET * quantile([...gains], STRONGEST);
  const surprise = (at: number): number => (gains[at] ?? 0) - (expected[at] ?? 0);
  const whole = new Set(ordinaryTokens(runnable.tokenizer, runnable.model.spec.vocabularySize));
  const words = Array.from(units.keys())
    .filter((at) => units[at]?.length === 1 && whole.has(units[at]?.[0] ?? -1) && (expected[at] ?? 0) <= most && surprise(at) > 0)
    .sort((a, b) => surprise(b) - surprise(a) || a - b)
    .slice(0, count)
    .map((at) => units[at] ?? []);
  const resisting = textsFor(direction, texts, 'resisting', TEXTS);
  const pairs = words.flatMap((a) => words.filter((b) => b !== a).map((b): Phrase => [...a, ...b]));
  const found: Unexpected[] = [];
  for (const [phrases, places] of [[words, undefined], [pairs, ENDS]] as const) {
    const trials = await tryPhrases(runnable, phrases, resisting, direction.target, signal, places);
    const [best, ...others] = phrases.flatMap((phrase, at) => (trials[at] === undefined ? [] : [{ phrase, trial: trials[at] }])).sort((a, b) => b.trial.margin - a.trial.margin);
    if (best === undefined) continue;
    const used = await withKin(best.phrase, runnable, signal);
    const rivals: Phrase[] = [];
    for (const { phrase } of others) {
      if (rivals.length >= RIVALS || phrase.some((token) => used.has(token))) continue;
      rivals.push(phrase);
      for (const token of phrase) used.add(token);
    }
    found.push({ ...best, rivals });
  }
  return found;
}

/** On texts that chose nothing, the easiest that the rivals turn no more than half of. */
export async function contrastUnexpected(runnable: RunnableTextClassifier, { phrase, rivals }: Unexpected, ladder: readonly (readonly Text[])[], target: number | undefined, signal: CancelSignal): Promise<Contrast> {
  const proof = await enough(runnable, phrase, await rung(runnable, rivals, ladder, target, signal), target, signal);
  const [trial, ...trials] = await tryPhrases(runnable, [phrase, ...rivals], proof, target, signal);
  const measured = sorted(rivals, trials);
  return assemble('unexpected', phrase, trial ?? NOTHING, measured, [measured]);
}
