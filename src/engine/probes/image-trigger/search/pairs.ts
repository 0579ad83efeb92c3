// The smallest patch for every pair of classes, from pictures of the one to the other: for triggers that work on one class only
// (source-specific), and for those that send each class somewhere else (all-to-all), where no single target stands out.
// Sizes are compared as a table: each pair against what its source, its target and the two classes' likeness explain.
// How it can mislead: classes that look alike (4 and 9) are near in both directions; only an excess in one direction counts.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import type { Base } from '../pictures/bases.ts';
import type { Differentiator } from './differentiator.ts';
import { advanceTogether, Search, type Inversion } from './inversion.ts';

export interface Pair {
  readonly source: number;
  readonly inversion: Inversion;
  /** To be taken further. */
  readonly search: Search;
}

/** Values of pixels that one group of searches may hold. */
const MAX_VALUES = 2 ** 23;

export async function searchPairs(differentiator: Differentiator, search: readonly Base[], classes: readonly number[], rowsEach: number, steps: number, random: Random, signal: CancelSignal, onPair: (done: number, total: number) => void): Promise<Pair[]> {
  const { channels, height, width } = differentiator.model.spec;
  const wanted = classes.flatMap((source) => {
    const bases = search.filter(({ seen }) => seen === source).slice(0, rowsEach);
    return bases.length === 0 ? [] : classes.filter((target) => target !== source).map((target) => ({ source, target, bases }));
  });
  const group = Math.max(1, Math.floor(MAX_VALUES / (channels * height * width * rowsEach)));
  const pairs: Pair[] = [];
  for (let begin = 0; begin < wanted.length; begin += group) {
    onPair(begin, wanted.length);
    const part = wanted.slice(begin, begin + group).map(({ source, target, bases }) => ({ source, search: new Search(differentiator, 'patch', { aims: bases.map(() => target), bases, target }, random.fork(`${source} ${target}`)) }));
    await advanceTogether(differentiator, part.map((one) => one.search), steps, signal);
    pairs.push(...part.map((one) => ({ source: one.source, inversion: one.search.found, search: one.search })));
  }
  return pairs;
}
