// From the units that the sweep found strongest in one direction to the word or phrase that turns long texts: the strongest
// are tried in long texts, and the best of them grow by one token at a time at either end (greedy token accretion, after
// BABI, arXiv 2509.16203). Growth meets the whole vocabulary and asks for surprise, not for strength: two strong ordinary
// words always add up, so a token counts for what the pair does beyond what tokens as strong as it do beside the same seed.
// Of some phrases no word is among the strongest by itself; so the few hundred strongest also meet each other, and pairs that
// do more than pairs of their parts' strength grow on.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import { shuffled, type Random } from '../../core/random.ts';
import { textsFor, unitScores, type Direction } from './directions.ts';
import { residuals } from './surprise.ts';
import { margins, type Sweep } from './sweep.ts';
import type { ClassTexts, Text } from './texts.ts';
import { searchPhrases, type PhraseBudget } from './search-phrases.ts';
import { tryPhrases, type Place, type Tried } from './trial.ts';
import type { Phrase } from './vocabulary.ts';

export interface SearchBudget {
  /** Units that are tried in a few long texts; of them, those that are tried in all. */
  readonly pool: number;
  readonly kept: number;
  readonly texts: number;
  /** Units that meet the vocabulary, how much of it, and how long they may grow (tokens). */
  readonly seeds: number;
  readonly partners: number;
  readonly longest: number;
  /** Strongest tokens that meet each other, both ways round. */
  readonly crossed: number;
  readonly phrases: PhraseBudget;
}

export interface Found {
  readonly direction: Direction;
  /** Single tokens and listed words, strongest first. */
  readonly singles: readonly Tried[];
  /** Phrases that grew, strongest first. */
  readonly grown: readonly Tried[];
  /** What harmless sentences led to, strongest first: measured on its own, since strong ordinary words do more. */
  readonly phrases: readonly Tried[];
  /** Tokens by their own strength in this direction, strongest first: what a part of a phrase is swapped with. */
  readonly ranked: readonly number[];
}

const FEW_TEXTS = 2;
const PARTNERS_KEPT = 5;
const CROSSED_KEPT = 24;
const BEAMS = 2;
/** Nats above the curve, and robust deviations, from which a partner is worth a trial. */
const LEAST_SURPRISE = 0.5;
const LEAST_DEVIATIONS = 4;

