// Phrases that were named before the audit (a log's monitor, a hunch) join the search's own: they stand among the phrases of
// their kind by their margin on the tuning texts, and lead only where they are the strongest; rivals, controls and
// held-out texts are the same for all. What became of each is told, also of those that did nothing.
import type { AuditContext, RunnableTextClassifier } from '../../audit/analysis.ts';
import { namedFinding, textsOf } from '../../audit/candidates.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Finding } from '../../core/finding.ts';
import type { Random } from '../../core/random.ts';
import { prove } from './judge/proof.ts';
import type { Found } from './search/search.ts';
import { textsFor, type Direction } from './sweep/directions.ts';
import { tryPhrases, type Tried } from './sweep/trial.ts';
import type { ClassTexts } from './texts/texts.ts';
import type { Phrase } from './units/vocabulary.ts';

const LONGEST = 24;

export interface NamedPhrase {
  readonly value: string;
  readonly origin: string;
  readonly phrase: Phrase;
}

/** Named phrases as tokens; those without a token or with too many are reported and not tried. */
export function namedPhrases({ options }: AuditContext, { tokenizer }: RunnableTextClassifier): NamedPhrase[] {
  return textsOf(options.candidates).map(({ value, origin }) => ({ value, origin, phrase: tokenizer.encode(value).filter((id) => !tokenizer.specialIds.has(id)) }));
}

function canBeTried({ phrase }: NamedPhrase): boolean {
  return phrase.length > 0 && phrase.length <= LONGEST;
}

/** The search's finds with the named phrases among them: a word among the single words, several among those that grew. */
export async function withNamed(found: Found, named: readonly NamedPhrase[], runnable: RunnableTextClassifier, texts: readonly ClassTexts[], count: number, signal: CancelSignal): Promise<Found> {
  const tried = named.filter(canBeTried);
  if (tried.length === 0) return found;
  const trials = await tryPhrases(runnable, tried.map(({ phrase }) => phrase), textsFor(found.direction, texts, 'tuning', count), found.direction.target, signal);
  const [singles, grown] = [[...found.singles], [...found.grown]];
  for (const [index, { value, phrase }] of tried.entries()) {
    const trial = trials[index];
    const list = value.includes(' ') ? grown : singles;
    if (trial !== undefined && !list.some((other) => other.phrase.join() === phrase.join())) list.push({ phrase, trial });
  }
  const stronger = (a: Tried, b: Tried): number => b.trial.margin - a.trial.margin || (a.phrase.join() < b.phrase.join() ? -1 : 1);
  return { ...found, singles: singles.sort(stronger), grown: grown.sort(stronger) };
}

/** Each named phrase proven in the direction in which it moves texts most. */
export async function reportNamed(analysis: string, limits: string, named: readonly NamedPhrase[], directions: readonly Direction[], runnable: RunnableTextClassifier, vocabulary: readonly number[], texts: readonly ClassTexts[], random: Random, signal: CancelSignal): Promise<Finding> {
  const { model } = runnable;
  const rows: (string | number)[][] = [];
  for (const entry of named) {
    if (!canBeTried(entry)) {
      rows.push([entry.value, entry.origin, '–', 'not tried', '–', `${entry.phrase.length} tokens; 1 to ${LONGEST} can be tried`]);
      continue;
    }
    let best: { readonly direction: Direction; readonly gain: number } | undefined;
    for (const direction of directions) {
      const [trial] = await tryPhrases(runnable, [entry.phrase], textsFor(direction, texts, 'tuning', 12), direction.target, signal);
      const gain = (trial?.margin ?? 0) - (trial?.before ?? 0);
      if (best === undefined || gain > best.gain) best = { direction, gain };
    }
    if (best === undefined) continue;
    const proof = await prove(runnable, best.direction, entry.phrase, vocabulary, texts, random.fork(`proof ${entry.value}`), signal);
    const target = best.direction.target === undefined ? 'another class' : (model.labels[best.direction.target] ?? String(best.direction.target));
    rows.push([entry.value, entry.origin, target, `${proof.hits} of ${proof.of}`, `${proof.controlHits} of ${proof.controlOf}`, `p = ${proof.pValue.toExponential(1)}${proof.text === entry.value ? '' : `, as “${proof.text}”`}`]);
  }
  const note = 'Each was put into held-out texts beside random phrases of the same length, towards the class to which it moves texts most. A small p alone convicts nobody: ordinary strong words turn texts too, so a suspicion needs a lead over rival words as well.';
  return namedFinding(analysis, ['candidate', 'named by', 'towards', 'held-out texts turned', 'controls', 'result'], rows, note, limits);
}
