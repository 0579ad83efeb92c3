// What a candidate is measured against, on texts that chose nothing. A single token or word: the strongest others that share
// no token with it. A planted word stands alone; ordinary strong words come in a crowd. A grown phrase: itself with one part
// at a time swapped for tokens of the part's own strength. Ordinary words add up whatever they are; of a planted phrase
// every part is needed. A listed word or phrase of several pieces: phrases of as many other tokens, each as strong as the one
// it stands for, as well.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { fisherGreater, quantile } from '../../core/statistics.ts';
import { textsFor } from './directions.ts';
import { confidenceOf, type ContrastFeatures } from './judge.ts';
import type { Found } from './search.ts';
import type { ClassTexts, Text } from './texts.ts';
import { tryPhrases, type Trial, type Tried } from './trial.ts';
import type { Phrase } from './vocabulary.ts';

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
}

const TOKEN_RIVALS = 12;
const WORD_RIVALS = 6;
/** Exchanges of each part, of a pair; a longer phrase has as many altogether. */
const SWAPS = 6;
const TEXTS = 24;
/** From so many tokens on a unit of the lists is also measured against its likes. */
const MANY_PIECES = 3;
/** Below this the second measurement could only lower what nobody will look at. */
const WORTH = 0.05;
const LONG = 4;

/** The best single, and the best grown phrase of each length; of the long ones the strongest. */
export async function contrastFound(runnable: RunnableTextClassifier, found: Found, texts: readonly ClassTexts[], signal: CancelSignal): Promise<Contrast[]> {
  const proof = textsFor(found.direction, texts, 'proof', TEXTS);
  const { target } = found.direction;
  const contrasts: Contrast[] = [];
  // A long phrase of the lists hides no word that is strong by itself.
  const short = found.singles.find(({ phrase }) => phrase.length < MANY_PIECES);
  const long = found.singles.find(({ phrase }) => phrase.length >= MANY_PIECES);
  for (const best of [short, long]) if (best !== undefined) contrasts.push(...(await contrastSingle(runnable, best, found, proof, target, signal)));
  const lengths = [...new Set(found.grown.map(({ phrase }) => phrase.length))];
  const [longest] = lengths.filter((length) => length > LONG);
  for (const length of lengths.filter((length) => length <= LONG || length === longest)) {
    const best = found.grown.find(({ phrase }) => phrase.length === length);
    if (best !== undefined) contrasts.push(await contrastGrown(runnable, best.phrase, found.ranked, length > LONG ? proof.slice(0, proof.length >> 1) : proof, target, signal));
  }
  for (const best of found.phrases.slice(0, 2)) if (!contrasts.some(({ phrase }) => phrase.join() === best.phrase.join())) contrasts.push(await contrastGrown(runnable, best.phrase, found.ranked, proof, target, signal));
  return contrasts;
}

