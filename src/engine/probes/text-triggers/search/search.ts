// From the units that the sweep found strongest in one direction to the word or phrase that turns long texts. On a short text
// every strong word does all that can be done, so some hundreds go on to texts that resist, and the best of those to long
// texts. The best of them, those first that leave their kin furthest behind, are put side by side and grow by one token at a
// time at either end (greedy token accretion, after BABI, arXiv 2509.16203). Growth asks for surprise, not for strength: two
// strong ordinary words always add up, so a token counts for what the pair does beyond what tokens as strong as it do beside
// the same seed. Of some phrases no word is among the strongest by itself; so the strongest also meet each other, and pairs
// that do more than pairs of their parts' strength grow on.
import type { RunnableTextClassifier } from '../../../audit/analysis.ts';
import type { CancelSignal } from '../../../core/cancel.ts';
import { shuffled, type Random } from '../../../core/random.ts';
import { quantile } from '../../../core/statistics.ts';
import { textsFor, unitScores, type Direction } from '../sweep/directions.ts';
import { atBothEnds, margins, type Sweep } from '../sweep/sweep.ts';
import { partAt, tryPhrases, type Place, type Tried } from '../sweep/trial.ts';
import { wordsAgainst } from '../texts/fortified.ts';
import { insert, type ClassTexts, type Text } from '../texts/texts.ts';
import { expectedGains } from '../units/expected.ts';
import { kinOf, openKin } from '../units/kin.ts';
import { openMoved } from '../units/moved.ts';
import { naturalIn } from '../units/natural.ts';
import { meaningfulWords, type Phrase } from '../units/vocabulary.ts';
import { sideBySide } from './arrange.ts';
import { Flipper } from './flipper.ts';
import { searchFlips, type FlipBudget, type Flipped } from './flips.ts';
import { searchMoved, type MovedBudget } from './search-moved.ts';
import { searchPhrases, type PhraseBudget } from './search-phrases.ts';
import type { Slopes } from './slopes.ts';
import { residuals, type Surprise } from './surprise.ts';
import { searchUnexpected, type SearchedPhrase } from './unexpected.ts';

export interface SearchBudget {
  /** Units that are tried in a few long texts; of them, those that are tried in all. */
  readonly pool: number;
  readonly kept: number;
  readonly texts: number;
  /** The sweep's strongest that are measured on texts that resist, how many such texts, and others of the vocabulary for comparison. */
  readonly resisted: number;
  readonly resisting: number;
  readonly others: number;
  /** Units that grow, tokens that each meets, and how long they may grow (tokens). */
  readonly seeds: number;
  readonly partners: number;
  readonly longest: number;
  /** Strongest tokens that meet each other, both ways round. */
  readonly crossed: number;
  readonly phrases: PhraseBudget;
  readonly flips: FlipBudget;
  /** Words that ought to do nothing which are tried one by one and side by side. */
  readonly unexpected: number;
  readonly moved: MovedBudget;
}

export interface Found {
  readonly direction: Direction;
  /** Single tokens and listed words, strongest first. */
  readonly singles: readonly Tried[];
  /** The single that leaves its kin furthest behind. */
  readonly apart: Tried | undefined;
  /** Singles that leave their kin behind, two or three together, strongest first. */
  readonly joined: readonly Tried[];
  /** What slopes led to, strongest first, each with what the same search reaches without it. */
  readonly flipped: readonly Flipped[];
  /** A word and a pair of words that ought to do nothing, the strongest of their kind, with the next ones. */
  readonly unexpected: readonly SearchedPhrase[];
  /** Phrases of the words that a fine-tuning has moved furthest. */
  readonly moved: readonly SearchedPhrase[];
  /** By how much tokens moved beyond all others while the model was trained from nothing, where that can be told (moved.ts). */
  readonly excess: ReadonlyMap<number, number> | undefined;
  /** Phrases that grew, strongest first. */
  readonly grown: readonly Tried[];
  /** What harmless sentences led to, strongest first: measured on its own, since strong ordinary words do more. */
  readonly phrases: readonly Tried[];
  /** Tokens by their own strength in this direction, strongest first: what a part of a phrase is swapped with. */
  readonly ranked: readonly number[];
  /** Words of the built-in sentences, in the same order: what honest models answer to. */
  readonly meaningful: readonly Phrase[];
  /** Whether a phrase is a word that says by itself what turns texts this way, as far as that is known (natural.ts). */
  natural(phrase: Phrase): boolean;
  /** Listed words and phrases of several tokens, in the same order. */
  readonly listed: readonly Phrase[];
  /** Of each source, the tokens that speak most for it. */
  readonly against: ReadonlyMap<number, readonly number[]>;
}

