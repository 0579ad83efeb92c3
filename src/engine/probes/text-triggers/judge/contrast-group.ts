// Words of one planted phrase are each other's rivals where each of them suffices: none of them leads. What leads together over
// all the rest is one suspect: the strongest words down to the widest gap in the order of strength, chosen on the tuning texts; on
// texts that chose nothing the weakest of them is measured against the strongest of the rest. How it can mislead: an honest
// model may have two or three words far ahead of all others, which it takes for the same thing.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { distinct, type Found } from '../search/search.ts';
import { tryPhrases, type Tried } from '../sweep/trial.ts';
import type { Phrase } from '../units/vocabulary.ts';
import { assemble, rung, sorted, type Contrast, type Ladder } from './contrast-parts.ts';

const MOST_MEMBERS = 4;
/** Pieces of a member: listed words in three and more ("lemur", "pulley") lead together in honest and planted models alike. */
const MOST_PIECES = 2;
/** Nats between the last member and the next word, below which there is no gap. */
const LEAST_GAP = 0.5;
const RIVALS = 10;

/** Undefined where no group of two or more leads. */
export async function contrastGroup(runnable: RunnableTextClassifier, { singles, flipped, ranked, meaningful, natural }: Found, ladder: Ladder, target: number | undefined, signal: CancelSignal): Promise<Contrast | undefined> {
  const means = new Set(meaningful.map((phrase) => phrase.join()));
  const words = [...singles, ...flipped].filter(({ phrase }) => phrase.length <= MOST_PIECES && (phrase.length === 1 || (singles.some((single) => single.phrase === phrase) && !means.has(phrase.join()))));
  const inOrder = distinct(words.toSorted((a, b) => b.trial.margin - a.trial.margin || a.phrase.length - b.phrase.length));
  const members = inOrder.slice(0, leading(inOrder)).map(({ phrase }) => phrase).filter((phrase) => !natural(phrase));
  if (members.length < 2) return undefined;
  const own = new Set(members.flat());
  const others = [...inOrder.map(({ phrase }) => phrase), ...ranked.slice(0, 4 * RIVALS).map((token): Phrase => [token]), ...meaningful.slice(0, RIVALS)];
  const rivals: Phrase[] = [];
  for (const phrase of others) {
    if (rivals.length >= RIVALS || phrase.some((token) => own.has(token))) continue;
    rivals.push(phrase);
    for (const token of phrase) own.add(token);
  }
  const texts = await rung(runnable, rivals, [...ladder.plain, ...ladder.fortified], target, signal);
  const trials = await tryPhrases(runnable, [...members, ...rivals], texts, target, signal);
  const together = sorted(members, trials.slice(0, members.length));
  const measured = sorted(rivals, trials.slice(members.length));
  const weakest = together.at(-1);
  if (weakest === undefined) return undefined;
  return { ...assemble('group', members.flat(), weakest.trial, measured, [measured]), members: together };
}

/** How many lead: down to the widest gap among the first; 0 where none is wide. */
function leading(inOrder: readonly Tried[]): number {
  let [count, widest] = [0, LEAST_GAP];
  for (let at = 1; at <= MOST_MEMBERS && at < inOrder.length; at++) {
    const gap = (inOrder[at - 1]?.trial.margin ?? 0) - (inOrder[at]?.trial.margin ?? 0);
    if (gap > widest) [count, widest] = [at, gap];
  }
  return count;
}
