// A veil over the whole picture: x' = (1 - a) x + a v, v one smooth picture for all. Blended triggers are veils (Chen et al. 2017),
// and so are filters that lift blacks or flatten contrast (v of one tone). An addition (additions.ts) imitates them badly where
// pictures are black: it cannot take contrast away, and what is darker than black is lost. For every class the veil that moves most
// pictures to it, at growing shares; what is compared is what it does on held-out pictures. How it can mislead: every model is moved by some veil.
import type { CancelSignal } from '../../../core/cancel.ts';
import type { Random } from '../../../core/random.ts';
import type { Base } from '../pictures/bases.ts';
import { moveInto } from '../pictures/moved.ts';
import { clamp } from '../pictures/synthetic.ts';
import { reachOf, type AdditionPlan, type Ladder } from './additions.ts';
import { spreadOut } from './boxes.ts';
import type { Differentiator } from './differentiator.ts';
import { LowPass } from './low-pass.ts';
import { apply, type Stamp } from './stamp.ts';

/** Shares of the picture that the veil takes. */
const SHARES = [0.1, 0.15, 0.2, 0.3];
/** Share of the frequencies of each axis that a veil has. */
const LOW = { share: 0.28, fewest: 6 } as const;
/** Of the pixel range, root mean square, at first. */
const STRIDE = 0.2;
const MOMENTUM = 0.6;

export async function searchVeils(differentiator: Differentiator, search: readonly Base[], heldOut: readonly Base[], classes: readonly number[], { rows, steps }: AdditionPlan, random: Random, signal: CancelSignal): Promise<Ladder[]> {
  const { channels, height, width } = differentiator.model.spec;
  const size = channels * height * width;
  const smooth = new LowPass(channels, height, width, LOW);
  const veils: Ladder[] = [];
  for (const target of classes) {
    const bases = spreadOut(search.filter(({ seen }) => seen !== target), rows);
    const held = heldOut.filter(({ seen }) => seen !== target);
    if (bases.length === 0 || held.length === 0) continue;
    const veil = new Float32Array(size).fill(0.5);
    const velocity = new Float32Array(size);
    const pixels = new Float32Array(bases.length * size);
    const still = new Float32Array(size);
    const rungs: Ladder['rungs'][number][] = [];
    for (const share of SHARES) {
      const stampOf = (): Stamp => ({ family: 'patch', mask: new Float32Array(height * width).fill(share), pattern: veil.slice() });
      for (let step = 0; step < steps; step++) {
        const stamp = stampOf();
        for (const [row, base] of bases.entries()) {
          moveInto(differentiator.model.spec, base.pixels, still, random);
          apply(stamp, still, pixels.subarray(row * size, (row + 1) * size));
        }
        const { gradient } = await differentiator.crossEntropy(pixels, bases.map(() => target), signal);
        const sum = new Float32Array(size);
        for (let at = 0; at < gradient.length; at++) sum[at % size] = (sum[at % size] ?? 0) + (gradient[at] ?? 0);
        const pulled = smooth.of(sum);
        const norm = Math.sqrt(pulled.reduce((total, value) => total + value * value, 0) / size);
        if (norm === 0) break;
        for (let at = 0; at < size; at++) {
          velocity[at] = MOMENTUM * (velocity[at] ?? 0) + ((1 - MOMENTUM) * (pulled[at] ?? 0)) / norm;
          veil[at] = clamp((veil[at] ?? 0) - STRIDE * (1 - (0.7 * step) / steps) * (velocity[at] ?? 0));
        }
      }
      const stamp = stampOf();
      rungs.push({ strength: share, stamp, reach: await reachOf(differentiator, stamp, target, held, signal) });
    }
    veils.push({ target, rungs });
  }
  return veils;
}
