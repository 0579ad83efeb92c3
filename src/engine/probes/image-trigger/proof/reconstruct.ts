// What is shown and proven of a class: where a plain square, a faint wave or an addition of a set strength does by itself what the
// inversion (inversion.ts) did with a strewn mask or a stronger overlay, or did not reach, it takes its place.
import type { ImageClassifier } from '../../../runtime/classifier.ts';
import type { Addition, Band, Ladder } from '../search/additions.ts';
import { type Box, boxOf } from '../search/boxes.ts';
import type { Inversion } from '../search/inversion.ts';
import { type Family, isCompact, sizeOfStamp, type Stamp } from '../search/stamp.ts';
import type { Wave } from '../search/waves.ts';

/** Share of the pictures from which a trigger reaches its aim. */
export const MET = 0.85;
const WAVE_DOES = 0.4;
const SQUARE_DOES = 0.75;
const OVERLAY_DOES = 0.95;
const VEIL_DOES = 0.6;
const VEIL_LEADS = 0.2;

/** The square for a class that does most. */
export function bestBox(target: number, ...sets: readonly (readonly Box[])[]): Box | undefined {
  return sets.flatMap((boxes) => boxOf(boxes, target) ?? []).sort((a, b) => b.reach - a.reach)[0];
}

/**
 * A mask that is strewn over the picture, where one square does the same: the square is shown and proven. Not where a faint
 * overlay does it out of proportion as well: strong squares imitate overlays.
 */
export function asSquare(model: ImageClassifier, inversion: Inversion, box: Box | undefined, blendGap: number): Inversion {
  if (box === undefined || box.reach < SQUARE_DOES || blendGap > OVERLAY_DOES || isCompact(inversion.stamp, model)) return inversion;
  return { target: inversion.target, stamp: box.stamp, size: sizeOfStamp(box.stamp), success: box.hits / Math.max(1, box.of) };
}

/** A faint wave that does by itself what the search needs a stronger overlay for, or does not reach. */
export function asWave(inversion: Inversion, waves: readonly Wave[], reach: number): Inversion {
  const { target } = inversion;
  const wave = waves.find((one) => (one.reach[target] ?? 0) >= reach);
  if (wave === undefined || reach < WAVE_DOES) return inversion;
  const size = sizeOfStamp(wave.stamp);
  return inversion.success >= MET && inversion.size <= size ? inversion : { target, stamp: wave.stamp, size, success: reach };
}

/** An addition of a set strength that does what the search for the faintest one needs more for, or does not reach. */
export function asAddition(inversion: Inversion, additions: Readonly<Record<Band, readonly Addition[]>>): Inversion {
  const { target } = inversion;
  const [faintest] = (['low', 'all'] as const).flatMap((band) => additions[band].find((one) => one.target === target)?.rungs.find(({ reach }) => reach >= MET) ?? []).sort((a, b) => a.strength - b.strength);
  if (faintest === undefined || (inversion.success >= MET && inversion.size <= faintest.strength)) return inversion;
  return { target, stamp: faintest.stamp, size: sizeOfStamp(faintest.stamp), success: faintest.reach };
}

/**
 * What else there is for a class whose own search does not carry over to held-out pictures: the squares that do most for it; for an
 * overlay the wave and the addition that do.
 */
export function spares(family: Family, target: number, boxSets: readonly (readonly Box[])[], waves: readonly Wave[], additions: Readonly<Record<Band, readonly Addition[]>>): Inversion[] {
  const made = (stamp: Stamp, success: number): Inversion => ({ target, stamp, size: sizeOfStamp(stamp), success });
  if (family === 'patch') return boxSets.flatMap((boxes) => boxOf(boxes, target) ?? []).map(({ stamp, reach }) => made(stamp, reach));
  const ofWave = (wave: Wave): number => wave.reach[target] ?? 0;
  const best = [...waves].sort((a, b) => ofWave(b) - ofWave(a)).slice(0, 1).map((wave) => made(wave.stamp, ofWave(wave)));
  const rungs = (['low', 'all'] as const).flatMap((band) => additions[band].find((one) => one.target === target)?.rungs ?? []);
  return [...best, ...rungs.sort((a, b) => b.reach - a.reach || a.strength - b.strength).slice(0, 1).map(({ stamp, reach }) => made(stamp, reach))];
}

/** `lead`: of the class's veil over the next class's, by which it is the veil and not the search's addition that is to be shown. */
export function asVeil(inversion: Inversion, veils: readonly Ladder[], lead: number): Inversion {
  const { target } = inversion;
  const least = veils.find((one) => one.target === target)?.rungs.find(({ reach }) => reach >= VEIL_DOES);
  return least === undefined || lead < VEIL_LEADS ? inversion : { target, stamp: least.stamp, size: least.strength, success: least.reach };
}
