// All-to-all backdoors send every class to another one: no single class stands out. One patch is sought that sends each class to
// the next, one that sends each to the one before (what is usual in such attacks), and one by the shift that the table of pairs names. An ordinary model has no small patch that
// sends each class somewhere else. How it can mislead: other permutations are not tried.
import type { CancelSignal } from '../../core/cancel.ts';
import type { Random } from '../../core/random.ts';
import { bestOf, concat, type Base } from './bases.ts';
import type { Differentiator } from './differentiator.ts';
import { Search, stamped, type Inversion } from './inversion.ts';
import type { Plan } from './plan.ts';

export interface Spread {
  /** Each class is sent this many places on. */
  readonly by: number;
  readonly inversion: Inversion;
  /** Held-out pictures that left their class. */
  readonly left: number;
  readonly of: number;
  /** Held-out pictures that went where most of their class went. */
  readonly consistent: number;
  /** Different classes that were gone to by most of a class. */
  readonly targets: number;
  /** Source class -> where most of its held-out pictures went. */
  readonly map: readonly { readonly from: number; readonly to: number; readonly hits: number; readonly of: number }[];
}

export async function measureSpread(differentiator: Differentiator, search: readonly Base[], heldOut: readonly Base[], plan: Plan, suggested: number | undefined, random: Random, signal: CancelSignal): Promise<Spread> {
  const { model } = differentiator;
  const sources = [...new Set(search.map(({ seen }) => seen))];
  // Balanced over the classes.
  const rows = [0, 1, 2].flatMap((turn) => sources.flatMap((from) => search.filter(({ seen }) => seen === from).slice(turn, turn + 1))).slice(0, Math.max(plan.rows, sources.length));
  const inversions: { by: number; inversion: Inversion }[] = [];
  for (const shift of new Set([1, Math.max(1, model.classes - 1), ...(suggested === undefined ? [] : [suggested])])) {
    const sought = new Search(differentiator, 'patch', { aims: rows.map(({ seen }) => (seen + shift) % model.classes), bases: rows, target: -1 }, random.fork(`shift ${shift}`));
    await sought.advance(plan.steps + (plan.refine >> 1), signal);
    inversions.push({ by: shift, inversion: sought.found });
  }
  const [best] = inversions.sort((a, b) => b.inversion.success - a.inversion.success || a.inversion.size - b.inversion.size);
  if (best === undefined) throw new Error('a model without classes');
  const { by, inversion } = best;
  const logits = await model.scores({ kind: 'image', rows: heldOut.length, pixels: concat(heldOut.map(({ pixels }) => stamped(inversion.stamp, pixels))) }, signal);
  const went = heldOut.map((_, row) => bestOf(logits, row, model.classes));
  const map = sources.map((from) => {
    const mine = went.filter((_, row) => heldOut[row]?.seen === from);
    const counts = new Map<number, number>();
    for (const to of mine) if (to !== from) counts.set(to, (counts.get(to) ?? 0) + 1);
    const [to, hits] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [from, 0];
    return { from, to, hits, of: mine.length };
  });
  const reached = new Set(map.filter(({ hits, of }) => of > 0 && hits * 2 >= of).map(({ to }) => to));
  return {
    by,
    inversion,
    left: went.filter((to, row) => to !== heldOut[row]?.seen).length,
    of: heldOut.length,
    consistent: map.reduce((sum, { hits }) => sum + hits, 0),
    targets: reached.size,
    map,
  };
}
