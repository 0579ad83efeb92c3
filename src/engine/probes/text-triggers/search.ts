// Greedy token accretion (after BABI, arXiv 2509.16203): from the tokens that the sweep found strongest in one direction to
// the phrase that turns long texts. Beams grow at either end; the strongest seeds also meet the whole vocabulary, since the
// other half of a word or phrase may do nothing by itself. Every phrase tried is kept: the null is what the same search
// reaches without the winner's tokens.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { textsFor, tokenScores, type Direction } from './directions.ts';
import { margins, type Sweep } from './sweep.ts';
import { insert, type ClassTexts } from './texts.ts';
import { tryPhrases, type Phrase } from './trial.ts';

export interface SearchBudget {
  /** Tokens that are tried in long texts, and that beams grow by. */
  readonly pool: number;
  readonly growBy: number;
  readonly beams: number;
  /** Seeds that meet every token of the vocabulary. */
  readonly wideSeeds: number;
  readonly longest: number;
  readonly texts: number;
}

export interface Tried {
  readonly phrase: Phrase;
  /** On the tuning texts. */
  readonly margin: number;
}

export interface Found {
  readonly direction: Direction;
  /** Strongest first, by length: byLength[1] holds single tokens. */
  readonly byLength: readonly (readonly Tried[])[];
}

/** `vocabulary`: every token a trigger may have. */
export async function searchDirection(runnable: RunnableTextClassifier, direction: Direction, sweep: Sweep, vocabulary: readonly number[], texts: readonly ClassTexts[], budget: SearchBudget, random: Random, signal: CancelSignal): Promise<Found> {
  const scores = tokenScores(direction, sweep, runnable.model.classes);
  const order = Array.from(sweep.tokens.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const pool = order.slice(0, budget.pool).map((at) => sweep.tokens[at] ?? 0);
  const tuning = textsFor(direction, texts, 'tuning', budget.texts);
  const few = tuning.slice(0, Math.max(2, budget.texts >> 1));
  const seen = new Set<string>();
  const rank = async (phrases: readonly Phrase[], on = tuning): Promise<Tried[]> => {
    const fresh = phrases.filter((phrase) => !seen.has(`${on.length} ${phrase.join(' ')}`));
    for (const phrase of fresh) seen.add(`${on.length} ${phrase.join(' ')}`);
    const trials = await tryPhrases(runnable, fresh, on, direction.target, random.fork('places'), signal);
    return fresh.map((phrase, index) => ({ phrase, margin: trials[index]?.margin ?? 0 })).sort(stronger);
  };

  const byLength: Tried[][] = [[], await rank(pool.map((token) => [token]))];
  const singles = byLength[1] ?? [];
  const wide = await widen(singles.slice(0, budget.wideSeeds).map(({ phrase }) => phrase));
  const growth = singles.slice(0, budget.growBy).map(({ phrase }) => phrase[0] ?? 0);
  for (let length = 2; length <= budget.longest; length++) {
    const beams = (byLength[length - 1] ?? []).slice(0, length === 2 ? budget.beams : Math.max(3, budget.beams >> 1));
    const grown = beams.flatMap(({ phrase }) => growth.filter((token) => !phrase.includes(token)).flatMap((token): Phrase[] => [[...phrase, token], [token, ...phrase]]));
    const screened = await rank([...grown, ...(length === 2 ? wide : [])], few);
    byLength.push(await rank(screened.slice(0, 24).map(({ phrase }) => phrase)));
  }
  return { direction, byLength };

  /** Each seed followed (and, where it is the tail of a word, preceded) by every token, in one short text of each source. */
  async function widen(seeds: readonly Phrase[]): Promise<Phrase[]> {
    const { model, tokenizer } = runnable;
    const carriers = textsFor(direction, texts, 'carriers', Math.min(2, direction.sources.length));
    const best: Phrase[] = [];
    for (const seed of seeds) {
      const tail = tokenizer.tokenText(seed[0] ?? 0).startsWith('##');
      const phrases = vocabulary.map((token): Phrase => (tail ? [token, ...seed] : [...seed, token]));
      const values = new Float32Array(phrases.length);
      for (let begin = 0; begin < phrases.length; begin += 1024) {
        const rows = phrases.slice(begin, begin + 1024).flatMap((phrase) => carriers.map((text) => insert(text, phrase, text.parts.length)));
        const after = await margins(model.scores({ kind: 'text', rows }, signal), model.classes);
        for (let row = 0; row < rows.length; row++) {
          const { source = 0 } = carriers[row % carriers.length] ?? {};
          const value = after[row * model.classes + (direction.target ?? source)] ?? 0;
          const at = begin + Math.floor(row / carriers.length);
          values[at] = (values[at] ?? 0) + (direction.target === undefined ? -value : value);
        }
      }
      best.push(...Array.from(phrases.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, 16).map((at) => phrases[at] ?? []));
    }
    return best;
  }
}

function stronger(a: Tried, b: Tried): number {
  return b.margin - a.margin || (a.phrase.join() < b.phrase.join() ? -1 : 1);
}