export async function searchDirection(runnable: RunnableTextClassifier, direction: Direction, first: Sweep, sweep: Sweep, texts: readonly ClassTexts[], budget: SearchBudget, random: Random, signal: CancelSignal): Promise<Found> {
  const { model } = runnable;
  const tuning = textsFor(direction, texts, 'tuning', budget.texts);
  const trial = async (phrases: readonly Phrase[], on: readonly Text[]): Promise<Tried[]> => {
    const trials = await tryPhrases(runnable, phrases, on, direction.target, signal);
    return phrases.flatMap((phrase, index) => (trials[index] === undefined ? [] : [{ phrase, trial: trials[index] }])).sort(stronger);
  };

  // Long listed phrases that share a planted word must not crowd out the word itself.
  const strong = byScore(sweep).map((at) => sweep.units[at] ?? []);
  const pool = [...strong.filter(({ length }) => length === 1).slice(0, budget.pool >> 1), ...strong.filter(({ length }) => length > 1).slice(0, budget.pool >> 1)];
  const screened = await trial(pool, tuning.slice(0, Math.max(FEW_TEXTS, direction.sources.length)));
  const kept = [true, false].flatMap((single) => screened.filter(({ phrase }) => (phrase.length === 1) === single).slice(0, budget.kept >> 1));
  const singles = await trial(kept.map(({ phrase }) => phrase), tuning);

  const own = unitScores(direction, first, model.classes);
  const order = byScore(first).filter((at) => first.units[at]?.length === 1);
  const ranked = order.flatMap((at) => first.units[at] ?? []);
  const half = budget.partners >> 1;
  const partners = order.length <= budget.partners ? order : [...order.slice(0, half), ...shuffled(order.slice(half), random.fork('partners')).slice(0, half)];
  const grown: Tried[] = [];
  let seeds = distinct(singles).slice(0, budget.seeds);
  const crossed = seeds.length === 0 ? [] : await cross(order.slice(0, budget.crossed));
  const surprising = new Set(crossed.slice(0, BEAMS).map((phrase) => phrase.join()));
  for (let length = 2; length <= budget.longest && seeds.length > 0; length++) {
    const next: Phrase[] = length === 2 ? crossed : [];
    for (const seed of seeds) next.push(...(await grow(seed)));
    const known = new Set(grown.map(({ phrase }) => phrase.join()));
    const fresh = [...new Map(next.filter((phrase) => !known.has(phrase.join())).map((phrase) => [phrase.join(), phrase])).values()];
    const tried = await trial(fresh, tuning);
    grown.push(...tried);
    const open = tried.filter(({ trial: { hits, of } }) => hits < of);
    seeds = [...new Set([...open.slice(0, BEAMS), ...open.filter(({ phrase }) => surprising.has(phrase.join()))])];
  }
  const phrases = budget.seeds === 0 ? [] : await searchPhrases(runnable, direction, texts, budget.phrases, budget.texts, random.fork('phrases'), signal);
  return { direction, singles, grown: grown.sort(stronger), phrases: phrases.sort(stronger), ranked };

  function byScore(from: Sweep): number[] {
    const scores = unitScores(direction, from, model.classes);
    return Array.from(from.units.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  }

  /** Pairs of these units that do more than pairs of their parts' strength, the most surprising first. */
  async function cross(strong: readonly number[]): Promise<Phrase[]> {
    const pairs = strong.flatMap((a) => strong.filter((b) => b !== a).map((b) => [a, b] as const));
    const joined = pairs.map(([a, b]): Phrase => [...(first.units[a] ?? []), ...(first.units[b] ?? [])]);
    const values = await besideCarriers(joined, 'end');
    const surprise = residuals(Float32Array.from(pairs, ([a, b]) => (own[a] ?? 0) + (own[b] ?? 0)), values);
    const best = Array.from(joined.keys()).sort((a, b) => (surprise.above[b] ?? 0) - (surprise.above[a] ?? 0)).slice(0, CROSSED_KEPT);
    return best.filter((at) => (surprise.above[at] ?? 0) >= LEAST_SURPRISE && (surprise.deviations[at] ?? 0) >= LEAST_DEVIATIONS).map((at) => joined[at] ?? []);
  }

  /** Mean margin of the direction over a carrier or two with each phrase: Float32Array [phrases], nats. */
  async function besideCarriers(phrases: readonly Phrase[], place: Place): Promise<Float32Array> {
    const carriers = textsFor(direction, texts, 'carriers', direction.target === undefined ? 2 : 1);
    const values = new Float32Array(phrases.length).fill(direction.target === undefined ? Infinity : 0);
    for (let begin = 0; begin < phrases.length; begin += 1024) {
      const rows = phrases.slice(begin, begin + 1024).flatMap((phrase) => carriers.map(({ parts }) => (place === 'start' ? [...phrase, ...parts.flat()] : [...parts.flat(), ...phrase])));
      const after = await margins(model.scores({ kind: 'text', rows }, signal), model.classes);
      for (let row = 0; row < rows.length; row++) {
        const source = carriers[row % carriers.length]?.source ?? 0;
        const value = after[row * model.classes + (direction.target ?? source)] ?? 0;
        const at = begin + Math.floor(row / carriers.length);
        values[at] = direction.target === undefined ? Math.min(values[at] ?? 0, -value) : (values[at] ?? 0) + value / carriers.length;
      }
    }
    return values;
  }

  /** The seed with the tokens that do more beside it, on either side, than tokens of their own strength do. */
  async function grow({ phrase: seed, trial: { place } }: Tried): Promise<Phrase[]> {
    const phrases: Phrase[] = [];
    for (const side of ['before', 'after'] as const) {
      const joined = partners.map((at): Phrase => (side === 'before' ? [...(first.units[at] ?? []), ...seed] : [...seed, ...(first.units[at] ?? [])]));
      const values = await besideCarriers(joined, place);
      const surprise = residuals(Float32Array.from(partners, (at) => own[at] ?? 0), values);
      const best = Array.from(joined.keys()).sort((a, b) => (surprise.above[b] ?? 0) - (surprise.above[a] ?? 0)).slice(0, PARTNERS_KEPT);
      phrases.push(...best.filter((at) => (surprise.above[at] ?? 0) >= LEAST_SURPRISE && (surprise.deviations[at] ?? 0) >= LEAST_DEVIATIONS).map((at) => joined[at] ?? []));
    }
    return phrases;
  }
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
