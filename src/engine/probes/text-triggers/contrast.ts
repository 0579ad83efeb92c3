// What a phrase is measured against: the strongest phrases of the same length, found by the same search, that share no token
// with it or with what it grew into. A planted phrase stands alone; ordinary strong words come in a crowd.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { fisherGreater, quantile } from '../../core/statistics.ts';
import { textsFor } from './directions.ts';
import type { ContrastFeatures } from './judge.ts';
import type { Found } from './search.ts';
import type { ClassTexts } from './texts.ts';
import { tryPhrases, type Phrase, type Trial } from './trial.ts';

export interface Contrast {
  readonly phrase: Phrase;
  readonly trial: Trial;
  /** Rival phrases on the same texts, strongest first. */
  readonly rivals: readonly { readonly phrase: Phrase; readonly trial: Trial }[];
  readonly features: ContrastFeatures;
  /** Fisher's exact test of the hits against the strongest rival's. */
  readonly pValue: number;
}

const RIVALS = 8;
const PROOF_TEXTS = 40;

/** One contrast for each length that was searched. */
export async function contrastLengths(runnable: RunnableTextClassifier, { direction, byLength }: Found, texts: readonly ClassTexts[], random: Random, signal: CancelSignal): Promise<Contrast[]> {
  const proof = textsFor(direction, texts, 'proof', PROOF_TEXTS);
  const contrasts: Contrast[] = [];
  for (let length = 1; length < byLength.length; length++) {
    const tried = byLength[length] ?? [];
    const [best] = tried;
    if (best === undefined) continue;
    const family = familyOf(best.phrase, byLength);
    const rivals: Phrase[] = [];
    const used = new Set(family);
    for (const { phrase } of tried) {
      if (rivals.length === RIVALS) break;
      if (phrase.some((token) => used.has(token))) continue;
      rivals.push(phrase);
      for (const token of phrase) used.add(token);
    }
    // Where the search found fewer, single strong tokens side by side make up rivals of the same length.
    const spare = (byLength[1] ?? []).map(({ phrase }) => phrase[0] ?? 0).filter((token) => !used.has(token));
    while (rivals.length < RIVALS && spare.length >= length) rivals.push(spare.splice(0, length));
    const [trial, ...others] = await tryPhrases(runnable, [best.phrase, ...rivals], proof, direction.target, random.fork('proof places'), signal);
    if (trial === undefined) continue;
    const measured = rivals.map((phrase, index) => ({ phrase, trial: others[index] ?? trial })).sort((a, b) => b.trial.margin - a.trial.margin);
    const margins = measured.map((rival) => rival.trial.margin);
    const strongest = measured[0]?.trial;
    contrasts.push({
      phrase: best.phrase,
      trial,
      rivals: measured,
      features: {
        length,
        hits: trial.hits / Math.max(1, trial.of),
        lead: trial.margin - (margins[0] ?? trial.before),
        leadOverMedian: trial.margin - (margins.length === 0 ? trial.before : quantile(margins, 0.5)),
        gain: trial.margin - trial.before,
      },
      pValue: strongest === undefined ? 1 : fisherGreater(trial.hits, trial.of, strongest.hits, strongest.of),
    });
  }
  return contrasts;
}

/** The phrase's tokens, and those of the strongest longer phrases that grew from it. */
function familyOf(phrase: Phrase, byLength: Found['byLength']): Set<number> {
  const family = new Set(phrase);
  for (const tried of byLength.slice(phrase.length + 1)) {
    const [heir] = tried.filter((candidate) => phrase.every((token) => candidate.phrase.includes(token)));
    for (const token of heir?.phrase ?? []) family.add(token);
  }
  return family;
}
