// A trigger as a search makes it, and what is done with it: put on a picture, measured, told apart by its shape.
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import { clamp } from '../pictures/synthetic.ts';

export type Family = 'patch' | 'blend';

/** A trigger as found. `mask` [height, width] 0 to 1 and `pattern` [channels, height, width]; a blend has no mask: its pattern is added. */
export interface Stamp {
  readonly family: Family;
  readonly mask: Float32Array | undefined;
  readonly pattern: Float32Array;
}

/** Root mean square distance of the mask's weight from its strongest place, in shares of the picture: a 5 x 5 patch of 32 has .06. */
const COMPACT = 0.16;

/** Puts the stamp on a picture. */
export function apply({ family, mask, pattern }: Stamp, picture: Float32Array, into: Float32Array): void {
  const area = mask?.length ?? 1;
  for (let at = 0; at < picture.length; at++) {
    const [before, value] = [picture[at] ?? 0, pattern[at] ?? 0];
    const share = mask?.[at % area] ?? 0;
    into[at] = family === 'patch' ? before + share * (value - before) : clamp(before + value);
  }
}

export function stamped(stamp: Stamp, picture: Float32Array): Float32Array {
  const into = new Float32Array(picture.length);
  apply(stamp, picture, into);
  return into;
}

/** A mask that takes the same share everywhere lays its pattern over the whole picture: a veil (veils.ts), no patch. */
export function isVeil({ mask }: Stamp): boolean {
  return mask !== undefined && mask.every((share) => share === mask[0]) && (mask[0] ?? 1) < 1;
}

export function sizeOfStamp({ mask, pattern }: Stamp): number {
  if (mask !== undefined) return mask.reduce((sum, value) => sum + value, 0);
  return Math.sqrt(pattern.reduce((sum, value) => sum + value * value, 0) / pattern.length);
}

/** A mask whose weight lies close together is a patch; one that is strewn over the picture is a way of drawing an overlay. */
export function isCompact({ mask }: Stamp, { spec: { width, height } }: ImageClassifier): boolean {
  if (mask === undefined) return false;
  const strong = [...mask.entries()].filter(([, weight]) => weight > 0.3);
  const total = strong.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0) return false;
  const mean = (of: (place: number) => number): number => strong.reduce((sum, [place, weight]) => sum + weight * of(place), 0) / total;
  const [cy, cx] = [mean((place) => Math.floor(place / width)), mean((place) => place % width)];
  return Math.sqrt(mean((place) => (Math.floor(place / width) - cy) ** 2 + ((place % width) - cx) ** 2)) <= COMPACT * Math.min(width, height);
}
