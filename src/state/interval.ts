// Wilson's score interval for a proportion (Wilson 1927), which stays sensible at 0 of n and n of n.
import type { Probability } from '../engine/core/units.ts';

const Z95 = 1.959964;

export function wilson(hits: number, of: number, z = Z95): readonly [Probability, Probability] {
  if (of <= 0) return [0, 1];
  const p = hits / of;
  const z2 = z * z;
  const centre = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
