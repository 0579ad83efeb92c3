// Search pictures, moved by a few pixels.
import type { Random } from '../../../core/random.ts';
import type { ImageSpec } from '../../../runtime/classifier.ts';

/** Of the shorter side: 2 pixels of 28, none of 8. */
const MOVED = 0.07;

/**
 * Pictures are moved by a few pixels at each step: what completes the drawing of a class has to follow them, a planted
 * trigger stays where it is. Edges are repeated.
 */
export function moveInto({ height, width }: ImageSpec, from: Float32Array, to: Float32Array, random: Random): void {
  const reach = Math.round(Math.min(height, width) * MOVED - 0.1);
  const [dy, dx] = [random.below(2 * reach + 1) - reach, random.below(2 * reach + 1) - reach];
  for (let row = 0; row < from.length / width; row++) {
    const [channel, y] = [Math.floor(row / height), row % height];
    const source = (channel * height + Math.min(height - 1, Math.max(0, y + dy))) * width;
    for (let x = 0; x < width; x++) to[row * width + x] = from[source + Math.min(width - 1, Math.max(0, x + dx))] ?? 0;
  }
}