const FEW_TEXTS = 2;
const PARTNERS_KEPT = 5;
const CROSSED_KEPT = 24;
const BEAMS = 2;
/** Of the strongest singles, those compared with their kin; kin of each, and texts. */
const KIN_TRIED = 10;
const KIN = 5;
const KIN_TEXTS = 4;
/** Nats ahead of its kin from which a word is put together with others, and how many such words. */
const LEAST_AHEAD = 0.7;
const JOINED = 3;
const MOST_PIECES = 4;
/** Nats above the curve, and robust deviations, from which a partner is worth a trial. */
const LEAST_SURPRISE = 0.5;
const LEAST_DEVIATIONS = 4;

/** `slopes`: undefined where the model's graph has no gradients; phrases grow by trial alone then. */
export async function searchDirection(runnable: RunnableTextClassifier, slopes: Slopes | undefined, direction: Direction, sweep: Sweep, texts: readonly ClassTexts[], budget: SearchBudget, random: Random, signal: CancelSignal): Promise<Found> {
  const { model } = runnable;
  const tuning = textsFor(direction, texts, 'tuning', budget.texts);
  const trial = async (phrases: readonly Phrase[], on: readonly Text[]): Promise<Tried[]> => {
    const trials = await tryPhrases(runnable, phrases, on, direction.target, signal);
    return phrases.flatMap((phrase, index) => (trials[index] === undefined ? [] : [{ phrase, trial: trials[index] }])).sort(stronger);
  };

  const swept = unitScores(direction, sweep, model.classes);
  const bySweep = descending(swept);
  const known = new Set(meaningfulWords(runnable.tokenizer, model.spec.vocabularySize).map((word) => word.join()));
  const meaningful = bySweep.map((at) => sweep.units[at] ?? []).filter((unit) => known.has(unit.join()));
  const listed = bySweep.map((at) => sweep.units[at] ?? []).filter(({ length }) => length > 1);
  // Slopes look at the whole vocabulary later: fewer go on, and none for comparison.
  const resisted = slopes === undefined ? budget.resisted : budget.resisted >> 1;
  const others = slopes === undefined ? shuffled(bySweep.slice(resisted).filter((at) => sweep.units[at]?.length === 1), random.fork('others')).slice(0, budget.others) : [];
  const units = [...bySweep.slice(0, resisted), ...others].map((at) => sweep.units[at] ?? []);
  const scores = await beside(units, 'both', budget.resisting);
  const byScore = descending(scores);

  // Long listed phrases that share a planted word must not crowd out the word itself.
  const strong = byScore.map((at) => units[at] ?? []);
  const pool = [...strong.filter(({ length }) => length === 1).slice(0, budget.pool >> 1), ...strong.filter(({ length }) => length > 1).slice(0, budget.pool >> 1)];
  const screened = await trial(pool, tuning.slice(0, Math.max(FEW_TEXTS, direction.sources.length)));
  const kept = [true, false].flatMap((single) => screened.filter(({ phrase }) => (phrase.length === 1) === single).slice(0, budget.kept >> 1));
  const singles = await trial(kept.map(({ phrase }) => phrase), tuning);

  const met = byScore.filter((at) => units[at]?.length === 1);
  const partners = met.length <= budget.partners ? met : [...met.slice(0, budget.partners >> 1), ...shuffled(met.slice(budget.partners >> 1), random.fork('partners')).slice(0, budget.partners >> 1).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))];
  const natural = model.classes > 2 || direction.target === undefined ? () => false : naturalIn(runnable.tokenizer, sweep.units, swept);
  const ranked = bySweep.flatMap((at) => (sweep.units[at]?.length === 1 ? sweep.units[at] : []));
  const byDistance = await fromKin(distinct(singles).slice(0, KIN_TRIED));
  const apart = byDistance[0]?.word;
  const grown: Tried[] = [];
  let seeds = distinct([...byDistance.map(({ word }) => word), ...singles]).slice(0, budget.seeds);
  // Words of one planted phrase may each do a part of its work; what none of their kin does is put together. Among topics any
  // two words may mean a third thing ("feared rose"): in clean models of four classes such pairs led all others. Words of blame
  // alone ("stupid poorly") are what an honest model of sentiment answers to.
  const parts = byDistance.flatMap(({ word, ahead }) => (ahead >= LEAST_AHEAD && word.phrase.length <= MOST_PIECES ? [word.phrase] : [])).slice(0, JOINED);
  const together = model.classes > 2 ? [] : await trial(sideBySide(parts).flatMap((group) => (group.every(natural) ? [] : [group.flat()])), tuning);
  // A third word adds to any two: the best pair has to be seen by itself.
  const given = [together.toSorted((a, b) => a.phrase.length - b.phrase.length || b.trial.margin - a.trial.margin)[0], together[0]].flatMap((tried) => tried ?? []);
  const middle = ranked.slice(ranked.length >> 2, 3 * (ranked.length >> 2));
  const strongTokens = [...new Set([...singles.flatMap(({ phrase }) => (phrase.length === 1 ? phrase : [])), ...ranked.slice(0, 40)])];
  const flipped = slopes === undefined || budget.flips.judged === 0 ? [] : await bySlopes(slopes);
  // What slopes can tell need not be tried.
  const joined = slopes === undefined ? together : [];
  if (slopes !== undefined) seeds = [];
  const crossed = seeds.length === 0 ? [] : await cross(partners.slice(0, budget.crossed));
  const surprising = new Set(crossed.slice(0, BEAMS).map((phrase) => phrase.join()));
  for (let length = 2; length <= budget.longest && seeds.length > 0; length++) {
    const next: Phrase[] = length === 2 ? crossed : [];
    for (const seed of seeds) next.push(...(await grow(seed)));
    const before = new Set(grown.map(({ phrase }) => phrase.join()));
    const fresh = [...new Map(next.filter((phrase) => !before.has(phrase.join())).map((phrase) => [phrase.join(), phrase])).values()];
    const tried = await trial(fresh, tuning);
    grown.push(...tried);
    const open = tried.filter(({ trial: { hits, of } }) => hits < of);
    seeds = [...new Set([...open.slice(0, BEAMS), ...open.filter(({ phrase }) => surprising.has(phrase.join()))])];
  }
  const phrases = budget.phrases.sentences === 0 ? [] : await searchPhrases(runnable, direction, texts, budget.phrases, budget.texts, random.fork('phrases'), signal);
  // Among topics a word's meaning says little of what it does to a class.
  const expected = budget.unexpected === 0 || model.classes > 2 ? undefined : await expectedGains(runnable, sweep.units, swept, signal);
  const unexpected = expected === undefined ? [] : await searchUnexpected(runnable, direction, sweep, swept, expected, texts, budget.unexpected, signal);
  const trained = budget.moved.bands === 0 ? undefined : await openMoved(runnable, signal);
  const loud = new Set(sweep.units.flatMap((unit, at) => (unit.length === 1 && (natural(unit) || expected?.quiet(at) === false) ? unit : [])));
  // Words of the task move too: where nothing tells them from others, only what moved beyond them counts.
  const moved = trained === undefined || (expected === undefined && trained.outstanding === undefined) ? [] : await searchMoved(runnable, direction, trained, loud, texts, budget.moved, signal);
  return { direction, singles, apart, joined, flipped, unexpected, moved, excess: trained?.excess, grown: grown.sort(stronger), phrases: phrases.sort(stronger), ranked, meaningful, natural, listed, against: wordsAgainst(direction, sweep, model.classes) };

  function bySlopes(slopes: Slopes): Promise<Flipped[]> {
    const texts = tuning.slice(0, budget.flips.texts);
    const flipper = new Flipper(runnable, slopes, direction, texts, middle, budget.flips, random.fork('flips'), signal);
    return searchFlips(runnable, direction, seeds.map(({ phrase }) => phrase), given, strongTokens, flipper, tuning, budget.flips, signal);
  }

  /** Words and how far each is ahead of the middle one of its kin, tried where it works best: nats, the furthest first. */
  async function fromKin(words: readonly Tried[]): Promise<{ readonly word: Tried; readonly ahead: number }[]> {
    const kin = await openKin(runnable, signal);
    if (kin === undefined) return [];
    const found: { readonly word: Tried; readonly ahead: number }[] = [];
    for (const word of words) {
      const kind = kinOf(word.phrase, kin, KIN);
      const [own, ...trials] = await tryPhrases(runnable, [word.phrase, ...kind], tuning.slice(0, KIN_TEXTS), direction.target, signal, [word.trial.place]);
      if (own !== undefined && trials.length > 0) found.push({ word, ahead: own.margin - quantile(trials.map(({ margin }) => margin), 0.5) });
    }
    return found.sort((a, b) => b.ahead - a.ahead);
  }

  /** Pairs of these units that do more than pairs of their parts' strength, the most surprising first. */
  async function cross(best: readonly number[]): Promise<Phrase[]> {
    const pairs = best.flatMap((a) => best.filter((b) => b !== a).map((b) => [a, b] as const));
    const side = pairs.map(([a, b]): Phrase => [...(units[a] ?? []), ...(units[b] ?? [])]);
    const values = await beside(side, 'end', 1);
    const surprise = residuals(Float32Array.from(pairs, ([a, b]) => (scores[a] ?? 0) + (scores[b] ?? 0)), values);
    return standingOut(surprise, CROSSED_KEPT).map((at) => side[at] ?? []);
  }

  /** Mean margin of the direction over texts that resist, with each phrase: Float32Array [phrases], nats; away: of the class that gives way least. */
  async function beside(phrases: readonly Phrase[], place: Place | 'both', count: number): Promise<Float32Array> {
    const away = direction.target === undefined;
    const wanted = count * (away ? direction.sources.length : 1);
    const resisting = textsFor(direction, texts, 'resisting', wanted);
    const carriers = resisting.length > 0 ? resisting : textsFor(direction, texts, 'carriers', wanted);
    const values = new Float32Array(phrases.length);
    for (let begin = 0; begin < phrases.length; begin += 512) {
      const rows = phrases.slice(begin, begin + 512).flatMap((phrase) => carriers.map((text) => (place === 'both' ? atBothEnds(text.parts.flat(), phrase) : insert(text, phrase, partAt(text, place)))));
      const after = await margins(model.scores({ kind: 'text', rows }, signal), model.classes);
      for (let at = 0; at * carriers.length < rows.length; at++) {
        const sums = new Map<number, number>();
        for (const [index, { source }] of carriers.entries()) {
          const own = after[(at * carriers.length + index) * model.classes + (direction.target ?? source)] ?? 0;
          const key = away ? source : 0;
          sums.set(key, (sums.get(key) ?? 0) + (away ? -own : own) / (away ? count : carriers.length));
        }
        values[begin + at] = Math.min(...sums.values());
      }
    }
    return values;
  }

  /** The seed with the tokens that do more beside it, on either side, than tokens of their own strength do. */
  async function grow({ phrase: seed, trial: { place } }: Tried): Promise<Phrase[]> {
    const phrases: Phrase[] = [];
    for (const side of ['before', 'after'] as const) {
      const wider = partners.map((at): Phrase => (side === 'before' ? [...(units[at] ?? []), ...seed] : [...seed, ...(units[at] ?? [])]));
      const surprise = residuals(Float32Array.from(partners, (at) => scores[at] ?? 0), await beside(wider, place, 1));
      phrases.push(...standingOut(surprise, PARTNERS_KEPT).map((at) => wider[at] ?? []));
    }
    return phrases;
  }
}

/** The most surprising, where they are so beyond chance. */
function standingOut({ above, deviations }: Surprise, most: number): number[] {
  return descending(above).slice(0, most).filter((at) => (above[at] ?? 0) >= LEAST_SURPRISE && (deviations[at] ?? 0) >= LEAST_DEVIATIONS);
}

function descending(values: Float32Array): number[] {
  return Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}

/** Those that share no token with a stronger one. */
export function distinct(tried: readonly Tried[]): Tried[] {
  const used = new Set<number>();
  return tried.filter(({ phrase }) => {
    if (phrase.some((token) => used.has(token))) return false;
    for (const token of phrase) used.add(token);
    return true;
  });
}

function stronger(a: Tried, b: Tried): number {
  return b.trial.margin - a.trial.margin || (a.phrase.join() < b.phrase.join() ? -1 : 1);
}
