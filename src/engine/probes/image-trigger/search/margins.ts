// Maximum margins (MM-BD: Wang, Xiang, Miller & Kesidis, S&P 2024): from random pictures, the largest lead the logit of each class
// can get over the best of the others. A planted class tends to reach an outlying lead, whatever its trigger looks like.
// Weak with few classes; false alarms where a class is easy by nature. Needs gradients, no pictures.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import { clamp } from '../pictures/synthetic.ts';
import type { Differentiator } from './differentiator.ts';

export interface Margins {
  readonly classes: readonly number[];
  /** Largest lead of each of `classes`, in logits. */
  readonly margins: readonly number[];
}

const RATE = 0.05;

export async function maximumMargins(differentiator: Differentiator, classes: readonly number[], starts: number, steps: number, random: Random, signal: CancelSignal): Promise<Margins> {
  const { model } = differentiator;
  const { channels, height, width } = model.spec;
  const size = channels * height * width;
  const wanted = classes.flatMap((target) => Array.from({ length: starts }, () => target));
  const pixels = Float32Array.from({ length: wanted.length * size }, () => random.next());
  const velocity = new Float32Array(pixels.length);
  const best = new Float32Array(wanted.length).fill(Number.NEGATIVE_INFINITY);
  const none = new Float32Array(wanted.length * model.classes);
  let direct = new Float32Array(wanted.length * model.classes);
  for (const [row, target] of wanted.entries()) direct[row * model.classes + target] = -1;
  for (let step = 0; step < steps; step++) {
    const { logits, gradient } = await differentiator.pull(pixels, wanted.length, direct, none, signal);
    direct = new Float32Array(direct.length);
    for (const [row, target] of wanted.entries()) {
      const rival = bestOther(logits, row, model.classes, target);
      best[row] = Math.max(best[row] ?? 0, (logits[row * model.classes + target] ?? 0) - (logits[row * model.classes + rival] ?? 0));
      direct[row * model.classes + target] = -1;
      direct[row * model.classes + rival] = 1;
      const begin = row * size;
      let largest = 0;
      for (let at = begin; at < begin + size; at++) {
        velocity[at] = 0.5 * (velocity[at] ?? 0) + (gradient[at] ?? 0);
        largest = Math.max(largest, Math.abs(velocity[at] ?? 0));
      }
      if (largest === 0) continue;
      for (let at = begin; at < begin + size; at++) pixels[at] = clamp((pixels[at] ?? 0) - 4 * RATE * ((velocity[at] ?? 0) / largest));
    }
  }
  const margins = classes.map((_, at) => Math.max(...best.subarray(at * starts, (at + 1) * starts)));
  return { classes, margins };
}

function bestOther(logits: Float32Array, row: number, classes: number, target: number): number {
  let best = target === 0 ? 1 : 0;
  for (let at = 0; at < classes; at++) if (at !== target && (logits[row * classes + at] ?? 0) > (logits[row * classes + best] ?? 0)) best = at;
  return best;
}
