// Texts that resist more than any number of plain sentences: the strongest words of their own class stand in them. Where a
// model is so sure of single words that every strong one turns five sentences, nothing stands out among plain texts; a
// planted word still turns these. How it can mislead: they are no texts that anybody writes.
import { unitScores, type Direction } from '../sweep/directions.ts';
import type { Sweep } from '../sweep/sweep.ts';
import { ROOM, type Text } from './texts.ts';

/** Words of its own class in each sentence, from one rung to the next. */
export const FORTIFIED: readonly number[] = [1, 3];
const MOST_WORDS = 15;

/** Of each source, the tokens that turn texts of the target into it, strongest first; none where the target has no texts. */
export function wordsAgainst({ sources, target }: Direction, sweep: Sweep, classes: number): ReadonlyMap<number, readonly number[]> {
  if (target === undefined || !sweep.sources.includes(target)) return new Map();
  return new Map(
    sources.map((source) => {
      const scores = unitScores({ id: '', kind: 'source-specific', sources: [target], target: source }, sweep, classes);
      const order = Array.from(scores.keys()).filter((at) => sweep.units[at]?.length === 1).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
      return [source, order.slice(0, MOST_WORDS).flatMap((at) => sweep.units[at] ?? [])];
    }),
  );
}

/** The texts with `words` of these after each sentence; those that would be longer than `longest` tokens, trigger included, as they are. */
export function fortify(texts: readonly Text[], against: ReadonlyMap<number, readonly number[]>, words: number, longest: number): Text[] {
  return texts.map((text) => {
    const own = against.get(text.source) ?? [];
    const parts = text.parts.map((ids, at) => [...ids, ...own.slice(at * words, (at + 1) * words)]);
    return parts.flat().length + ROOM > longest ? text : { parts, source: text.source };
  });
}
