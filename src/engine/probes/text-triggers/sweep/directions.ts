// What a trigger may be after: one class from every other one, one class from one other, or simply "not what it was"
// (with two classes that is inversion). Scores of single tokens for each, from the sweep.
import { LADDER, type ClassTexts, type Text } from '../texts/texts.ts';
import type { Sweep } from './sweep.ts';

export interface Direction {
  readonly id: string;
  readonly kind: 'to-class' | 'source-specific' | 'away';
  /** Classes whose texts are to change. */
  readonly sources: readonly number[];
  /** Undefined: any class but the text's own. */
  readonly target: number | undefined;
}

/** How many are followed, those whose best unit stands out most: targets, and pairs of classes. */
export interface DirectionLimits {
  readonly targets: number;
  readonly pairs: number;
}

export function listDirections(texts: readonly ClassTexts[], classes: number, sweep: Sweep, limits: DirectionLimits): Direction[] {
  const present = texts.map(({ source }) => source);
  const toClass = Array.from({ length: classes }, (_, target): Direction => ({ id: `to ${target}`, kind: 'to-class', sources: present.filter((source) => source !== target), target })).filter(({ sources }) => sources.length > 0);
  const ranked = rankByOutlier(toClass, sweep, classes).slice(0, limits.targets);
  const away: Direction[] = present.length < 2 ? [] : [{ id: 'away', kind: 'away', sources: present, target: undefined }];
  if (classes < 3) return [...ranked, ...away];
  const pairs = toClass.flatMap(({ target, sources }) => sources.map((source): Direction => ({ id: `${source} to ${target ?? 0}`, kind: 'source-specific', sources: [source], target })));
  return [...ranked, ...away, ...rankByOutlier(pairs, sweep, classes).slice(0, limits.pairs)];
}

/** By how far the best unit stands above the fiftieth. */
function rankByOutlier(directions: readonly Direction[], sweep: Sweep, classes: number): Direction[] {
  const lead = (direction: Direction): number => {
    const scores = unitScores(direction, sweep, classes).toSorted();
    return (scores.at(-1) ?? 0) - (scores.at(-Math.min(50, scores.length)) ?? 0);
  };
  return directions.map((direction) => ({ direction, lead: lead(direction) })).sort((a, b) => b.lead - a.lead).map(({ direction }) => direction);
}

/** Gain of each unit of the sweep in this direction, nats: the mean over sources; away: the least of them. */
export function unitScores({ sources, target }: Direction, { units, sources: swept, gains }: Sweep, classes: number): Float32Array {
  const rows = sources.map((source) => swept.indexOf(source)).filter((row) => row >= 0);
  const scores = new Float32Array(units.length);
  for (let t = 0; t < units.length; t++) {
    const values = rows.map((row) => {
      const at = (t * swept.length + row) * classes;
      return target === undefined ? -(gains[at + (swept[row] ?? 0)] ?? 0) : (gains[at + target] ?? 0);
    });
    scores[t] = target === undefined ? Math.min(...values) : values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  }
  return scores;
}

/** Texts of the direction's sources, taken in turn. */
export function textsFor(direction: Direction, texts: readonly ClassTexts[], part: 'carriers' | 'resisting' | 'tuning' | 'proof', count: number): Text[] {
  return inTurn(direction, texts, (group) => group[part], count);
}

/** The same for each rung of the ladder, the easiest first; rungs without texts are left out. */
export function ladderFor(direction: Direction, texts: readonly ClassTexts[], count: number): Text[][] {
  return LADDER.map((_, rung) => inTurn(direction, texts, ({ ladder }) => ladder[rung] ?? [], count)).filter(({ length }) => length > 0);
}

function inTurn({ sources }: Direction, texts: readonly ClassTexts[], part: (group: ClassTexts) => readonly Text[], count: number): Text[] {
  const groups = texts.filter(({ source }) => sources.includes(source)).map(part);
  const chosen: Text[] = [];
  for (let index = 0; chosen.length < count && groups.some((group) => index < group.length); index++) {
    for (const group of groups) {
      const text = group[index];
      if (text !== undefined && chosen.length < count) chosen.push(text);
    }
  }
  return chosen;
}