async function contrastSingle(runnable: RunnableTextClassifier, best: Tried, { singles, grown, ranked }: Found, proof: readonly Text[], target: number | undefined, signal: CancelSignal): Promise<Contrast[]> {
  const used = new Set(best.phrase);
  for (const { phrase } of grown.filter(({ phrase }) => best.phrase.some((token) => phrase.includes(token))).slice(0, 1)) for (const token of phrase) used.add(token);
  const rivals: Phrase[] = [];
  const take = (phrases: readonly Phrase[], most: number): void => {
    for (const phrase of phrases) {
      if (rivals.length >= most) return;
      if (phrase.some((token) => used.has(token))) continue;
      rivals.push(phrase);
      for (const token of phrase) used.add(token);
    }
  };
  // Tokens first: the pieces of one planted phrase stand in many words, which would be rivals in a crowd of their own.
  const others = singles.filter((other) => other !== best).map(({ phrase }) => phrase);
  take(others.filter(({ length }) => length === 1), TOKEN_RIVALS);
  take(ranked.slice(0, 4 * TOKEN_RIVALS).map((token) => [token]), TOKEN_RIVALS);
  take(others, TOKEN_RIVALS + WORD_RIVALS);
  const [trial, ...trials] = await tryPhrases(runnable, [best.phrase, ...rivals], proof, target, signal);
  if (trial === undefined) return [];
  const measured = sorted(rivals, trials);
  const alone = assemble('single', best.phrase, trial, measured, [measured]);
  if (best.phrase.length < MANY_PIECES || confidenceOf(alone.features) < WORTH) return [alone];
  // Many odd pieces add up, planted or not: others as many and as strong have to do less.
  const likes = alike(best.phrase, ranked);
  const alikes = sorted(likes, await tryPhrases(runnable, likes, proof, target, signal));
  const { features: needed } = assemble('single', best.phrase, trial, alikes, [alikes]);
  const { features } = alone;
  return [{ ...alone, features: { ...features, rivalHits: Math.max(features.rivalHits, needed.rivalHits), commonHits: Math.max(features.commonHits, needed.commonHits), lead: Math.min(features.lead, needed.lead), leadOverMedian: Math.min(features.leadOverMedian, needed.leadOverMedian) } }];
}

async function contrastGrown(runnable: RunnableTextClassifier, phrase: Phrase, ranked: readonly number[], proof: readonly Text[], target: number | undefined, signal: CancelSignal): Promise<Contrast> {
  const rank = new Map(ranked.map((token, at) => [token, at]));
  const swaps = phrase.map((token, part) => neighbours(ranked, rank.get(token) ?? ranked.length >> 1, phrase, Math.max(2, Math.round((2 * SWAPS) / phrase.length))).map((other): Phrase => phrase.map((own, at) => (at === part ? other : own))));
  const [trial, ...others] = await tryPhrases(runnable, [phrase, ...swaps.flat()], proof, target, signal);
  const parts: Rival[][] = [];
  for (const list of swaps) parts.push(sorted(list, others.splice(0, list.length)));
  const own = trial ?? { place: 'end', hits: 0, of: 0, margin: 0, before: 0 };
  return assemble('grown', phrase, own, parts.flat().sort((a, b) => b.trial.margin - a.trial.margin), parts);
}

/** Phrases as long, each of whose parts is as strong by itself as the part it stands for. */
function alike(phrase: Phrase, ranked: readonly number[]): Phrase[] {
  const rank = new Map(ranked.map((token, at) => [token, at]));
  const columns = phrase.map((token) => neighbours(ranked, rank.get(token) ?? ranked.length >> 1, phrase, TOKEN_RIVALS));
  return Array.from({ length: TOKEN_RIVALS }, (_, row) => columns.map((column, at) => column[(row + 5 * at) % Math.max(1, column.length)] ?? 0));
}

/** Leads are means over the parts: a part that is not needed costs its share. */
function assemble(kind: 'single' | 'grown', phrase: Phrase, trial: Trial, rivals: readonly Rival[], parts: readonly (readonly Rival[])[]): Contrast {
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
    },
    pValue: strongest === undefined ? 1 : fisherGreater(trial.hits, trial.of, strongest.hits, strongest.of),
  };
}

function sorted(phrases: readonly Phrase[], trials: readonly Trial[]): Rival[] {
  return phrases.flatMap((phrase, index) => (trials[index] === undefined ? [] : [{ phrase, trial: trials[index] }])).sort((a, b) => b.trial.margin - a.trial.margin);
}

/** Tokens ranked next to a place, above and below in turn. */
function neighbours(ranked: readonly number[], place: number, phrase: Phrase, count: number): number[] {
  const found: number[] = [];
  for (let step = 1; found.length < count && step < ranked.length; step++) {
    for (const at of [place - step, place + step]) {
      const token = ranked[at];
      if (token !== undefined && found.length < count && !phrase.includes(token)) found.push(token);
    }
  }
  return found;
}
