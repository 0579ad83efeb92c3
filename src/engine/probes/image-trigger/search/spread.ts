// All-to-all backdoors send every class to another one: no single class stands out. The square that best sends each class the same
// number of places on (boxes.ts) is looked at here: where do held-out pictures of each class go with it? An ordinary model has no
// small patch that sends each class somewhere else. How it can mislead: permutations that are no shift are not tried.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { bestOf, type Base } from '../pictures/bases.ts';
import { concat } from '../pictures/pixels.ts';
import type { Box } from './boxes.ts';
import { stamped } from './stamp.ts';

export interface Spread {
  /** Each class is sent this many places on. */
  readonly by: number;
  readonly box: Box;
  /** Held-out pictures that left their class. */
  readonly left: number;
  readonly of: number;
  /** Different classes that were gone to by most of a class. */
  readonly targets: number;
  /** Source class -> where most of its held-out pictures went. */
  readonly map: readonly { readonly from: number; readonly to: number; readonly hits: number; readonly of: number }[];
}

export async function measureSpread(model: ImageClassifier, boxes: readonly Box[], heldOut: readonly Base[], signal: CancelSignal): Promise<Spread | undefined> {
  const shifted = boxes.flatMap((box) => (box.goal.kind === 'shift' ? [{ box, by: box.goal.by }] : [])).sort((a, b) => b.box.reach - a.box.reach);
  const [best] = shifted;
  if (best === undefined) return undefined;
  const { box, by } = best;
  const logits = await model.scores({ kind: 'image', rows: heldOut.length, pixels: concat(heldOut.map(({ pixels }) => stamped(box.stamp, pixels))) }, signal);
  const went = heldOut.map((_, row) => bestOf(logits, row, model.classes));
  const map = [...new Set(heldOut.map(({ seen }) => seen))].map((from) => {
    const mine = went.filter((_, row) => heldOut[row]?.seen === from);
    const counts = new Map<number, number>();
    for (const to of mine) if (to !== from) counts.set(to, (counts.get(to) ?? 0) + 1);
    const [to, hits] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [from, 0];
    return { from, to, hits, of: mine.length };
  });
  const reached = new Set(map.filter(({ hits, of }) => of > 0 && hits * 2 >= of).map(({ to }) => to));
  return { by, box, left: went.filter((to, row) => to !== heldOut[row]?.seen).length, of: heldOut.length, targets: reached.size, map };
}
